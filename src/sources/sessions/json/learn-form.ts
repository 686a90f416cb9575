import { lettersOf, wholeNumber } from './letters.ts';
import type { Piece, RowForm } from './row-form.ts';
import {
  BACKSLASH,
  behindColon,
  behindSpace,
  behindValue,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  endOfText,
  LETTER_N,
  NOWHERE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  type ScannedBytes,
} from './scan.ts';

/** What is asked of rows that are written alike. Paths are names with points between them. */
export interface FormWish {
  /** The places of texts and of numbers by their paths. */
  readonly texts: ReadonlyMap<string, number>;
  readonly numbers: ReadonlyMap<string, number>;
  /** The names of texts that tell what a row is: they are the same in all rows of a form. */
  readonly fixed: ReadonlySet<string>;
  /** The names of lists that are passed over. */
  readonly passed: ReadonlySet<string>;
}

/**
 * The form of the row at `from`, which is known to be JSON. Null for what cannot be told in one: names that are written with
 * escapes or stand twice, and values of another kind than they are asked for as.
 */
export function learnForm(room: ScannedBytes, from: number, wish: FormWish): RowForm | null {
  const walk: Learning = { room, wish, at: from, since: from, pieces: [], passing: false };
  if (!learnObject(walk, '')) return null;
  emit(walk, 'none', null);
  return {
    pieces: walk.pieces,
    texts: new Array<string | null>(PLACES).fill(null),
    numbers: new Array<number>(PLACES).fill(Number.NaN),
  };
}

/** No wish names more places of one kind. */
const PLACES = 16;

interface Learning {
  readonly room: ScannedBytes;
  readonly wish: FormWish;
  at: number;
  /** Where the letters begin that belong to no piece yet. */
  since: number;
  readonly pieces: Piece[];
  /** Whether what stands before those letters is passed over. */
  passing: boolean;
}

/** Ends a piece here; what comes is its hole. */
function emit(walk: Learning, hole: Piece['hole'], place: number | null): void {
  const letters = lettersOf(walk.room, walk.since, walk.at);
  walk.pieces.push({ letters, hole, place, passesOver: walk.passing });
  walk.passing = false;
}

/** All walks tell whether it can go on. */
function learnObject(walk: Learning, path: string): boolean {
  const { bytes } = walk.room;
  const names = new Set<string>();
  walk.at = behindSpace(bytes, walk.at + 1);
  if (bytes[walk.at] === CLOSE_BRACE) return goOn(walk, walk.at + 1);
  for (;;) {
    const quote = endOfText(walk.room, walk.at + 1);
    const name = bytes.toString('latin1', walk.at + 1, quote);
    if (names.has(name) || bytes.subarray(walk.at, quote).includes(BACKSLASH)) return false;
    names.add(name);
    walk.at = behindColon(bytes, quote);
    if (!learnValue(walk, name, path === '' ? name : `${path}.${name}`)) return false;
    walk.at = behindSpace(bytes, walk.at);
    if (bytes[walk.at] !== COMMA) return goOn(walk, walk.at + 1);
    walk.at = behindSpace(bytes, walk.at + 1);
  }
}

function learnList(walk: Learning, path: string): boolean {
  const { bytes } = walk.room;
  walk.at = behindSpace(bytes, walk.at + 1);
  if (bytes[walk.at] === CLOSE_BRACKET) return goOn(walk, walk.at + 1);
  for (;;) {
    if (!learnValue(walk, '', `${path}.`)) return false;
    walk.at = behindSpace(bytes, walk.at);
    if (bytes[walk.at] !== COMMA) return goOn(walk, walk.at + 1);
    walk.at = behindSpace(bytes, walk.at + 1);
  }
}

function goOn(walk: Learning, to: number): boolean {
  walk.at = to;
  return to !== NOWHERE;
}

function learnValue(walk: Learning, name: string, path: string): boolean {
  const { wish, room } = walk;
  const first = room.bytes[walk.at] ?? 0;
  if (first === OPEN_BRACKET) return wish.passed.has(name) ? passOver(walk) : learnList(walk, path);
  if (first === OPEN_BRACE) return learnObject(walk, path);
  const end = behindValue(room, walk.at);
  const text = wish.texts.get(path);
  if (text !== undefined) return learnText(walk, text, end);
  const number = wish.numbers.get(path);
  if (number !== undefined) return learnNumber(walk, number, end);
  if (first === QUOTE) return wish.fixed.has(name) ? goOn(walk, end) : open(walk, 'text', null, end);
  return wholeNumber(room.bytes, walk.at, end) === null ? goOn(walk, end) : open(walk, 'number', null, end);
}

function learnText(walk: Learning, place: number, end: number): boolean {
  const first = walk.room.bytes[walk.at];
  if (first !== QUOTE && first !== LETTER_N) return false;
  return open(walk, 'text', place, end);
}

/** A number that is null in this row is null in all of the form. */
function learnNumber(walk: Learning, place: number, end: number): boolean {
  if (walk.room.bytes[walk.at] === LETTER_N) return goOn(walk, end);
  return wholeNumber(walk.room.bytes, walk.at, end) !== null && open(walk, 'number', place, end);
}

function open(walk: Learning, hole: Piece['hole'], place: number | null, end: number): boolean {
  emit(walk, hole, place);
  walk.since = end;
  return goOn(walk, end);
}

/** Leaves out what stands in a list: the letters go on with its end. */
function passOver(walk: Learning): boolean {
  const end = behindValue(walk.room, walk.at);
  walk.at++;
  emit(walk, 'none', null);
  walk.passing = true;
  walk.since = end - 1;
  return goOn(walk, end);
}
