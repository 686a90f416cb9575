import { attempt } from '../../core/failure.ts';
import { DAY } from '../../core/time.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { compactOrder, isDue } from './retention.ts';

/** The outcome of compacting the ledger. */
export interface Tidied {
  /** For people, one line each. */
  readonly complaints: readonly string[];
  /** True when the ledger has changed. */
  readonly done: boolean;
}

/** A cut reads a good part of the ledger, so events may grow up to a week older than required before the next one. */
const SLACK = 7 * DAY;

/**
 * Removes once a day what need not be kept, however many days were missed. Errors are reported and the next run tries again: this
 * run's real work is done.
 */
export async function tidy(job: WatchJob, state: LedgerState): Promise<Tidied> {
  if (job.sources.length === 0 || !isDue(state, job.now)) return { complaints: [], done: false };
  const order = compactOrder(job.config.retention, { now: job.now, by: job.by, slack: SLACK });
  const compacted = await attempt(() => job.ledger.compact(order));
  if (!compacted.ok) {
    const { message, remedy } = compacted.failure;
    return { complaints: [`The ledger could not be compacted: ${message}. ${remedy}.`], done: false };
  }
  const kept = compacted.value?.historyKept ?? null;
  if (kept === null) return { complaints: [], done: compacted.value !== null };
  const grows = `The history of ${job.ledger.place} could not be dropped, so it goes on growing`;
  return { complaints: [`${grows}: ${kept.message}. ${kept.remedy}.`], done: true };
}
