/*
 * Takes spool files so that each of their lines counts once, no matter which process is killed when:
 *
 *   checkrein-spool-NAME.ndjson                          programs append to it
 *   checkrein-spool-NAME.ndjson.MARK.claimed             renamed: no further program starts appending to it
 *   checkrein-spool-NAME.ndjson.MARK.SIZE-MS.taken       SPOOL_SETTLES later: its first SIZE bytes count, and MS is the time
 *                                                        of this step in milliseconds since 1970
 *
 * The events made from a taken file, including their ids, depend only on its name and those bytes (sum.ts, events.ts). The file is
 * removed once they are in the ledger. A run that finds a file left by a dead process makes the same events again, and the ledger
 * drops those it already has. So several processes may read one folder at once.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SPOOL_FILE, SPOOL_SETTLES } from '../../core/spool-line.ts';
import { type Duration, type Instant, parseInstant } from '../../core/time.ts';

/** A taken file, which only spool readers process. */
export interface TakenFile {
  readonly path: string;
  /** The name given by its writer. */
  readonly name: string;
  /** How many of its bytes count. */
  readonly size: number;
  /** When it was taken. */
  readonly at: Instant;
}

/** The files that were taken, and why others were not, one line each. */
export interface Claims {
  readonly files: readonly TakenFile[];
  readonly complaints: readonly string[];
}

export interface ClaimTerms {
  readonly now: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
}

/** At most this many files are taken in one run. The next one continues. */
const MOST_FILES = 1_000;
/** Sixteen times what our own writers put into one file. */
const MOST_BYTES = 67_108_864;

const MARKED = /^(.+)\.[0-9a-f]{8}\.(?:claimed|(\d{1,12})-(\d{1,15})\.taken)$/;

/**
 * Takes the files of a spool folder, including those left by an earlier run. A missing folder counts as empty.
 * @throws an error of the file system when the folder cannot be read.
 */
export async function claimSpool(folder: string, terms: ClaimTerms): Promise<Claims> {
  const names = (await namesIn(folder)).sort();
  const left = names.flatMap((name) => takenFile(folder, name) ?? []).slice(0, MOST_FILES);
  const claimed = names.filter((name) => isMarked(name) && name.endsWith('.claimed'));
  const fresh = names.filter((name) => SPOOL_FILE.test(name));
  const wanted = Math.max(0, MOST_FILES - left.length - claimed.length);
  const complaints: string[] = [];
  for (const name of fresh.slice(0, wanted)) {
    const mark = `${name}.${randomUUID().slice(0, 8)}.claimed`;
    const problem = await rejected(rename(join(folder, name), join(folder, mark)));
    if (problem === null) claimed.push(mark);
    else if (problem !== 'ENOENT') complaints.push(`${name}: cannot be taken in (${problem})`);
  }
  if (fresh.length > wanted)
    complaints.push(`${fresh.length - wanted} more spool files are left: the next run goes on`);
  if (claimed.length > 0) await terms.sleep(SPOOL_SETTLES);
  const taken = await Promise.all(claimed.map((name) => settle(folder, name, terms.now())));
  const files = [...left, ...taken.flatMap((one) => (typeof one === 'object' ? (one ?? []) : []))];
  return { files, complaints: [...complaints, ...taken.filter((one) => typeof one === 'string')] };
}

/** Removes the processed files. Another run may already have done so. */
export async function removeTaken(files: readonly TakenFile[]): Promise<void> {
  for (const { path } of files) await rm(path, { force: true });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function isMarked(name: string): boolean {
  return SPOOL_FILE.test(MARKED.exec(name)?.[1] ?? '');
}

/** The meaning of a taken file's name. Null for other names. */
function takenFile(folder: string, name: string): TakenFile | null {
  const [, original = '', size, ms] = MARKED.exec(name) ?? [];
  const at = parseInstant(Number(ms));
  if (!SPOOL_FILE.test(original) || size === undefined || at === null || Number(size) > MOST_BYTES) return null;
  return { path: join(folder, name), name: original, size: Number(size), at };
}

/** Records in the file's name how much of it counts. Null if somebody else did; a sentence if it cannot be taken. */
async function settle(folder: string, claimed: string, now: Instant): Promise<TakenFile | string | null> {
  const path = join(folder, claimed);
  const size = await sizeOf(path);
  if (size === null) return null;
  const name = MARKED.exec(claimed)?.[1] ?? claimed;
  if (typeof size === 'string') return `${name}: ${size}`;
  if (size > MOST_BYTES) return `${name}: larger than ${MOST_BYTES / 1_048_576} MiB: not taken in; remove it`;
  const taken = `${claimed.slice(0, -'.claimed'.length)}.${size}-${Math.max(0, Date.parse(now))}.taken`;
  const problem = await rejected(rename(path, join(folder, taken)));
  if (problem !== null) return problem === 'ENOENT' ? null : `${name}: cannot be taken in (${problem})`;
  return takenFile(folder, taken);
}

/** The size of a plain file, why it is not one, or null if it is gone. Links are not followed, and pipes do not block. */
async function sizeOf(path: string): Promise<number | string | null> {
  try {
    const handle = await open(path, READ_PLAIN);
    const found = await handle.stat().finally(() => handle.close());
    return found.isFile() ? found.size : 'no plain file: not taken in; remove it';
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return null;
    return code === 'ELOOP' ? 'a link: not followed; remove it' : `cannot be read (${code})`;
  }
}

/** Flags for opening files that somebody else created. Windows has neither of the last two. */
export const READ_PLAIN: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The code of a failed file system call. Null if it succeeded. */
async function rejected(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    return code;
  }
}

/** The code of a file system error. Null for other errors. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null;
}
