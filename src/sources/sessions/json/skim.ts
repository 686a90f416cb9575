import type { JsonObject } from './fields.ts';
import { isLast, isPlain, isWritten, wholeNumber } from './letters.ts';
import {
  BACKSLASH,
  behindColon,
  behindScalar,
  behindSpace,
  behindValue,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  endOfText,
  NOWHERE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  type ScannedBytes,
  SPACE,
} from './scan.ts';
import { type Field, hashStep, type ObjectShape, SLOTS } from './shape.ts';

/** A record of which only what its shape names was read, and where it ends. */
export interface Skimmed {
  readonly record: JsonObject;
  readonly end: number;
}

/**
 * Reads of the object that begins at `from` what its shape names, and passes over the rest, which is most of a record. Null where
 * this is not sure to give what the parser of the language gives: for anything that is no JSON or goes over several lines,
 * fields whose names are written with escapes, and values of another kind than expected.
 */
export function skim(scanned: ScannedBytes, from: number, shape: ObjectShape): Skimmed | null {
  const walk: Walk = { ...scanned, at: from };
  const record = scanned.bytes[from] === OPEN_BRACE ? readObject(walk, shape) : UNSURE;
  return record === UNSURE ? null : { record: record as JsonObject, end: walk.at };
}

/** The bytes and how far they have been read. */
interface Walk extends ScannedBytes {
  at: number;
}

const UNSURE = Symbol('unsure');

function readObject(walk: Walk, shape: ObjectShape): JsonObject | typeof UNSURE {
  const { bytes } = walk;
  const record: Record<string, unknown> = {};
  walk.at = behindSpace(bytes, walk.at + 1);
  if (bytes[walk.at] === CLOSE_BRACE) {
    walk.at++;
    return record;
  }
  for (;;) {
    if (!readMember(walk, shape, record)) return UNSURE;
    const next = bytes[walk.at++];
    if (next === CLOSE_BRACE) return record;
    if (next !== COMMA) return UNSURE;
    walk.at = behindSpace(bytes, walk.at);
  }
}

/** Reads or passes over a name and its value, and the blanks behind it; false where that is not sure. */
function readMember(walk: Walk, shape: ObjectShape, record: Record<string, unknown>): boolean {
  const field = readName(walk, shape);
  if (field === UNSURE) return false;
  if (field === null) {
    walk.at = behindValue(walk, walk.at);
    if (walk.at === NOWHERE) return false;
  } else {
    const value = readField(walk, field);
    if (value === UNSURE) return false;
    record[field.name] = value;
  }
  walk.at = behindSpace(walk.bytes, walk.at);
  return true;
}

/** The field whose name stands here, null for one that is not read; goes on to its value. */
function readName(walk: Walk, { slots }: ObjectShape): Field | null | typeof UNSURE {
  const { bytes } = walk;
  const from = walk.at + 1;
  if (bytes[walk.at] !== QUOTE) return UNSURE;
  let at = from;
  let hash = 0;
  for (let code = bytes[at] ?? 0; code !== QUOTE; code = bytes[at] ?? 0) {
    if (code < SPACE || code === BACKSLASH) return UNSURE;
    hash = hashStep(hash, code);
    at++;
  }
  walk.at = behindColon(bytes, at);
  if (walk.at === NOWHERE) return UNSURE;
  for (const field of slots[hash % SLOTS] ?? []) if (isWritten(bytes, from, at, field.letters)) return field;
  return null;
}

function readField(walk: Walk, field: Field): unknown {
  const { shape } = field;
  if (shape === null) return readDenied(walk);
  const code = walk.bytes[walk.at];
  if (code === OPEN_BRACE) return shape.kind === 'object' ? readObject(walk, shape) : UNSURE;
  if (code === OPEN_BRACKET) return shape.kind === 'list' ? readList(walk, shape.item) : UNSURE;
  if (code !== QUOTE) return readScalar(walk);
  return shape.kind === 'value' ? readText(walk, field) : shape.kind === 'object' ? UNSURE : readSaid(walk);
}

/** The value of a field that makes the record one to be read wholly, unless it says no. */
function readDenied(walk: Walk): unknown {
  const value = readScalar(walk);
  return value === false || value === null ? value : UNSURE;
}

function readList(walk: Walk, item: ObjectShape): unknown {
  const { bytes } = walk;
  const list: unknown[] = [];
  walk.at = behindSpace(bytes, walk.at + 1);
  if (bytes[walk.at] === CLOSE_BRACKET) {
    walk.at++;
    return list;
  }
  for (;;) {
    const record = bytes[walk.at] === OPEN_BRACE ? readObject(walk, item) : UNSURE;
    if (record === UNSURE) return UNSURE;
    list.push(record);
    walk.at = behindSpace(bytes, walk.at) + 1;
    const next = bytes[walk.at - 1];
    if (next === CLOSE_BRACKET) return list;
    if (next !== COMMA) return UNSURE;
    walk.at = behindSpace(bytes, walk.at);
  }
}

function readText(walk: Walk, field: Field): string | typeof UNSURE {
  const { bytes } = walk;
  const from = walk.at + 1;
  if (isLast(bytes, from, field.last)) {
    walk.at = from + field.last.length + 1;
    return field.last;
  }
  const end = endOfText(walk, from);
  if (end === NOWHERE) return UNSURE;
  walk.at = end + 1;
  field.last = isPlain(bytes, from, end)
    ? bytes.toString('latin1', from, end)
    : (JSON.parse(bytes.toString('utf8', from - 1, end + 1)) as string);
  return field.last;
}

function readSaid(walk: Walk): string | typeof UNSURE {
  const from = walk.at + 1;
  const end = endOfText(walk, from);
  if (end === NOWHERE) return UNSURE;
  walk.at = end + 1;
  return end === from ? '' : ' ';
}

function readScalar(walk: Walk): unknown {
  const { bytes, at: from } = walk;
  const end = behindScalar(bytes, from);
  if (end === NOWHERE) return UNSURE;
  walk.at = end;
  return wholeNumber(bytes, from, end) ?? (JSON.parse(bytes.toString('latin1', from, end)) as unknown);
}
