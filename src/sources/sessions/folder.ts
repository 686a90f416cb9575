import { type Dirent, opendirSync } from 'node:fs';

/** What lies in a folder. */
export interface Listing {
  readonly entries: readonly Dirent[];
  /** Whether there is more than was wanted. */
  readonly more: boolean;
}

/** So many entries are asked of the system at once. */
const AT_ONCE = 256;

/**
 * Lists at most so many entries of a folder: whoever fills one with a million of them does not fill our memory.
 * @throws Error with the code of the system for what cannot be listed.
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
