import type { NoticePlan } from '../../alerts/notices.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Delivery } from '../../core/notice.ts';
import type { NoticeEnd, RemedyRecord } from '../../core/notice-record.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { WatchJob } from '../job.ts';

type Head = Pick<LedgerEvent, 'v' | 'at' | 'seen' | 'repo' | 'subject'>;

function head({ now, repo }: Pick<WatchJob, 'now' | 'repo'>): Head {
  return { v: 1, at: now, seen: now, repo, subject: repositorySubject(repo) };
}

/** A plan as the ledger keeps it. Order matters: superseded messages come before their replacements. */
export function noticeEvents(job: WatchJob, plan: NoticePlan): readonly LedgerEvent[] {
  const base = head(job);
  return [
    ...plan.overtaken.map((key) => deadEvent(job, { key, because: 'overtaken', error: null, unsure: false })),
    ...plan.escalations.map(
      (data): EventOf<'alert.escalated'> => ({
        ...base,
        id: `escalate:${data.fingerprint}:${data.episode}:${data.level}`,
        kind: 'alert.escalated',
        data,
      }),
    ),
    ...plan.held.map(
      (data): EventOf<'notice.held'> => ({
        ...base,
        id: `notice-held:${data.channel}:${data.fingerprint}:${data.episode}`,
        kind: 'notice.held',
        data,
      }),
    ),
    ...plan.notices.map(
      (notice): EventOf<'notice.planned'> => ({
        ...base,
        id: `notice:${notice.key}`,
        kind: 'notice.planned',
        data: { notice },
      }),
    ),
  ];
}

/** Records, at this wall-clock time, that this process is about to send some messages. */
export function takenEvent(job: WatchJob, keys: readonly string[], clock: Instant): EventOf<'notice.taken'> {
  return {
    ...head(job),
    id: `notice-taken:${clock}:${job.by}`,
    kind: 'notice.taken',
    data: { keys, by: job.by, at: clock },
  };
}

/** The outcome of sending one message; `attempts` includes this one. */
export function deliveryEvent(
  job: WatchJob,
  key: string,
  delivery: Delivery,
  { attempts, notBefore }: { readonly attempts: number; readonly notBefore: Instant },
): LedgerEvent {
  const base = head(job);
  if (delivery.ok) {
    return { ...base, id: `notice-sent:${key}`, kind: 'notice.sent', data: { key, receiver: delivery.receiver } };
  }
  const { error, unsure } = delivery;
  const id = `notice-failed:${key}:${attempts}:${job.by}`;
  return { ...base, id, kind: 'notice.failed', data: { key, error, unsure, notBefore } };
}

/** Records that a message is no longer tried. */
export function deadEvent(job: WatchJob, data: NoticeEnd): EventOf<'notice.dead'> {
  return { ...head(job), id: `notice-dead:${data.key}`, kind: 'notice.dead', data };
}

/** What alerts asked to be done automatically, and what became of it. */
export function remedyEvents(job: WatchJob, remedies: readonly RemedyRecord[]): readonly EventOf<'remedy.decided'>[] {
  return remedies.map((remedy) => ({
    ...head(job),
    // What ends by itself may be decided again in the same episode, and then a lead is asked again.
    id: [remedyKey(remedy), remedy.verdict, ...(mayComeAgain(remedy) ? [job.now] : [])].join(':'),
    kind: 'remedy.decided',
    data: { remedy },
  }));
}

function mayComeAgain({ verdict }: RemedyRecord): boolean {
  return verdict === 'done' || verdict === 'awaits_approval' || verdict === 'rejected';
}

function remedyKey({ fingerprint, episode, do: kind }: RemedyRecord): string {
  return `remedy:${fingerprint}:${episode}:${kind}`;
}

/** Records that agents may not start for a while. From then on the guard refuses them. */
export function denialEvents(job: WatchJob, remedies: readonly RemedyRecord[]): readonly EventOf<'agent.denied'>[] {
  return remedies.flatMap(({ do: kind, verdict, until, agents, name: rule, fingerprint, episode }) => {
    if (kind !== 'deny' || verdict !== 'done' || until === undefined) return [];
    return agents.map(
      (agent): EventOf<'agent.denied'> => ({
        ...head(job),
        id: `denied:${agent}:${fingerprint}:${job.now}`,
        kind: 'agent.denied',
        subject: agentSubject(agent),
        data: { denial: { agent, at: job.now, until, rule, fingerprint, episode } },
      }),
    );
  });
}
