import { Inflate, strToU8, zipSync } from 'fflate';
import { OutsideFailure } from '../../core/failure.ts';
import { keptName } from '../../core/redact.ts';
import { byteReader } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { brokenZip, type DirectoryEntry, readDirectory, withinBytes } from './directory.ts';

/** Limits on what a zip may cost us. */
export interface ZipLimits {
  readonly maxEntries: number;
  /** The maximum unpacked size of one entry in bytes. */
  readonly maxEntryBytes: number;
  /** The maximum total of unpacked bytes. */
  readonly maxTotalBytes: number;
  /** The maximum compression ratio of an entry above 1 MB. Text reaches 20, a bomb 1,000. */
  readonly maxRatio: number;
}

export const ZIP_LIMITS: ZipLimits = {
  maxEntries: 20_000,
  maxEntryBytes: 64_000_000,
  maxTotalBytes: 256_000_000,
  maxRatio: 200,
};

/** A file from a zip, or why an entry was not unpacked. */
export type ZipItem =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly path: string; readonly reason: string };

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const RATIO_FROM = 1_000_000;
const HEAD_BYTES = 4_096;

/**
 * Unpacks the files of a zip one after the other, in memory. Only those `wanted` by their first bytes and names are unpacked in
 * full. Names are never joined to a path of ours, but those that climb out are refused anyway. Nested zips are not opened.
 * @throws OutsideFailure `unreadable` or `too_large` when the zip as a whole is broken or too large.
 */
export function* readZip(
  bytes: Uint8Array,
  limits: ZipLimits,
  wanted: (head: Uint8Array, path: string) => boolean,
): Generator<ZipItem> {
  const { entries, start } = readDirectory(bytes, limits.maxEntries);
  refuseOverlap(entries);
  let left = limits.maxTotalBytes;
  for (const entry of entries.filter((listed) => !isFolder(listed))) {
    const path = keptName(entry.name, MAX_PATH);
    const opened = whyRefused(entry, limits) ?? openEntry(bytes, entry, start);
    if (typeof opened === 'string') {
      yield { kind: 'refused', path, reason: opened };
      continue;
    }
    const isWanted = wanted(opened.head, path);
    left -= opened.head.length + (isWanted ? entry.size : 0);
    if (left < 0) throw tooMuch(limits);
    if (isWanted) yield unpack(opened.packed, entry, path);
  }
}

function isFolder(entry: DirectoryEntry): boolean {
  return entry.name.endsWith('/') && entry.size === 0;
}

interface OpenedEntry {
  readonly packed: Uint8Array;
  readonly head: Uint8Array;
}

/** The packed bytes of an entry and its first unpacked bytes, or why there are none. */
function openEntry(bytes: Uint8Array, entry: DirectoryEntry, end: number): OpenedEntry | string {
  const packed = withinBytes(() => packedBytes(bytes, entry, end));
  if (typeof packed === 'string') return packed;
  const head = unpackHead(packed, entry);
  return typeof head === 'string' ? head : { packed, head };
}

const MAX_PATH = 300;

function tooMuch(limits: ZipLimits): OutsideFailure {
  return new OutsideFailure({
    kind: 'too_large',
    message: `The zip unpacks to more than ${limits.maxTotalBytes / 1e6} MB; the rest of it was not read`,
    remedy: 'Upload the session files in an artifact of their own.',
    retry: false,
  });
}

/** Overlapping entries are how a small zip becomes a very large one. */
function refuseOverlap(entries: readonly DirectoryEntry[]): void {
  let free = 0;
  for (const { header, packed } of [...entries].sort((a, b) => a.header - b.header)) {
    if (header < free) throw brokenZip('its entries overlap');
    free = header + LOCAL_BYTES + packed;
  }
}

function whyRefused(entry: DirectoryEntry, limits: ZipLimits): string | null {
  if (isUnsafeName(entry.name)) return 'its name points outside of the zip: not read';
  if (entry.symlink) return 'a symbolic link: not followed';
  if (entry.encrypted) return 'encrypted: not read';
  if (entry.method !== STORED && entry.method !== DEFLATED) return 'packed in a way that is not supported: not read';
  if (entry.method === STORED && entry.packed !== entry.size) return 'its sizes contradict each other: not read';
  if (entry.size > limits.maxEntryBytes) return `larger than ${limits.maxEntryBytes / 1e6} MB: not read`;
  if (entry.size > RATIO_FROM && entry.size > entry.packed * limits.maxRatio) {
    return `unpacks to more than ${limits.maxRatio} times its size: not read`;
  }
  return null;
}

function isUnsafeName(name: string): boolean {
  if (name === '' || name.includes('\0') || name.includes('\\')) return true;
  return name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..');
}

/** The packed bytes of an entry, or how its local header contradicts the directory. */
function packedBytes(bytes: Uint8Array, entry: DirectoryEntry, end: number): Uint8Array | string {
  const reader = byteReader(bytes);
  if (reader.u32(entry.header) !== LOCAL) return 'its header is missing: not read';
  const nameBytes = reader.u16(entry.header + 26);
  const name = entry.header + LOCAL_BYTES;
  const from = name + nameBytes + reader.u16(entry.header + 28);
  if (new TextDecoder().decode(bytes.subarray(name, name + nameBytes)) !== entry.name) {
    return 'it has two different names: not read';
  }
  if (reader.u16(entry.header + 8) !== entry.method) return 'its header contradicts the directory: not read';
  if (from + entry.packed > end) return 'it reaches beyond the end of the zip: not read';
  return bytes.subarray(from, from + entry.packed);
}

/** Pieces this small, unpacked at the highest possible ratio (1,032), stay small enough to stop in time. */
const PIECE = 4_096;

/** Feeds the packed bytes piece by piece until `enough` returns true. False when they are not a deflate stream. */
function inflate(packed: Uint8Array, enough: (chunk: Uint8Array) => boolean): boolean {
  let done = false;
  const stream = new Inflate((chunk) => {
    done = enough(chunk) || done;
  });
  try {
    for (let at = 0; at < packed.length && !done; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    if (isInflateError(error)) return false;
    throw error;
  }
  return true;
}

/** fflate's errors carry a number. Anything else is a bug of ours. */
function isInflateError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

const NO_STREAM = 'damaged: its packed bytes cannot be unpacked';

function unpackHead(packed: Uint8Array, entry: DirectoryEntry): Uint8Array | string {
  if (entry.method === STORED) return packed.subarray(0, HEAD_BYTES);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const sound = inflate(packed, (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    return size >= HEAD_BYTES;
  });
  return sound || size > 0 ? Buffer.concat(chunks).subarray(0, HEAD_BYTES) : NO_STREAM;
}

function unpack(packed: Uint8Array, entry: DirectoryEntry, path: string): ZipItem {
  const bytes = entry.method === STORED ? packed : unpackDeflated(packed, entry.size);
  if (typeof bytes === 'string') return { kind: 'refused', path, reason: bytes };
  if (crc32(bytes) !== entry.crc) return { kind: 'refused', path, reason: 'damaged: its checksum does not fit' };
  return { kind: 'file', path, bytes };
}

function unpackDeflated(packed: Uint8Array, size: number): Uint8Array | string {
  const bytes = new Uint8Array(size);
  let filled = 0;
  const sound = inflate(packed, (chunk) => {
    if (filled + chunk.length <= size) bytes.set(chunk, filled);
    filled += chunk.length;
    return filled > size;
  });
  if (filled > size) return 'holds more than its header says: not read';
  if (!sound) return NO_STREAM;
  return filled === size ? bytes : 'holds less than its header says: not read';
}

/** The bytes of a zip with one text file in it. */
export function zipOf(name: string, text: string): Uint8Array {
  return zipSync({ [name]: strToU8(text) }, { level: 6 });
}
