import type { TimeIsUp } from '../../alerts/calm.ts';
import type { AlertChange } from '../../core/alert.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { PlannedResponse } from '../../core/response.ts';
import { repositorySubject, type Subject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { StopPlan } from '../../responses/stop-plan/plan.ts';
import type { WatchJob } from '../job.ts';

/** A step in the life of an alert, as the ledger keeps it. */
export function alertEvent(job: Pick<WatchJob, 'now' | 'repo'>, change: AlertChange): EventOf<'alert.changed'> {
  return {
    v: 1,
    id: `alert:${change.fingerprint}:${change.episode}:${change.kind}:${job.now}`,
    kind: 'alert.changed',
    at: job.now,
    seen: job.now,
    repo: job.repo,
    subject: subjectOf(job, change),
    data: { change },
  };
}

/** Records that a time limit set by a person has passed. */
export function calmEndEvents(job: WatchJob, { acknowledged, silences }: TimeIsUp): readonly LedgerEvent[] {
  const base = { v: 1, at: job.now, seen: job.now, repo: job.repo, subject: repositorySubject(job.repo) } as const;
  return [
    ...acknowledged.map(
      (data): EventOf<'alert.unacknowledged'> => ({
        ...base,
        id: `unack:${data.fingerprint}:${data.episode}:${job.now}`,
        kind: 'alert.unacknowledged',
        data,
      }),
    ),
    ...silences.map(
      (data): EventOf<'silence.ended'> => ({
        ...base,
        id: `unsilence:${data.fingerprint}:${data.setAt}`,
        kind: 'silence.ended',
        data,
      }),
    ),
  ];
}

/** Records, at this wall-clock time, that we take on a response. Written before it is carried out. */
export function claimEvent(job: WatchJob, response: PlannedResponse, clock: Instant): EventOf<'response.claimed'> {
  const { key, kind, act, fingerprint, episode } = response;
  return {
    v: 1,
    id: `claim:${key}:${job.by}`,
    kind: 'response.claimed',
    at: job.now,
    seen: job.now,
    repo: job.repo,
    subject: repositorySubject(job.repo),
    data: { claim: { key, kind, act, fingerprint, episode, by: job.by, at: clock } },
  };
}

/** The stops that shadow mode held back, each once per episode. */
export function wouldHaveEvents(
  job: WatchJob,
  { unrecorded, verdicts, pauses }: StopPlan,
): readonly EventOf<'halt.would_have'>[] {
  return unrecorded.map(({ fingerprint, episode, name, subject }) => {
    const verdict = verdicts[fingerprint];
    const agents = verdict?.kind === 'would_have' ? verdict.agents : [];
    return {
      v: 1,
      id: `would-have:${fingerprint}:${episode}`,
      kind: 'halt.would_have',
      at: job.now,
      seen: job.now,
      repo: job.repo,
      subject,
      data: {
        ...{ rule: name, fingerprint, agents, episode },
        ...(pauses.has(fingerprint) ? { do: 'pause-agent' } : {}),
      },
    };
  });
}

function subjectOf(job: Pick<WatchJob, 'repo'>, change: AlertChange): Subject {
  switch (change.kind) {
    case 'pending':
    case 'activated':
    case 'updated':
      return change.subject;
    case 'clearing':
    case 'holding':
    case 'dropped':
    case 'resolved':
      return repositorySubject(job.repo);
    default:
      return change satisfies never;
  }
}
