import { behindLetters, isLast, isPlain, type LetterFours, wholeNumber } from './letters.ts';
import {
  behindDigits,
  behindScalar,
  CLOSE_BRACKET,
  endOfText,
  LETTER_N,
  NOWHERE,
  QUOTE,
  type ScannedBytes,
  ZERO,
} from './scan.ts';

/**
 * How a row is written, as one was found: letters, and between them holes where rows that are written alike differ. A row whose
 * letters are all the same and whose holes hold values of the same kinds is the row that was found, with those values in place of
 * its own: so that it says what the parser of the language would say of it. Only what a row passes over is not looked at.
 */
export interface RowForm {
  readonly pieces: readonly Piece[];
  /** What the holes with a place held last; null, and not a number, where the form has no such hole. */
  readonly texts: (string | null)[];
  readonly numbers: number[];
}

/** Some letters and the hole behind them. */
export interface Piece {
  readonly letters: LetterFours;
  readonly hole: 'text' | 'number' | 'none';
  /** Where the value of the hole goes; null when nobody asks for it. */
  readonly place: number | null;
  /** Whether anything may stand before the letters: the blocks of a list, whose end the letters begin with. */
  readonly passesOver: boolean;
}

/** The letters behind what is passed over stand so near before the mark. */
export const NEAR_MARK = 256;

/**
 * Reads the row at `from` if it is written in this form, and tells where it ends; `NOWHERE` if not. `mark` is the first place in the row at which
 * the name stands that was looked for. That name is a name wherever it stands: quotes within texts are written with a backslash.
 * So whatever of a row is passed over before it, the letters from there to the end of the row close each object that is open at
 * the mark, and tell how deep it stands.
 */
export function readForm(form: RowForm, room: ScannedBytes, from: number, mark: number): number {
  let at = from;
  for (const piece of form.pieces) {
    if (piece.passesOver) at = lastBefore(room, piece.letters, at, mark);
    if (at !== NOWHERE) at = behindLetters(room, at, piece.letters);
    if (at !== NOWHERE) at = behindHole(piece, form, room, at);
    if (at === NOWHERE) return NOWHERE;
  }
  return at;
}

function behindHole({ hole, place }: Piece, { texts, numbers }: RowForm, room: ScannedBytes, from: number): number {
  if (hole === 'none') return from;
  if (hole === 'number') return takeNumber(room.bytes, from, numbers, place);
  return place === null ? behindText(room, from) : takeText(room, from, texts, place);
}

/** Where these letters stand last between `from` and the mark. */
function lastBefore(room: ScannedBytes, letters: LetterFours, from: number, mark: number): number {
  for (let at = mark; at >= from && at > mark - NEAR_MARK; at--) {
    if (room.bytes[at] === CLOSE_BRACKET && behindLetters(room, at, letters) !== NOWHERE) return at;
  }
  return NOWHERE;
}

/** Behind a text or null. */
function behindText(room: ScannedBytes, from: number): number {
  if (room.bytes[from] !== QUOTE) return room.bytes[from] === LETTER_N ? behindScalar(room.bytes, from) : NOWHERE;
  const end = endOfText(room, from + 1);
  return end === NOWHERE ? NOWHERE : end + 1;
}

function takeText(room: ScannedBytes, from: number, texts: (string | null)[], place: number): number {
  const { bytes } = room;
  const last = texts[place] ?? null;
  if (last !== null && bytes[from] === QUOTE && isLast(bytes, from + 1, last)) return from + last.length + 2;
  const end = behindText(room, from);
  if (end === NOWHERE) return NOWHERE;
  if (bytes[from] !== QUOTE) texts[place] = null;
  else if (isPlain(bytes, from + 1, end - 1)) texts[place] = bytes.toString('latin1', from + 1, end - 1);
  else return NOWHERE;
  return end;
}

function takeNumber(bytes: Buffer, from: number, numbers: number[], place: number | null): number {
  const end = behindDigits(bytes, from);
  const number = wholeNumber(bytes, from, end);
  if (number === null || end === from || (bytes[from] === ZERO && end > from + 1)) return NOWHERE;
  if (place !== null) numbers[place] = number;
  return end;
}
