import type { Gathered, WatchJob } from '../job.ts';
import { foreignLedger } from '../ledger/foreign-ledger.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { claimedSettlements, settle } from './settle.ts';

/** Asks every source in order. Each sees what the sources before it brought, and the outcome of people's commands. */
export async function gather(job: WatchJob, before: LedgerState, heard: readonly Gathered[]): Promise<Gathered> {
  const events = heard.flatMap((one) => one.events);
  const complaints = [foreignLedger(job, before) ?? [], ...heard.map((one) => one.complaints)].flat();
  const remembered: (() => Promise<void>)[] = [];
  let state = stateFold.apply(before, events);
  for (const [i, source] of job.sources.entries()) {
    job.progress(`reading ${source.name}`, i, job.sources.length);
    const brought = await source.gather(state);
    const priced = settle(brought.events, job.config, state.agents.files);
    const settled = [...priced, ...claimedSettlements(priced, state, job)];
    state = stateFold.apply(state, settled);
    events.push(...settled);
    complaints.push(...brought.complaints);
    if (brought.remembered !== undefined) remembered.push(brought.remembered);
  }
  return { events, complaints, remembered: async () => void (await Promise.all(remembered.map((tell) => tell()))) };
}
