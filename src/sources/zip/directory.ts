import { OutsideFailure } from '../../core/failure.ts';
import { type ByteReader, byteReader, OutOfBytes } from './bytes.ts';

/** One entry as the central directory describes it. Nothing in it can be trusted. */
export interface DirectoryEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly symlink: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
}

/** The central directory, and where it begins. No content extends beyond. */
export interface Directory {
  readonly entries: readonly DirectoryEntry[];
  readonly start: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const MAX_COMMENT = 0xffff;
const ALL_ONES_16 = 0xffff;
const ALL_ONES_32 = 0xffffffff;

/** The failure for an inconsistent zip. */
export function brokenZip(what: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'unreadable',
    message: `The zip cannot be read: ${what}`,
    remedy: 'It is cut off or damaged: fetch it again, or upload the files anew.',
    retry: false,
  });
}

/** Runs `read` and turns a read past the end of the zip into a proper failure. */
export function withinBytes<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OutOfBytes) throw brokenZip('it ends before its records do');
    throw error;
  }
}

/**
 * Reads the central directory strictly.
 * @throws OutsideFailure `unreadable` when it is missing, cut off or inconsistent, `too_large` above `maxEntries`.
 */
export function readDirectory(bytes: Uint8Array, maxEntries: number): Directory {
  return withinBytes(() => {
    const reader = byteReader(bytes);
    const { start, size, count, end } = readEnd(reader);
    if (start + size > end) throw brokenZip('its directory reaches beyond its end');
    if (count > maxEntries || count * CENTRAL_BYTES > size) throw tooMany(count, maxEntries, size);
    const entries: DirectoryEntry[] = [];
    let at = start;
    for (let index = 0; index < count; index++) {
      if (reader.u32(at) !== CENTRAL) throw brokenZip('its directory holds something else than entries');
      entries.push(readEntry(reader, bytes, at));
      at += CENTRAL_BYTES + reader.u16(at + 28) + reader.u16(at + 30) + reader.u16(at + 32);
    }
    if (at !== start + size) throw brokenZip('its directory is not as long as it says');
    return { entries, start };
  });
}

function tooMany(count: number, maxEntries: number, size: number): OutsideFailure {
  if (count * CENTRAL_BYTES > size) return brokenZip('its directory is too short for its number of entries');
  return new OutsideFailure({
    kind: 'too_large',
    message: `The zip holds ${count} entries; at most ${maxEntries} are read`,
    remedy: 'Upload the session files in an artifact of their own.',
    retry: false,
  });
}

interface End {
  readonly start: number;
  readonly size: number;
  readonly count: number;
  /** Where the end record begins. */
  readonly end: number;
}

function readEnd(reader: ByteReader): End {
  const end = findEnd(reader);
  const count = reader.u16(end + 10);
  const size = reader.u32(end + 12);
  const start = reader.u32(end + 16);
  const wide = count === ALL_ONES_16 || size === ALL_ONES_32 || start === ALL_ONES_32;
  const locator = end - LOCATOR64_BYTES;
  if (wide && locator >= 0 && reader.u32(locator) === LOCATOR64) return readEnd64(reader, reader.u64(locator + 8));
  if (reader.u16(end + 4) !== 0 || reader.u16(end + 8) !== count) throw brokenZip('it is one part of several');
  return { start, size, count, end };
}

function readEnd64(reader: ByteReader, end: number): End {
  if (reader.u32(end) !== END64) throw brokenZip('its end record is missing');
  return { count: reader.u64(end + 32), size: reader.u64(end + 40), start: reader.u64(end + 48), end };
}

/** The end record is the last thing in the file, except for a comment whose length it contains. */
function findEnd(reader: ByteReader): number {
  const lowest = Math.max(0, reader.length - END_BYTES - MAX_COMMENT);
  for (let at = reader.length - END_BYTES; at >= lowest; at--) {
    if (reader.u32(at) === END && at + END_BYTES + reader.u16(at + 20) === reader.length) return at;
  }
  throw brokenZip('it has no end record');
}

function readEntry(reader: ByteReader, bytes: Uint8Array, at: number): DirectoryEntry {
  const nameBytes = reader.u16(at + 28);
  const name = at + CENTRAL_BYTES;
  const wide = wideNumbers(reader, at, name + nameBytes, reader.u16(at + 30));
  return {
    name: new TextDecoder().decode(bytes.subarray(name, name + nameBytes)),
    method: reader.u16(at + 10),
    encrypted: (reader.u16(at + 8) & 0x2041) !== 0,
    // Written by Unix (3), with the file type of a symbolic link.
    symlink: reader.u16(at + 4) >> 8 === 3 && (reader.u16(at + 40) & 0o170000) === 0o120000,
    crc: reader.u32(at + 16),
    ...wide,
  };
}

/** Sizes and offset, from the zip64 field if the short ones have all bits set. */
function wideNumbers(
  reader: ByteReader,
  at: number,
  extra: number,
  extraBytes: number,
): Pick<DirectoryEntry, 'size' | 'packed' | 'header'> {
  const short = { size: reader.u32(at + 24), packed: reader.u32(at + 20), header: reader.u32(at + 42) };
  let field = findExtra64(reader, extra, extraBytes);
  if (field === null) return short;
  const next = (value: number): number => {
    if (value !== ALL_ONES_32 || field === null) return value;
    field += 8;
    return reader.u64(field - 8);
  };
  return { size: next(short.size), packed: next(short.packed), header: next(short.header) };
}

function findExtra64(reader: ByteReader, extra: number, extraBytes: number): number | null {
  for (let at = extra; at + 4 <= extra + extraBytes; at += 4 + reader.u16(at + 2)) {
    if (reader.u16(at) === 1) return at + 4;
  }
  return null;
}
