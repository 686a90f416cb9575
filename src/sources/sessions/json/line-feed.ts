import { type Flaw, opensBelow, readLine } from './document.ts';
import type { JsonObject } from './fields.ts';
import { MAX_FLAWS, TOO_DAMAGED } from './recover.ts';
import { behindSpace, NEWLINE, NOWHERE, OPEN_BRACE, type ScannedBytes, SPACE, scannedBytes } from './scan.ts';
import type { Place } from './text.ts';

/** Fills `target` from `at` on; tells how many bytes came, 0 at the end. */
export type ByteSource = (target: Buffer, at: number) => number;

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  let done = 0;
  return (target, at) => {
    const part = bytes.subarray(done, done + target.length - at);
    target.set(part, at);
    done += part.length;
    return part.length;
  };
}

/** What is wanted of a file of JSON Lines. */
export interface LineWish<Row> {
  /** Reads the record that begins at `from` in passing; null where that is not sure. `mark` is where the mark stands in its line. */
  pass(room: ScannedBytes, from: number, mark: number): PassedRecord<Row> | null;
  /** What is wanted of a record that was read wholly. */
  whole(record: JsonObject): Row;
  /** Whether a record tells for certain what the file is, whatever else it holds. */
  isCertain(row: Row): boolean;
  /** How many records are kept, about, before they are handed on. */
  readonly atOnce: number;
  /** Only lines are wanted in which this stands; the others are not even looked at. */
  readonly mark?: string;
}

/** What is wanted of a record that was read in passing, and where it ends. */
export interface PassedRecord<Row> {
  readonly record: Row;
  readonly end: number;
}

/** A place that could not be read; the line is not known where only some lines were wanted. */
export interface PlacedFlaw extends Pick<Place, 'byte'> {
  readonly line: number | null;
  readonly reason: string;
}

/** Is given records in their order, many at once. */
export type TakeRecords<Row> = (records: readonly Row[]) => void;

/** So much is read at once, which the processor's own memory holds; a longer line takes more. */
export const CHUNK: number = 1 << 18;

/** So far into a file it is looked at whether it is what is wanted. */
const CERTAIN_WITHIN = 1 << 20;

/** A line beyond this is passed over: it would not fit into one text. */
const LONGEST_LINE = 256 << 20;

/**
 * Reads JSON Lines as they come, in memory that does not grow with the file, gives what is wanted of them to `take`, and tells
 * what could not be read. `room` is for the bytes and may be used again for the next file. Null when the beginning does not tell
 * for certain what the file is, or when records go over several lines: such a file has to be read whole.
 */
export function readLines<Row>(
  source: ByteSource,
  wish: LineWish<Row>,
  room: ScannedBytes,
  take: TakeRecords<Row>,
): readonly PlacedFlaw[] | null {
  const state = { filled: 0, byte: 0, line: 1, more: true, certain: false, passing: false };
  const feed: Feed<Row> = { room, ...state, records: [], flaws: [] };
  while (feed.more) {
    if (!takeChunk(feed, source, wish)) return null;
    if (feed.certain && feed.records.length >= wish.atOnce) take(feed.records.splice(0));
    if (feed.flaws.length > MAX_FLAWS) {
      feed.flaws.push({ line: feed.line, byte: feed.byte, reason: TOO_DAMAGED });
      break;
    }
  }
  take(feed.records);
  return feed.flaws;
}

interface Feed<Row> {
  room: ScannedBytes;
  /** How many bytes are there. */
  filled: number;
  /** Where in the file the first of them stands, and on which line. */
  byte: number;
  line: number;
  /** False once the source has given all that it has. */
  more: boolean;
  /** Whether it is told for certain what the file is. */
  certain: boolean;
  /** True within a line that is too long. */
  passing: boolean;
  readonly records: Row[];
  readonly flaws: PlacedFlaw[];
}

/** Reads as much as comes at once; false where the file is none of those that are read so. */
function takeChunk<Row>(feed: Feed<Row>, source: ByteSource, wish: LineWish<Row>): boolean {
  feed.more = fill(feed, source);
  if (feed.byte === 0 && !beginsAsLines(feed)) return false;
  const before = feed.records.length;
  if (!takeLines(feed, wish)) return false;
  feed.certain ||= feed.records.slice(before).some(wish.isCertain);
  return feed.certain || (feed.more && feed.byte <= CERTAIN_WITHIN);
}

/** Takes in more bytes; false when there are none. */
function fill(feed: Feed<unknown>, source: ByteSource): boolean {
  if (feed.filled === feed.room.size) {
    const wider = scannedBytes(2 * feed.room.size);
    feed.room.bytes.copy(wider.bytes, 0, 0, feed.filled);
    feed.room = wider;
  }
  const came = source(feed.room.bytes.subarray(0, feed.room.size), feed.filled);
  feed.filled += came;
  return came > 0;
}

/** A byte order mark is passed over. */
function beginsAsLines(feed: Feed<unknown>): boolean {
  const { bytes } = feed.room;
  bytes[feed.filled] = NEWLINE;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes.fill(SPACE, 0, 3);
  return bytes[behindSpace(bytes, 0)] === OPEN_BRACE;
}

/** Reads all lines that are there whole, and the last one when no more comes; false when records go over several lines. */
function takeLines<Row>(feed: Feed<Row>, wish: LineWish<Row>): boolean {
  const { bytes } = feed.room;
  const { more } = feed;
  const to = more ? bytes.lastIndexOf(NEWLINE, feed.filled - 1) + 1 : feed.filled;
  if (to === 0) return passOver(feed);
  if (!more) bytes[to] = NEWLINE;
  let at = feed.passing ? bytes.indexOf(NEWLINE) + 1 : 0;
  feed.passing = false;
  const whole = bytes.subarray(0, to);
  for (let mark = nextMark(whole, at, wish); mark !== NOWHERE && mark < to; mark = nextMark(whole, at, wish)) {
    if (mark > at) at = Math.max(at, whole.lastIndexOf(NEWLINE, mark) + 1);
    at = takeLine(feed, wish, at, mark);
    if (at === 0) return false;
    feed.line++;
  }
  bytes.copyWithin(0, to, feed.filled);
  feed.byte += to;
  feed.filled -= to;
  return true;
}

/** Where in the next line that is wanted the mark stands first; without a mark, where that line begins. */
function nextMark(bytes: Buffer, from: number, { mark }: Pick<LineWish<unknown>, 'mark'>): number {
  return mark === undefined ? from : bytes.indexOf(mark, from, 'latin1');
}

/** Where the next line begins; 0 when the record goes on in it. */
function takeLine<Row>(feed: Feed<Row>, wish: LineWish<Row>, from: number, mark: number): number {
  const { bytes } = feed.room;
  const start = behindSpace(bytes, from);
  const passed = wish.pass(feed.room, start, mark);
  const end = passed === null ? start : behindSpace(bytes, passed.end);
  if (bytes[end] === NEWLINE) {
    if (passed !== null) feed.records.push(passed.record);
    return end + 1;
  }
  const newline = bytes.indexOf(NEWLINE, start);
  const text = bytes.toString('utf8', from, newline);
  if (opensBelow(text)) return 0;
  const flaws: Flaw[] = [];
  const records: JsonObject[] = [];
  readLine(text, 0, records, flaws);
  for (const record of records) feed.records.push(wish.whole(record));
  for (const { offset, reason } of flaws) {
    const byte = feed.byte + from + Buffer.byteLength(text.slice(0, offset));
    feed.flaws.push({ line: wish.mark === undefined ? feed.line : null, byte, reason });
  }
  return newline + 1;
}

/** Goes on behind a line that is longer than can be read. */
function passOver(feed: Feed<unknown>): boolean {
  if (feed.filled < LONGEST_LINE) return true;
  if (!feed.passing) {
    const reason = `a line is longer than ${LONGEST_LINE / 1e6} MB: it was not read`;
    feed.flaws.push({ line: feed.line, byte: feed.byte, reason });
  }
  feed.passing = true;
  feed.byte += feed.filled;
  feed.filled = 0;
  return true;
}
