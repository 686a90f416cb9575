import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errandKey, GUARD_RECORD_FILE, type GuardRecord, MAX_GUARD_RECORD } from '../../core/guard-record.ts';
import { after, DAY, type Duration, fromMs, type Instant } from '../../core/time.ts';
import { readPlain } from '../sessions/plain-file.ts';
import { decodeRecord } from './decode.ts';
import type { SpooledRecords } from './guard-book.ts';

/** One machine leaves only a few, so more are a flood. */
const MOST_FILES = 200;

/** The jobs of other repositories may use the same folder. A record not taken for this long never will be. */
const KEPT: Duration = 35 * DAY;

interface Waiting {
  readonly path: string;
  readonly record: GuardRecord | null;
  readonly changedAt: Instant;
}

/**
 * Reads the spooled records. Any job of the machine can have written them, for itself or another. They may add to a job that has
 * reported nothing, but cannot accuse anyone. Anything that is not a record is skipped.
 */
export function spooledRecords(folder: string, now: Instant): SpooledRecords {
  const waiting = filesIn(folder);
  return {
    of: (run, attempt) =>
      waiting.flatMap(({ record }) =>
        record !== null && record.errand.run === run && record.errand.attempt === attempt ? [record] : [],
      ),
    remove: (events) => {
      const checked = new Set(
        events.flatMap((event) => (event.kind === 'guard.checked' ? [event.data.check.errand] : [])),
      );
      for (const { path, record, changedAt } of waiting) {
        const isDone = record !== null && checked.has(errandKey(record.errand));
        if (isDone || after(changedAt, KEPT) < now) tried(() => rmSync(path, { force: true }));
      }
    },
  };
}

function filesIn(folder: string): readonly Waiting[] {
  const names = tried(() => readdirSync(folder)) ?? [];
  const ours = names.filter((name) => GUARD_RECORD_FILE.test(name)).sort();
  return ours.slice(0, MOST_FILES).flatMap((name) => tried(() => waitingIn(join(folder, name))) ?? []);
}

function waitingIn(path: string): readonly Waiting[] {
  const stat = statSync(path);
  if (!stat.isFile()) return [];
  const bytes = readPlain(path, MAX_GUARD_RECORD);
  const decoded = bytes === null ? null : decodeRecord(bytes);
  const record = decoded !== null && 'record' in decoded ? decoded.record : null;
  return [{ path, record, changedAt: fromMs(stat.mtimeMs) }];
}

/** The result of a call, or null if the file system fails, since somebody else may have taken the file. Other errors are bugs. */
function tried<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
}
