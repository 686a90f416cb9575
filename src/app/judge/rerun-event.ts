import type { EventOf } from '../../core/event.ts';
import type { RemedyRerun } from '../../core/notice-record.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';

/** The progress of a rerun, as the ledger keeps it. */
export function rerunEvent(
  { repo, now }: { readonly repo: string; readonly now: Instant },
  rerun: RemedyRerun,
): EventOf<'remedy.rerun'> {
  const { fingerprint, episode, run, attempt, state } = rerun;
  return {
    ...{ v: 1, id: `rerun:${fingerprint}:${episode}:${run}.${attempt}:${state}`, kind: 'remedy.rerun' },
    ...{ at: now, seen: now, repo, subject: agentSubject(rerun.agent) },
    data: { rerun },
  };
}
