import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errandKey, type GuardRecord } from '../../core/guard-record.ts';
import { sha256 } from '../../core/hash.ts';
import { encodeRecord } from '../../sources/guard-record/decode.ts';
import { spoolFolder } from '../../track/place.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A record that waits in a file for a ledger that is away. */
export interface SpooledRecord {
  /** `checkrein-guard-RUN-ATTEMPT-HASH.json`. */
  readonly name: string;
  readonly text: string;
  /** Null where it could not be written, for want of room or of the right to. */
  readonly path: string | null;
}

/** Puts a record where a later run on this machine finds it. It never fails: a disk that is full is no reason to say nothing. */
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
  // Half of a file says nothing.
  if (!written) tried(() => rmSync(path, { force: true }));
  return { name, text, path: written ? path : null };
}

/** Takes the file away once the record is in the ledger. */
export function removeSpooled({ path }: SpooledRecord): void {
  if (path !== null) tried(() => rmSync(path, { force: true }));
}

/** Whether the file system did as it was told. Other errors are bugs. */
function tried(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}
