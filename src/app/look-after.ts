import { draftRollbacks } from './draft-rollbacks.ts';
import type { WatchJob } from './job.ts';
import type { LedgerState } from './state.ts';
import { followUp, type Upheld } from './uphold.ts';

/**
 * Goes on with what was begun and does not end by itself: resumptions in stages, and changes that are to be taken back.
 * @throws OutsideFailure when the ledger cannot be read or written.
 */
export async function lookAfter(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const [followed, drafted] = [await followUp(job, state), await draftRollbacks(job, state)];
  return {
    complaints: [...followed.complaints, ...drafted.complaints],
    incomplete: followed.incomplete || drafted.incomplete,
    done: followed.done || drafted.done,
  };
}
