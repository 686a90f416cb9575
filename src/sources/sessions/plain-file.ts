import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

// Windows has neither of the last two.
const { O_RDONLY = 0, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** Flags for opening files that somebody else created, without ever blocking. What was opened need not be a file. */
export const PLAIN: number = O_RDONLY | O_NONBLOCK;

/** A regular file that is open for reading. */
export interface PlainFile {
  readonly handle: number;
  /** How many bytes it had when it was opened. */
  readonly size: number;
}

/**
 * Opens regular files only; null otherwise. Anyone who may write to a folder can replace a file by a pipe at any moment. A plain
 * open would wait for its writer forever, and so would the job.
 * @throws Error with the system's code if it cannot be opened; `ELOOP` for a link where links are refused.
 */
export function openPlain(path: string, links: 'follow' | 'refuse'): PlainFile | null {
  const handle = openSync(path, PLAIN | (links === 'refuse' ? O_NOFOLLOW : 0));
  const size = sizeOf(handle);
  if (size !== null) return { handle, size };
  closeSync(handle);
  return null;
}

/** Null if it is not a file. */
function sizeOf(handle: number): number | null {
  try {
    const found = fstatSync(handle);
    return found.isFile() ? found.size : null;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/**
 * The bytes of a file, following links. Null if it is not a file or has more than `most` bytes.
 * @throws Error with the system's code if it cannot be read.
 */
export function readPlain(path: string, most: number): Buffer | null {
  return reading(path, (handle, size) => (size > most ? null : readUpTo(handle, size)));
}

/**
 * The first bytes of a file, at most so many, following links. Null if it is not a file.
 * @throws Error with the system's code if it cannot be read.
 */
export function readBeginning(path: string, most: number): Buffer | null {
  return reading(path, (handle, size) => readUpTo(handle, Math.min(size, most)));
}

function reading(path: string, read: (handle: number, size: number) => Buffer | null): Buffer | null {
  const opened = openPlain(path, 'follow');
  if (opened === null) return null;
  const { handle, size } = opened;
  try {
    return read(handle, size);
  } finally {
    closeSync(handle);
  }
}

/** Bytes added during the reading are left out. */
function readUpTo(handle: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const came = readSync(handle, bytes, filled, size - filled, filled);
    if (came === 0) break;
    filled += came;
  }
  return bytes.subarray(0, filled);
}
