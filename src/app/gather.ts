import { foreignLedger } from './foreign-ledger.ts';
import type { Gathered, WatchJob } from './job.ts';
import { type LedgerState, stateFold } from './state.ts';

/** Asks every source in order; each sees what those before it brought. */
export async function gather(job: WatchJob, before: LedgerState): Promise<Gathered> {
  let state = before;
  const events = [];
  const complaints: string[] = [foreignLedger(job, before) ?? []].flat();
  for (const [i, source] of job.sources.entries()) {
    job.progress(`reading ${source.name}`, i, job.sources.length);
    const brought = await source.gather(state);
    state = stateFold.apply(state, brought.events);
    events.push(...brought.events);
    complaints.push(...brought.complaints);
  }
  return { events, complaints };
}
