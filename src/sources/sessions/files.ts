import { closeSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Complaint } from './format.ts';
import type { ByteSource } from './json/line-feed.ts';
import { openPlain, type PlainFile, readPlain } from './plain-file.ts';
import { SKIPPED_FOLDERS } from './skipped-folders.ts';

/** A file to look into. `named` means that a person asked for this very file, so a complaint is due if it is not a session. */
export interface FoundFile {
  readonly path: string;
  readonly named: boolean;
}

/** The files to look into, and what could not be listed. */
export interface FileList {
  readonly files: readonly FoundFile[];
  readonly complaints: readonly Complaint[];
}

/**
 * Lists the files at the given paths, and folders with everything below them, each once and in a fixed order. Links inside folders
 * are not followed.
 */
export function listFiles(paths: readonly string[]): FileList {
  const files = new Map<string, FoundFile>();
  const complaints: Complaint[] = [];
  for (const given of paths) {
    for (const file of filesAt(given, complaints)) if (!files.has(file.path)) files.set(file.path, file);
  }
  return { files: [...files.values()], complaints };
}

function filesAt(given: string, complaints: Complaint[]): readonly FoundFile[] {
  const found = orReasonNow(() => statSync(given));
  if (typeof found !== 'string' && found.isFile()) return [{ path: given, named: true }];
  if (typeof found !== 'string' && found.isDirectory()) {
    return filesBelow(given, complaints).map((below) => ({ path: below, named: false }));
  }
  const reason = typeof found === 'string' ? found : 'neither a file nor a folder: not read';
  complaints.push(complainOf(given, reason));
  return [];
}

function filesBelow(folder: string, complaints: Complaint[]): readonly string[] {
  const files: string[] = [];
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    const entries = orReasonNow(() => readdirSync(current, { withFileTypes: true }));
    if (typeof entries === 'string') {
      complaints.push(complainOf(current, entries));
      continue;
    }
    const under = startOf(current, folder);
    for (const entry of entries) {
      const below = under + entry.name;
      if (entry.isFile()) files.push(below);
      else if (entry.isDirectory() && !SKIPPED_FOLDERS.includes(entry.name)) pending.push(below);
    }
  }
  return files.sort();
}

/**
 * What the paths in a folder begin with. This runs thousands of times, and `path.join` would parse the whole path again each time,
 * which only the first folder and those below `.` need.
 */
function startOf(folder: string, first: string): string {
  return folder === first || folder.startsWith('.') ? path.join(folder, path.sep) : folder + path.sep;
}

/** A file that is open for reading. */
export interface OpenFile {
  /** The first bytes, as many as there was room for. */
  readonly head: Buffer;
  /**
   * All bytes but those added since it was opened. Only for the room into which the first ones were read: they are counted as read there
   * and not read again.
   */
  readonly source: ByteSource;
  readonly close: () => void;
}

/**
 * Opens a file, or says why it cannot be read. Its first bytes are read into `room`. Synchronous, because session files are many and
 * mostly small: handing each call to a system thread costs more than the reading itself.
 */
export function openFile(file: string, room: Buffer): OpenFile | string {
  return orReasonNow(() => {
    const opened = openPlain(file, 'follow');
    if (opened === null) return NO_FILE;
    const { handle, size } = opened;
    try {
      const first = readSync(handle, room, 0, Math.min(room.length, size), 0);
      const source = { size, read: readerBehind(opened, first) };
      return { head: room.subarray(0, first), source, close: () => closeSync(handle) };
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  });
}

/** Reads a file of which the first bytes have been read. */
function readerBehind({ handle, size }: PlainFile, first: number): ByteSource['read'] {
  let at = 0;
  return (target, from) => {
    // A file that keeps growing must not keep us waiting.
    const came = at === 0 ? first : readSync(handle, target, from, Math.min(target.length - from, size - at), at);
    at += came;
    return came;
  };
}

/** The result of reading a file, or why it cannot be read. */
export function orReasonNow<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return reasonOf(error);
  }
}

/** All bytes of a file, or why it cannot be read. Synchronous, because these files may be many and small as well. */
export function readWhole(file: string): Uint8Array | string {
  return orReasonNow(() => readPlain(file, Number.POSITIVE_INFINITY) ?? NO_FILE);
}

const NO_FILE = 'no plain file stands there any more: not read';

/** A complaint about a file as a whole. */
export function complainOf(file: string, reason: string): Complaint {
  return { path: file, line: null, byte: null, reason };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'a folder stands where a file was',
  ENOTDIR: 'no such file or folder',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk cannot read it',
};

/** Why a file system call failed. Other errors are bugs. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) throw error;
  return REASONS[code] ?? `cannot be read (${code})`;
}
