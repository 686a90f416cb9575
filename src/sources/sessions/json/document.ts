import { asObject, type JsonObject } from './fields.ts';
import { MAX_FLAWS, NO_BEGINNING, NO_RECORD, type Recovered, recoverRecords, TOO_DAMAGED } from './recover.ts';

/** The layout of the records in the file: one array, one object, or objects one after the other (JSON Lines). */
export type Shape = 'array' | 'object' | 'lines';

/** A place in the text that could not be read, as an offset in characters. */
export interface Flaw {
  readonly offset: number;
  readonly reason: string;
}

/** The objects of a JSON file, as far as they can be read. */
export interface JsonDocument {
  readonly shape: Shape;
  readonly records: readonly JsonObject[];
  readonly flaws: readonly Flaw[];
  /** True when records are missing: cut off, or lost to damage. */
  readonly damaged: boolean;
}

/**
 * Reads a JSON array of objects, one object, JSON Lines, or pretty-printed objects one after the other. Damage only affects the
 * records it touches. Null if the text does not begin like JSON objects.
 */
export function readDocument(text: string): JsonDocument | null {
  const start = text.search(NEITHER_BLANK_NOR_ZERO);
  const first = text[start];
  if (first !== '[' && first !== '{') return null;
  const whole = parse(text);
  if (whole !== undefined) return wholeDocument(whole);
  return first === '[' ? arrayDocument(text, start) : linesDocument(text);
}

/** Zeros are what a crash leaves in front of records. */
const NEITHER_BLANK_NOR_ZERO = /[^\s\0]/;

/** The value of a text, or undefined if it is not JSON. The parser's message is dropped because it quotes the content. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wholeDocument(value: unknown): JsonDocument | null {
  if (!Array.isArray(value)) {
    const object = asObject(value);
    return object === null ? null : { shape: 'object', records: [object], flaws: [], damaged: false };
  }
  return { shape: 'array', records: objectsIn(value), flaws: [], damaged: false };
}

/** The objects of an array. `jq --slurp` puts the arrays of several files into one. */
function objectsIn(array: readonly unknown[]): readonly JsonObject[] {
  return array
    .flat()
    .map(asObject)
    .filter((item) => item !== null);
}

function arrayDocument(text: string, start: number): JsonDocument {
  for (const end of [text.indexOf('\n]', start) + 2, text.indexOf('\n', start)]) {
    const whole = end <= start ? undefined : parse(text.slice(start, end));
    if (Array.isArray(whole)) return withRest(whole, text, end);
  }
  const { records, flaws } = recoverAt(text, start + 1);
  return { shape: 'array', records, flaws: orCutOff(flaws, text), damaged: true };
}

/** A whole array that ends at `end`, and what follows it: more records, or something that another program wrote. */
function withRest(whole: readonly unknown[], text: string, end: number): JsonDocument {
  const records = objectsIn(whole);
  const rest = text.slice(end).trim();
  if (!rest.includes('{')) {
    const offset = text.indexOf(rest, end);
    return { shape: 'array', records, flaws: [{ offset, reason: NO_RECORD }], damaged: false };
  }
  const more = recoverAt(text, end);
  const flaws = rest.startsWith('[') ? orCutOff(more.flaws, text) : more.flaws;
  return { shape: 'array', records: [...records, ...more.records], flaws, damaged: flaws.length > 0 };
}

/** The flaws of an array. One that is cut off between two records has none of its own. */
function orCutOff(flaws: readonly Flaw[], text: string): readonly Flaw[] {
  if (flaws.length > 0 || text.trimEnd().endsWith(']')) return flaws;
  return [{ offset: text.length, reason: 'the array is cut off: its end is missing' }];
}

/** What remains of an array whose beginning is lost. Null if the text does not end like one, or holds no objects. */
export function readRestOfArray(text: string): JsonDocument | null {
  if (!text.trimEnd().endsWith(']')) return null;
  const { records, flaws } = recoverAt(text, 0);
  if (records.length === 0) return null;
  const lost = flaws[0]?.offset === 0 ? [] : [{ offset: 0, reason: NO_BEGINNING }];
  return { shape: 'array', records, flaws: [...lost, ...flaws], damaged: true };
}

/** Reads line by line, which is fast. Lines that hold several records, or a part of one, take a closer look. */
function linesDocument(text: string): JsonDocument {
  return readLines(text, (line, at, records, flaws) => {
    if (opensBelow(line)) {
      append(recoverAt(text, at), records, flaws);
      return 'rest';
    }
    readLine(line, at, records, flaws);
    return 'line';
  });
}

/** Reads a line that begins at `at` of the text, and says whether it has read the rest of the text as well. */
type LineReader = (line: string, at: number, records: JsonObject[], flaws: Flaw[]) => 'line' | 'rest';

/** The records on the lines of a text, until too many lines are damaged. */
export function readLines(text: string, read: LineReader): JsonDocument {
  const records: JsonObject[] = [];
  const flaws: Flaw[] = [];
  let at = 0;
  while (at < text.length && flaws.length <= MAX_FLAWS) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    at = read(text.slice(at, end), at, records, flaws) === 'rest' ? text.length : end + 1;
  }
  if (at < text.length) flaws.push({ offset: at, reason: TOO_DAMAGED });
  return { shape: 'lines', records, flaws, damaged: flaws.some(({ reason }) => reason !== NO_RECORD) };
}

/** Reads the records, usually one, from a line that begins at `at`. */
export function readLine(line: string, at: number, records: JsonObject[], flaws: Flaw[]): void {
  const value = line.trim() === '' ? null : parse(line);
  if (value === undefined) append(recoverAt(line, 0, at), records, flaws);
  else for (const record of recordsOf(value)) records.push(record);
}

/** The records in a value: itself, or those of an array. */
export function recordsOf(value: unknown): readonly JsonObject[] {
  return objectsIn([value]);
}

/** A line with nothing but an opening brace begins an object that continues below. */
export function opensBelow(line: string): boolean {
  return line.length < 80 && line.trim() === '{';
}

/** Recovers what it can from `text` after `from`. `base` is where `text` begins in the file. */
function recoverAt(text: string, from: number, base: number = 0): Recovered {
  const { records, flaws } = recoverRecords(text.slice(from));
  return { records, flaws: flaws.map(({ offset, reason }) => ({ offset: base + from + offset, reason })) };
}

function append(found: Recovered, records: JsonObject[], flaws: Flaw[]): void {
  for (const record of found.records) records.push(record);
  for (const flaw of found.flaws) flaws.push(flaw);
}
