import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Receipt } from '../../core/response.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Appended } from '../../ledger/port.ts';
import type { Gathered, WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { followChanges } from './follow-changes.ts';

/** Records what was gathered, that we looked, and what follows for changes of agents. A job that gathers nothing has not looked. */
export async function remember(job: WatchJob, { events, remembered }: Gathered): Promise<Appended<LedgerState>> {
  const appended = await job.ledger.append(() => (job.sources.length === 0 ? events : [...events, ownRun(job)]));
  await remembered?.();
  return await followChanges(job, appended);
}

/** Records the outcome of the plan. Without receipts the ledger stays as it was after judging. */
export async function rememberOutcome(
  job: WatchJob,
  receipts: readonly Receipt[],
  judged: Appended<LedgerState>,
): Promise<Appended<LedgerState>> {
  if (receipts.length === 0) return { ...judged, appended: [] };
  return await job.ledger.append(() => receipts.map((receipt) => receiptEvent(job, receipt)));
}

function ownRun(job: WatchJob): EventOf<'watch.ran'> {
  return {
    v: 1,
    id: `watch:${job.now}:${job.by}`,
    kind: 'watch.ran',
    at: job.now,
    seen: job.now,
    repo: job.repo,
    subject: { kind: 'checkrein', name: 'watch' },
    data: { trigger: job.trigger.name, run: job.trigger.run, late: job.trigger.late, requests: job.requests() },
  };
}

function receiptEvent(job: WatchJob, receipt: Receipt): LedgerEvent {
  return {
    v: 1,
    id: `receipt:${receipt.key}:${job.by}`,
    kind: 'response.applied',
    at: job.now,
    seen: job.now,
    repo: job.repo,
    subject: repositorySubject(job.repo),
    data: { receipt },
  };
}
