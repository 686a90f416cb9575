import { BEHIND, copyBytes } from './bytes';
import { MOMENT } from './moments';

/** The kinds of tape entries. The host reads them by these numbers: see `../tape.ts`. */
export enum Entry {
  SESSION = 1,
  RESPONSE = 2,
  CALL = 3,
  RESULT = 4,
  TURN = 5,
  FOLDER = 6,
  STRETCH = 7,
  /** What Claude Code noted. Only the host writes it. */
  NOTE = 8,
}

/** In a result, the cause of a failure that only the host can judge, by the text. */
export const UNJUDGED: i32 = -1;

/** Numbers per entry. */
export const FIELDS: u32 = 16;
const ENTRY: usize = 16 * 4;

/** The output: entries, and the texts that they refer to by place and size. Places are counted from the first text. */
export const ENTRIES: usize = 1 << 18;
const ENTRIES_END: usize = ENTRIES + (2 << 20);
export const TEXTS: usize = ENTRIES_END;
const TEXTS_END: usize = TEXTS + (4 << 20);
/** The bytes to be read. */
export const ROOM: usize = TEXTS_END;

/** Room for the most that one row can produce: all its blocks, each with texts of maximum length. */
const MOST_ENTRIES: usize = 80 * ENTRY;
const MOST_TEXTS: usize = 64 * (2 * 8_192 + 2 * 512) + 8_192 + BEHIND;

export let entriesEnd: usize = ENTRIES;
export let textsEnd: usize = TEXTS;

export function isFull(): bool {
  return entriesEnd + MOST_ENTRIES > ENTRIES_END || textsEnd + MOST_TEXTS > TEXTS_END;
}

export function clearTape(): void {
  entriesEnd = ENTRIES;
  textsEnd = TEXTS;
}

/** Begins an entry, which the following puts fill in. */
export function enter(kind: Entry): usize {
  const entry = entriesEnd;
  entriesEnd += ENTRY;
  put(entry, 0, kind);
  return entry;
}

export function put(entry: usize, field: u32, number: i32): void {
  store<i32>(entry + ((<usize>field) << 2), number);
}

/** Copies a text to the tape and returns its place. */
export function keep(from: usize, size: u32): u32 {
  copyBytes(textsEnd, from, size);
  const place = textsEnd - TEXTS;
  textsEnd += size;
  return <u32>place;
}

/** Reads back a field. */
export function got(entry: usize, field: u32): i32 {
  return load<i32>(entry + ((<usize>field) << 2));
}

/** Puts a text into two fields: its place and its size. */
export function putText(entry: usize, field: u32, from: usize, size: u32): void {
  put(entry, field, keep(from, size));
  put(entry, field + 1, size);
}

/** Puts the place of a moment, or -1 for none. */
export function putMoment(entry: usize, field: u32, at: usize): void {
  put(entry, field, at === 0 ? -1 : keep(at, <u32>MOMENT));
}
