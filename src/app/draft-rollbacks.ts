import type { EventOf, LedgerEvent } from '../core/event.ts';
import { attempt } from '../core/failure.ts';
import type { ImprovementCase } from '../core/improvement.ts';
import { repositorySubject } from '../core/subject.ts';
import { after, DAY, type Duration } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import { improvementFacts } from '../metrics/improvements.ts';
import type { WatchJob } from './job.ts';
import { openedEvent } from './rollback-events.ts';
import type { LedgerState } from './state.ts';
import type { Upheld } from './uphold.ts';

/** What could not be made is tried again after so long. */
const PATIENCE: Duration = DAY;
/** A fault of ours must not become a flood. */
const MOST_AT_ONCE = 2;

/**
 * Opens drafts that take back what made something worse, where the configuration asks for that (`improvements.rollback: draft`). One that is
 * there already is not opened again; nothing is merged. What cannot be made is written down with its reason.
 * @throws OutsideFailure when the ledger cannot be written.
 */
export async function draftRollbacks(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const { github } = job;
  const due = github === null || job.config.improvements.rollback !== 'draft' ? [] : dueOf(job, state);
  const complaints: string[] = [];
  for (const one of due) {
    if (github === null) break;
    const { event, complaint } = await draftOne(job, github, one);
    if (complaint !== null) complaints.push(complaint);
    await job.ledger.append(() => [event]);
  }
  return { complaints, incomplete: false, done: due.length > 0 };
}

function dueOf({ now }: WatchJob, state: LedgerState): readonly ImprovementCase[] {
  return improvementFacts(state.improvements, state.pulls)
    .cases.filter(({ stage, rollback, keptBy }) => stage === 'worse' && rollback === null && keptBy === null)
    .filter(({ refusedRollback }) => refusedRollback === null || after(refusedRollback.at, PATIENCE) <= now)
    .slice(0, MOST_AT_ONCE);
}

interface Drafted {
  readonly event: LedgerEvent;
  readonly complaint: string | null;
}

async function draftOne(job: WatchJob, github: GitHub, { pull, judgements }: ImprovementCase): Promise<Drafted> {
  const { rollBack } = await import('../responses/rollback/roll-back.ts');
  const reason = { askedBy: null, why: null, judgement: judgements.at(-1) ?? null };
  const made = await attempt(() => rollBack(github, pull, reason));
  if (!made.ok) {
    const why = `${made.failure.message}. ${made.failure.remedy}`;
    return { event: refusedEvent(job, pull, why), complaint: `pull request ${pull} could not be taken back: ${why}` };
  }
  if (made.value.kind === 'refused') {
    const { why, next } = made.value;
    return {
      event: refusedEvent(job, pull, `${why} ${next}`),
      complaint: `pull request ${pull} is not taken back: ${why} ${next}`,
    };
  }
  const order = { repo: job.repo, now: job.now, pull, by: { kind: 'verdict' }, askedAt: job.now } as const;
  return { event: openedEvent(order, made.value), complaint: null };
}

function refusedEvent({ repo, now }: WatchJob, pull: number, why: string): EventOf<'rollback.refused'> {
  return {
    ...{ v: 1, id: `rollback:${pull}:refused:${now}`, kind: 'rollback.refused', at: now, seen: now, repo },
    subject: repositorySubject(repo),
    data: { pull, why },
  };
}
