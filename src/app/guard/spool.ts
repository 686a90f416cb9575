import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errandKey, type GuardRecord } from '../../core/guard-record.ts';
import { sha256 } from '../../core/hash.ts';
import { encodeRecord } from '../../sources/guard-record/decode.ts';
import { spoolFolder } from '../../track/place.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A record that waits in a file while the ledger is away. */
export interface SpooledRecord {
  /** `checkrein-guard-RUN-ATTEMPT-HASH.json`. */
  readonly name: string;
  readonly text: string;
  /** Null when it could not be written, for lack of space or permission. */
  readonly path: string | null;
}

/** Saves a record where a later run on this machine finds it. Never fails: a full disk is no reason to say nothing. */
export function spoolRecord(record: GuardRecord, env: Env): SpooledRecord {
  const { run, attempt } = record.errand;
  const name = `checkrein-guard-${run}-${attempt}-${sha256(errandKey(record.errand)).slice(0, 8)}.json`;
  const text = encodeRecord(record);
  const folder = spoolFolder(env);
  const path = join(folder, name);
  const written = tried(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  });
  // Half a file is of no use.
  if (!written) tried(() => rmSync(path, { force: true }));
  return { name, text, path: written ? path : null };
}

/** Removes the file once the record is in the ledger. */
export function removeSpooled({ path }: SpooledRecord): void {
  if (path !== null) tried(() => rmSync(path, { force: true }));
}

/** Whether the file system call succeeded. Other errors are bugs. */
function tried(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}
