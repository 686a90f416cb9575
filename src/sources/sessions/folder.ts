import { type Dirent, opendirSync } from 'node:fs';

/** The contents of a folder. */
export interface Listing {
  readonly entries: readonly Dirent[];
  /** Whether there is more than was wanted. */
  readonly more: boolean;
}

/** Number of entries requested from the system at once. */
const AT_ONCE = 256;

/**
 * Lists at most this many entries of a folder, so that one with a million entries does not fill our memory.
 * @throws Error with the system's code if the folder cannot be listed.
 */
export function listFolder(path: string, most: number): Listing {
  const folder = opendirSync(path, { bufferSize: AT_ONCE });
  try {
    const entries: Dirent[] = [];
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (entries.length >= most) return { entries, more: true };
      entries.push(entry);
    }
    return { entries, more: false };
  } finally {
    folder.closeSync();
  }
}
