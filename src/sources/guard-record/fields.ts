import { keptName } from '../../core/redact.ts';
import { MAX_NAME } from '../../core/text.ts';
import { type Instant, parseInstant } from '../../core/time.ts';

/** Fields of an untrusted object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Thrown while reading a record, with a sentence of ours, and never outside of that. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs';
}

/** An object. Anything else is rejected. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotOurs(`${what} is no object`);
  return value as Fields;
}

/** A list with at most this many items. */
export function listOf<T>(value: unknown, most: number, what: string, read: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw new NotOurs(`${what} is no list`);
  if (value.length > most) throw new NotOurs(`${what} is too long`);
  return value.map(read);
}

/** A name in the form that may be stored. */
export function nameOf(value: unknown, what: string): string {
  return textOf(MAX_NAME)(value, what);
}

/** A longer name, of at most this many characters. */
export function textOf(max: number): (value: unknown, what: string) => string {
  return (value, what) => {
    if (typeof value !== 'string' || value === '') throw new NotOurs(`${what} is no name`);
    return keptName(value, max);
  };
}

/** One of several words. */
export function wordOf<Word extends string>(value: unknown, words: readonly Word[], what: string): Word {
  const word = words.find((each) => each === value);
  if (word === undefined) throw new NotOurs(`${what} is none of the words that are known`);
  return word;
}

/** Larger numbers are no measurement. */
const LARGEST = 1e15;

/** A number that is not negative. */
export function amountOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= LARGEST)) throw new NotOurs(`${what} is no amount`);
  return value;
}

/** A whole number that is not negative. */
export function countOf(value: unknown, what: string): number {
  if (!Number.isInteger(value)) throw new NotOurs(`${what} is no whole number`);
  return amountOf(value, what);
}

/** A moment. */
export function momentOf(value: unknown, what: string): Instant {
  const at = typeof value === 'string' ? parseInstant(value) : null;
  if (at === null) throw new NotOurs(`${what} is no time`);
  return at;
}

/** A boolean. */
export function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new NotOurs(`${what} is neither true nor false`);
  return value;
}

/** Reads a value that may be null for unknown. */
export function orNull<T>(value: unknown, what: string, read: (value: unknown, what: string) => T): T | null {
  return value === null || value === undefined ? null : read(value, what);
}
