import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

// Windows has neither of the last two.
const { O_RDONLY = 0, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** How files are opened that somebody else put there: nothing is waited for. What was opened need not be a file. */
export const PLAIN: number = O_RDONLY | O_NONBLOCK;

/**
 * Opens what is a file and nothing else; null otherwise. Whoever may write to a folder may put a pipe in the place of a file, at any
 * moment: a plain opening would wait for its writer for ever, and so would the job.
 * @throws Error with the code of the system for what cannot be opened; `ELOOP` for a link where links are refused.
 */
export function openPlain(path: string, links: 'follow' | 'refuse'): number | null {
  const handle = openSync(path, PLAIN | (links === 'refuse' ? O_NOFOLLOW : 0));
  if (isFile(handle)) return handle;
  closeSync(handle);
  return null;
}

function isFile(handle: number): boolean {
  try {
    return fstatSync(handle).isFile();
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/**
 * The bytes of a file, links followed; null for what is no file, and for one of more than `most` bytes.
 * @throws Error with the code of the system for what cannot be read.
 */
export function readPlain(path: string, most: number): Buffer | null {
  const handle = openPlain(path, 'follow');
  if (handle === null) return null;
  try {
    const { size } = fstatSync(handle);
    return size > most ? null : readUpTo(handle, size);
  } finally {
    closeSync(handle);
  }
}

/** What is added while it is read is left out. */
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
