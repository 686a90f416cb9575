import type { Receipt } from '../core/response.ts';
import { applyResponses } from '../responses/apply.ts';
import type { WatchJob } from './job.ts';
import type { Judgement } from './judge/judge.ts';

/** Carries out the plan. The only stage that changes anything outside the ledger. */
export async function act(job: WatchJob, { plan }: Judgement): Promise<readonly Receipt[]> {
  let done = 0;
  return applyResponses(
    plan.ready,
    { issues: job.issues, stop: job.stop, rollback: job.rollback, rerun: job.rerun },
    () => {
      done += 1;
      job.progress('carrying out the plan', done, plan.ready.length);
    },
  );
}
