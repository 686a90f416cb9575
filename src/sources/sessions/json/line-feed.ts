import { type Flaw, opensBelow, readLine } from './document.ts';
import type { JsonObject } from './fields.ts';
import { MAX_FLAWS, TOO_DAMAGED } from './recover.ts';
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

/** A reader of the lines of a file of JSON Lines. */
export interface LineReader {
  /** Room for the bytes, a byte more of which may be written behind its end. */
  readonly room: () => Buffer;
  /** Makes the room wider. What is in it stays. */
  readonly widen: () => void;
  /**
   * Reads lines between two places of the room as far as it can; where it stopped: `to`, or where a line begins that has to be
   * read wholly.
   */
  readonly scan: (from: number, to: number) => number;
  /** How many lines it has read so far; null where it passes some over. */
  readonly linesRead: () => number | null;
  /** Is given what a line holds that was read wholly. */
  readonly take: (records: readonly JsonObject[]) => void;
  /** Whether what was read so far tells for certain what the file is. */
  readonly isCertain: () => boolean;
}

/** A place that could not be read; the line is not known where only some lines were wanted. */
export interface PlacedFlaw extends Pick<Place, 'byte'> {
  readonly line: number | null;
  readonly reason: string;
}

/** So much is read at once, which the processor's own memory holds; a longer line takes more. */
export const CHUNK: number = 1 << 18;

/** So far into a file it is looked at whether it is what is wanted. */
const CERTAIN_WITHIN = 1 << 20;

/** A line beyond this is passed over: it would not fit into one text. */
const LONGEST_LINE = 256 << 20;

const NEWLINE = 10;
const SPACE = 32;

/**
 * Reads JSON Lines as they come, in memory that does not grow with the file, and tells what could not be read. Null when the
 * beginning does not tell for certain what the file is, or when records go over several lines: such a file has to be read whole.
 */
export function readLines(source: ByteSource, reader: LineReader): readonly PlacedFlaw[] | null {
  const feed: Feed = { reader, filled: 0, byte: 0, wholly: 0, more: true, passing: false, flaws: [] };
  while (feed.more) {
    if (!takeChunk(feed, source)) return null;
    if (feed.flaws.length > MAX_FLAWS) {
      feed.flaws.push({ line: lineNow(feed), byte: feed.byte, reason: TOO_DAMAGED });
      break;
    }
  }
  return feed.flaws;
}

interface Feed {
  readonly reader: LineReader;
  /** How many bytes are there. */
  filled: number;
  /** Where in the file the first of them stands. */
  byte: number;
  /** How many lines were read wholly. */
  wholly: number;
  /** False once the source has given all that it has. */
  more: boolean;
  /** True within a line that is too long. */
  passing: boolean;
  readonly flaws: PlacedFlaw[];
}

function lineNow({ reader, wholly }: Feed): number | null {
  const read = reader.linesRead();
  return read === null ? null : read + wholly + 1;
}

/** Reads as much as comes at once; false where the file is none of those that are read so. */
function takeChunk(feed: Feed, source: ByteSource): boolean {
  feed.more = fill(feed, source);
  if (feed.byte === 0 && !beginsAsLines(feed)) return false;
  if (!takeLines(feed)) return false;
  return feed.reader.isCertain() || (feed.more && feed.byte <= CERTAIN_WITHIN);
}

/** Takes in more bytes; false when there are none. */
function fill(feed: Feed, source: ByteSource): boolean {
  if (feed.filled === feed.reader.room().length) feed.reader.widen();
  const came = source(feed.reader.room(), feed.filled);
  feed.filled += came;
  return came > 0;
}

/** A byte order mark is passed over. */
function beginsAsLines({ reader, filled }: Feed): boolean {
  const bytes = reader.room();
  if (filled >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes.fill(SPACE, 0, 3);
  return /^[ \t\r]*\{/.test(bytes.toString('latin1', 0, Math.min(filled, BLANKS_IN_FRONT)));
}

/** No file of ours begins with more blanks. */
const BLANKS_IN_FRONT = 64;

/** Reads all lines that are there whole, and the last one when no more comes; false when records go over several lines. */
function takeLines(feed: Feed): boolean {
  const { reader } = feed;
  const bytes = reader.room();
  const to = feed.more ? bytes.lastIndexOf(NEWLINE, feed.filled - 1) + 1 : feed.filled;
  if (to === 0) return passOver(feed);
  let at = feed.passing ? behindLine(bytes, 0, to) : 0;
  feed.passing = false;
  // The scanner wants a line break behind the last line: it may stand just behind the room.
  const behind = new Uint8Array(bytes.buffer, bytes.byteOffset + to, 1);
  const [kept = 0] = behind;
  if (!feed.more) behind[0] = NEWLINE;
  for (at = reader.scan(at, to); at < to; at = reader.scan(at, to)) {
    at = takeWholly(feed, bytes, at, to);
    if (at === 0) return false;
  }
  behind[0] = kept;
  bytes.copyWithin(0, to, feed.filled);
  feed.byte += to;
  feed.filled -= to;
  return true;
}

/** Where the next line begins; 0 when the record goes on in it. */
function takeWholly(feed: Feed, bytes: Buffer, from: number, to: number): number {
  const next = behindLine(bytes, from, to);
  const text = bytes.toString('utf8', from, bytes[next - 1] === NEWLINE ? next - 1 : next);
  if (opensBelow(text)) return 0;
  const flaws: Flaw[] = [];
  const records: JsonObject[] = [];
  readLine(text, 0, records, flaws);
  feed.reader.take(records);
  for (const { offset, reason } of flaws) {
    // What stands for bytes that are no UTF-8 takes more room than they do.
    const byte = feed.byte + Math.min(next, from + Buffer.byteLength(text.slice(0, offset)));
    feed.flaws.push({ line: lineNow(feed), byte, reason });
  }
  feed.wholly++;
  return next;
}

/** Where the next line begins, `to` at most. */
function behindLine(bytes: Buffer, from: number, to: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline === -1 || newline >= to ? to : newline + 1;
}

/** Goes on behind a line that is longer than can be read. */
function passOver(feed: Feed): boolean {
  if (feed.filled < LONGEST_LINE) return true;
  if (!feed.passing) {
    const reason = `a line is longer than ${LONGEST_LINE / 1e6} MB: it was not read`;
    feed.flaws.push({ line: lineNow(feed), byte: feed.byte, reason });
  }
  feed.passing = true;
  feed.byte += feed.filled;
  feed.filled = 0;
  return true;
}
