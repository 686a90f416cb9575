import { type Failure, OutsideFailure } from '../core/failure.ts';

type Explained = Pick<Failure, 'kind' | 'remedy' | 'retry'> & { readonly what: string };

const FULL: Explained = {
  kind: 'unavailable',
  what: 'the disk is full',
  remedy: 'Free some space and run it again: what was acknowledged is kept',
  retry: false,
};
const FORBIDDEN: Explained = {
  kind: 'forbidden',
  what: 'the folder may not be written or read',
  remedy: 'Give the user that runs Checkrein the right to read and write the folder, or name another one',
  retry: false,
};
const NO_FOLDER: Explained = {
  kind: 'invalid',
  what: 'a file stands where a folder should be',
  remedy: 'Name a folder that is empty or holds a ledger',
  retry: false,
};

const BY_CODE: Readonly<Record<string, Explained>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EROFS: FORBIDDEN,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  ENOTDIR: NO_FOLDER,
  EISDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  ELOOP: { ...NO_FOLDER, what: 'a link stands where a file of the ledger should be' },
};

const OTHER: Explained = {
  kind: 'unavailable',
  what: 'the disk did not do what was asked',
  remedy: 'Check the disk and run it again: what was acknowledged is kept',
  retry: true,
};

/** The code of a file system error, such as `ENOENT`; null for any other error. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

/** Runs `work` and turns file system errors into failures that say what to do. */
export async function onDisk<T>(place: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    const { what, ...rest } = BY_CODE[code] ?? OTHER;
    throw new OutsideFailure({ ...rest, message: `Could not ${doing} ${place}: ${what} (${code})` });
  }
}
