/*
 * A spool file has one writer: the process (or thread) that made it, under a unique name. Every batch has its place in the
 * file, so writing it again, after a failure or at the end of the process, changes nothing that was written.
 *
 * A reader renames a file first, waits for SPOOL_SETTLES, and then reads it (sources/spool/claim.ts). So the writer checks
 * before each batch that the file is still at its path. A batch that reached the disk within half of that time is always
 * read. A slower one counts only if the file is still there afterwards.
 */
import { randomUUID } from 'node:crypto';
import { close, closeSync, constants, existsSync, mkdirSync, open, openSync, rmSync, write, writeSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SPOOL_SETTLES } from '../core/spool-line.ts';
import type { Duration } from '../core/time.ts';

/** A file that this process writes to. `size` counts the bytes of whole lines known to be in it. */
export interface SpoolFile {
  readonly path: string;
  readonly fd: number;
  size: number;
}

/** Creates a file, and fails if one of that name exists. Others may read it; the folder belongs to the user. */
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** If more time passes between checking the path and the end of a write, the file may have been read in between. */
const SURE_WITHIN: Duration = SPOOL_SETTLES / 2;

const NEWLINE = 10;

// Plain descriptors, because at the end of the process the same file is written to synchronously.
const openFile = promisify(open);
const writeAt = promisify(write);

/** Closes a file that is no longer written to. */
export const closeSpoolFile: (file: SpoolFile) => Promise<void> = ({ fd }) => promisify(close)(fd);

function newPath(folder: string): string {
  return join(folder, `checkrein-spool-${randomUUID()}.ndjson`);
}

/** Makes a new file, and its folder if needed. */
export async function openSpoolFile(folder: string): Promise<SpoolFile> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const path = newPath(folder);
  return { path, fd: await openFile(path, NEW, FILE_MODE), size: 0 };
}

/** True until a reader renames the file. */
export async function isStillThere({ path }: Pick<SpoolFile, 'path'>): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** The result of a batch. `lines` counts those in the file, which take `bytes`; an `error` kept the others out. */
export interface Landing {
  readonly lines: number;
  readonly bytes: number;
  readonly error: unknown;
  /** True when the file may have been read before the batch was in it. */
  readonly tooLate: boolean;
}

/** Appends lines to the file. `seen` is a time of `performance.now()` at which the file was still there. */
export async function writeLines(file: SpoolFile, bytes: Uint8Array, seen: number): Promise<Landing> {
  let written = 0;
  let error: unknown = null;
  try {
    while (written < bytes.length) {
      const { bytesWritten } = await writeAt(file.fd, bytes, written, bytes.length - written, file.size + written);
      written += bytesWritten;
    }
  } catch (caught) {
    error = caught;
  }
  const slow = performance.now() - seen > SURE_WITHIN;
  const tooLate = slow && !(await isStillThere(file));
  const whole = bytes.subarray(0, bytes.subarray(0, written).lastIndexOf(NEWLINE) + 1);
  return { lines: countLines(whole), bytes: whole.length, error, tooLate };
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === NEWLINE) lines++;
  return lines;
}

/**
 * Writes lines synchronously when there is no time for anything else: into `file` if it is still there, else into a new one.
 */
export function writeLastLines(folder: string, file: SpoolFile | null, bytes: Uint8Array): void {
  if (file !== null && existsSync(file.path)) {
    writeAllAt(file.fd, bytes, file.size);
    file.size += bytes.length;
    return;
  }
  writeNewFile(folder, bytes);
}

/** Writes lines synchronously into a new file and returns its path. Leaves nothing behind on failure. */
export function writeNewFile(folder: string, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const path = newPath(folder);
  const fd = openSync(path, NEW, FILE_MODE);
  try {
    writeAllAt(fd, bytes, 0);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return path;
}

/** Writes bytes at their place in a file, even if it was renamed. */
export function writeAllAt(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
