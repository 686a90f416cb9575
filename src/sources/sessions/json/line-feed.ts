import { type Flaw, opensBelow, readLine } from './document.ts';
import type { JsonObject } from './fields.ts';
import { MAX_FLAWS, TOO_DAMAGED } from './recover.ts';
import type { Place } from './text.ts';

/** Bytes to be read from the beginning, in order. */
export interface ByteSource {
  readonly size: number;
  /** Fills `target` from `at` on. Returns the number of bytes, 0 when no more come. */
  readonly read: (target: Buffer, at: number) => number;
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  let done = 0;
  const read = (target: Buffer, at: number): number => {
    const part = bytes.subarray(done, done + target.length - at);
    target.set(part, at);
    done += part.length;
    return part.length;
  };
  return { size: bytes.length, read };
}

/** A reader for the lines of a JSON Lines file. */
export interface LineReader {
  /** Room for the bytes. */
  readonly room: () => Buffer;
  /** Widens the room and keeps its contents. */
  readonly widen: () => void;
  /** Moves what is between two places of the room to its beginning. */
  readonly moveUp: (from: number, to: number) => void;
  /** The end of the last complete line among so many bytes of the room. 0 if none is complete. */
  readonly endOfLines: (filled: number) => number;
  /**
   * Reads lines between two places of the room as far as it can. Returns `to`, or the start of a line that has to be parsed in
   * full.
   */
  readonly scan: (from: number, to: number) => number;
  /** How many lines it has read so far. Null if it skips some. */
  readonly linesRead: () => number | null;
  /** Receives the records of a line that was parsed in full. */
  readonly take: (records: readonly JsonObject[]) => void;
  /** Whether the lines so far prove what the file is. */
  readonly isCertain: () => boolean;
}

/** A place that could not be read. The line is unknown if only some lines were wanted. */
export interface PlacedFlaw extends Pick<Place, 'byte'> {
  readonly line: number | null;
  readonly reason: string;
}

/** The amount read at once, chosen to fit the processor's cache. A longer line takes more. */
export const CHUNK: number = 1 << 19;

/** The kind of the file must be certain within this many bytes. */
const CERTAIN_WITHIN = 1 << 20;

/** Longer lines are skipped, because they would not fit into one string. */
const LONGEST_LINE = 256 << 20;

const NEWLINE = 10;
const SPACE = 32;

/**
 * Reads JSON Lines as they come, in memory that does not grow with the file, and returns what could not be read. Null if the
 * beginning does not prove what the file is, or if records span several lines. Such a file has to be read in full.
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
  /** The number of bytes in the room. */
  filled: number;
  /** The position of the first one in the file. */
  byte: number;
  /** How many lines were parsed in full. */
  wholly: number;
  /** False once the source is exhausted. */
  more: boolean;
  /** True within a line that is too long. */
  passing: boolean;
  readonly flaws: PlacedFlaw[];
}

function lineNow({ reader, wholly }: Feed): number | null {
  const read = reader.linesRead();
  return read === null ? null : read + wholly + 1;
}

/** Reads one chunk. False if the file is not of the expected kind. */
function takeChunk(feed: Feed, source: ByteSource): boolean {
  feed.more = fill(feed, source);
  if (feed.byte === 0 && !beginsAsLines(feed)) return false;
  if (!takeLines(feed)) return false;
  return feed.reader.isCertain() || (feed.more && feed.byte <= CERTAIN_WITHIN);
}

/** Reads more bytes. False when these were the last. */
function fill(feed: Feed, source: ByteSource): boolean {
  if (feed.filled === feed.reader.room().length) feed.reader.widen();
  const came = source.read(feed.reader.room(), feed.filled);
  feed.filled += came;
  return came > 0 && feed.byte + feed.filled < source.size;
}

/** A byte order mark is skipped. */
function beginsAsLines({ reader, filled }: Feed): boolean {
  const bytes = reader.room();
  if (filled >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes.fill(SPACE, 0, 3);
  return /^[ \t\r]*\{/.test(bytes.toString('latin1', 0, Math.min(filled, BLANKS_IN_FRONT)));
}

/** No file of ours begins with more blanks. */
const BLANKS_IN_FRONT = 64;

/** Reads all complete lines, and the last one when no more comes. False when records span several lines. */
function takeLines(feed: Feed): boolean {
  const { reader, filled } = feed;
  const to = feed.more ? reader.endOfLines(filled) : filled;
  if (to === 0) return passOver(feed);
  let at = feed.passing ? behindLine(reader.room(), 0, to) : 0;
  feed.passing = false;
  for (at = reader.scan(at, to); at < to; at = reader.scan(at, to)) {
    at = takeWholly(feed, reader.room(), at, to);
    if (at === 0) return false;
  }
  reader.moveUp(to, filled);
  feed.byte += to;
  feed.filled -= to;
  return true;
}

/** The start of the next line, or 0 if the record continues there. */
function takeWholly(feed: Feed, bytes: Buffer, from: number, to: number): number {
  const next = behindLine(bytes, from, to);
  const text = bytes.toString('utf8', from, bytes[next - 1] === NEWLINE ? next - 1 : next);
  if (opensBelow(text)) return 0;
  const flaws: Flaw[] = [];
  const records: JsonObject[] = [];
  readLine(text, 0, records, flaws);
  feed.reader.take(records);
  for (const { offset, reason } of flaws) {
    // The replacement for bytes that are not UTF-8 takes more room than the bytes.
    const byte = feed.byte + Math.min(next, from + Buffer.byteLength(text.slice(0, offset)));
    feed.flaws.push({ line: lineNow(feed), byte, reason });
  }
  feed.wholly++;
  return next;
}

/** The start of the next line, `to` at most. */
function behindLine(bytes: Buffer, from: number, to: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline === -1 || newline >= to ? to : newline + 1;
}

/** Skips a line that is too long to be read. */
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
