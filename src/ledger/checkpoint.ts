import { canonicalJson } from '../core/canonical.ts';
import { type Books, NO_BOOKS } from './books.ts';
import { isRecord } from './event-line.ts';
import { NO_PAGES, type PageHashes } from './pages.ts';
import type { Head } from './port.ts';

/** The result of the events up to `head`. */
export interface Checkpoint<State> {
  readonly head: Head | null;
  readonly books: Books;
  readonly state: State;
  /** The hash of each rollup page, by path. */
  readonly pages: PageHashes;
}

/** The checkpoint of an empty ledger. */
export function emptyCheckpoint<State>(initial: State): Checkpoint<State> {
  return { head: null, books: NO_BOOKS, state: initial, pages: NO_PAGES.hashes };
}

/** The content of `state.json`, canonical JSON: the same bytes for the same checkpoint. */
export function encodeCheckpoint<State>(checkpoint: Checkpoint<State>, format: number): Uint8Array {
  const { head, books, state, pages } = checkpoint;
  // `state` is the last key.
  const rest = canonicalJson({ books, format, head, pages });
  return Buffer.from(`${rest.slice(0, -1)},"state":${stateText(state)}}\n`);
}

/** Canonical, slice by slice: an event changes a few slices, and the others need not be serialised again. */
function stateText(state: unknown): string {
  if (!isRecord(state)) return canonicalJson(state);
  const members = Object.keys(state)
    .sort()
    .filter((name) => state[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${sliceText(state[name])}`);
  return `{${members.join(',')}}`;
}

/** A fold never mutates what it has returned, so the same slice has the same text. */
const sliceTexts: WeakMap<object, string> = new WeakMap();

function sliceText(slice: unknown): string {
  if (typeof slice !== 'object' || slice === null) return canonicalJson(slice);
  const known = sliceTexts.get(slice);
  if (known !== undefined) return known;
  const text = canonicalJson(slice);
  sliceTexts.set(slice, text);
  return text;
}

/** What `state.json` can be used for: nothing when it is unreadable, or when another format of the state wrote it. */
export type StoredCheckpoint<State> =
  | { readonly kind: 'sound'; readonly checkpoint: Checkpoint<State> & { readonly head: Head } }
  | { readonly kind: 'other_format' }
  | { readonly kind: 'unreadable' };

/** Reads the content of `state.json`; a `format` of null accepts any. */
export function decodeCheckpoint<State>(bytes: Uint8Array, format: number | null): StoredCheckpoint<State> {
  const value = parse(bytes);
  if (!isRecord(value)) return { kind: 'unreadable' };
  if (typeof value['format'] !== 'number') return { kind: 'unreadable' };
  if (format !== null && value['format'] !== format) return { kind: 'other_format' };
  const { head, books, state, pages } = value;
  if (!isHead(head) || !isBooks(books) || state === undefined || !isHashes(pages)) {
    return { kind: 'unreadable' };
  }
  return { kind: 'sound', checkpoint: { head, books, state: state as State, pages } };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function isHead(value: unknown): value is Head {
  return isRecord(value) && Number.isSafeInteger(value['batch']) && typeof value['hash'] === 'string';
}

function isBooks(value: unknown): value is Books {
  if (!isRecord(value)) return false;
  const { covered, foreign, reported, cut } = value;
  return (
    isRecord(covered) &&
    Object.values(covered).every((bytes) => Number.isSafeInteger(bytes)) &&
    isRecord(foreign) &&
    Object.values(foreign).every((ranges) => Array.isArray(ranges) && ranges.every(Array.isArray)) &&
    Array.isArray(reported) &&
    reported.every((id) => typeof id === 'string') &&
    (cut === null || isCutMark(cut))
  );
}

function isCutMark(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { batch, hash, record, horizon } = value;
  return Number.isSafeInteger(batch) && [hash, record, horizon].every((text) => typeof text === 'string');
}

function isHashes(value: unknown): value is PageHashes {
  return isRecord(value) && Object.values(value).every((hash) => typeof hash === 'string');
}
