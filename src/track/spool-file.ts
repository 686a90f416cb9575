/*
 * A spool file has one writer: the process (or thread) that made it, under a name nobody else makes. Every batch has its place
 * in the file, so writing it again, after a failure or at the end of the process, changes nothing that was written.
 *
 * Who takes a file in renames it first, waits for SPOOL_SETTLES, and then reads what it holds (sources/spool/claim.ts). So
 * the writer looks whether the file is still at its path before each batch. A batch that was on the disk within half of that
 * time is read in any case; one that took longer counts only if the file is still there afterwards.
 */
import { randomUUID } from 'node:crypto';
import { close, closeSync, constants, existsSync, mkdirSync, open, openSync, rmSync, write, writeSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SPOOL_SETTLES } from '../core/spool-line.ts';
import type { Duration } from '../core/time.ts';

/** A file that this process writes to. `size` counts the bytes of whole lines that are known to be in it. */
export interface SpoolFile {
  readonly path: string;
  readonly fd: number;
  size: number;
}

/** A new file, or an error where there is one of that name already. Others may read it; the folder is the user's own. */
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** Longer than this between the look at the path and the end of a write, and the file may have been read in between. */
const SURE_WITHIN: Duration = SPOOL_SETTLES / 2;

const NEWLINE = 10;

// Plain descriptors: at the end of the process the same file is written to directly.
const openFile = promisify(open);
const writeAt = promisify(write);

/** Closes a file that is written to no more. */
export const closeSpoolFile: (file: SpoolFile) => Promise<void> = ({ fd }) => promisify(close)(fd);

function newPath(folder: string): string {
  return join(folder, `checkrein-spool-${randomUUID()}.ndjson`);
}

/** Makes a new file, and the folder where it is not there. */
export async function openSpoolFile(folder: string): Promise<SpoolFile> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const path = newPath(folder);
  return { path, fd: await openFile(path, NEW, FILE_MODE), size: 0 };
}

/** True until somebody takes the file in. */
export async function isStillThere({ path }: Pick<SpoolFile, 'path'>): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** What became of a batch. `lines` counts those that are in the file, in `bytes`; an `error` kept the others out. */
export interface Landing {
  readonly lines: number;
  readonly bytes: number;
  readonly error: unknown;
  /** True when the file may have been read before the batch was in it. */
  readonly tooLate: boolean;
}

/**
 * Writes lines behind those that are in the file. `seen` is a moment of `performance.now()` from which on the file was
 * seen to be still there.
 */
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

/** Writes lines when there is no time left for anything but a direct write: into `file` if it is still there, else a new one. */
export function writeLastLines(folder: string, file: SpoolFile | null, bytes: Uint8Array): void {
  if (file !== null && existsSync(file.path)) {
    writeAllAt(file.fd, bytes, file.size);
    file.size += bytes.length;
    return;
  }
  writeNewFile(folder, bytes);
}

/** Writes lines into a new file, directly; returns its path. Nothing is left of it when that fails. */
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

/** Writes bytes at their place in a file, whatever became of its name. */
export function writeAllAt(fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
