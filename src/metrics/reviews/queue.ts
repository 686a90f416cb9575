import type { PullRecord, ReviewMark } from '../../core/pull.ts';
import type { ReviewTerms } from '../../core/review-terms.ts';
import { between, type Duration, type Instant, latest } from '../../core/time.ts';
import { type ReviewedPull, roundsOf } from './answers.ts';

/** Whom an open pull request is waiting for: people, its author after changes were requested, the merge, or nobody yet. */
export type QueueState = 'waiting' | 'changes' | 'approved' | 'draft';

/** An open pull request of an agent. */
export interface Queued {
  readonly number: number;
  /** Null if it cannot be told which agent's it is. */
  readonly agent: string | null;
  readonly state: QueueState;
  /** Since when it has been in that state, as far as known. */
  readonly since: Instant;
  readonly age: Duration;
  /** It has been waiting for people longer than it should. */
  readonly late: boolean;
  /** Logins and teams that are asked to review it. */
  readonly owners: readonly string[];
  /** Heads that people have reviewed. */
  readonly rounds: number;
}

/** The open pull requests of agents. Those waiting for people come first, the oldest of them at the top. */
export function reviewQueue(pulls: readonly ReviewedPull[], terms: ReviewTerms, now: Instant): readonly Queued[] {
  return pulls
    .filter((one) => isOpen(one, now))
    .map((one) => queued(one, terms, now))
    .sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.age - a.age || a.number - b.number);
}

/** The pull requests of agents that are waiting for people. */
export function waitingNow(pulls: readonly ReviewedPull[], now: Instant): readonly PullRecord[] {
  return pulls.filter((one) => isOpen(one, now) && standingOf(one).state === 'waiting').map(({ pull }) => pull);
}

function isOpen({ pull: { closedAt } }: ReviewedPull, now: Instant): boolean {
  return closedAt === null || closedAt > now;
}

const ORDER: Readonly<Record<QueueState, number>> = { waiting: 0, approved: 1, changes: 2, draft: 3 };

function queued(one: ReviewedPull, { sla }: ReviewTerms, now: Instant): Queued {
  const { pull } = one;
  const { state, since } = standingOf(one);
  const age = between(since, now);
  return {
    number: pull.number,
    agent: pull.agent,
    state,
    since,
    age,
    late: state === 'waiting' && age > sla,
    owners: (pull.standing?.asked ?? []).map(({ name }) => name),
    rounds: roundsOf(one),
  };
}

/** Only what was said about the current head counts: a new commit has to be reviewed again. */
function standingOf({ pull, reviews }: ReviewedPull): Pick<Queued, 'state' | 'since'> {
  if (pull.draft) return { state: 'draft', since: pull.createdAt };
  const own = lastOfEach(reviews.filter(({ head }) => head === null || head === pull.head));
  const asked = new Set((pull.standing?.asked ?? []).map(({ id }) => id));
  const again = own.find(({ by }) => asked.has(by.id));
  if (again !== undefined) return { state: 'waiting', since: again.at };
  const refused = own.find(({ verdict }) => verdict === 'changes_requested');
  if (refused !== undefined) return { state: 'changes', since: refused.at };
  const approved = own.find(({ verdict }) => verdict === 'approved');
  if (approved !== undefined) return { state: 'approved', since: approved.at };
  return { state: 'waiting', since: waitingSince(pull, reviews) };
}

/** The last deciding word of each person. A comment takes nothing back, a dismissal does. */
function lastOfEach(reviews: readonly ReviewMark[]): readonly ReviewMark[] {
  const last = new Map<number, ReviewMark>();
  for (const review of reviews) if (review.verdict !== 'commented') last.set(review.by.id, review);
  return [...last.values()].filter(({ verdict }) => verdict !== 'dismissed');
}

function waitingSince(pull: PullRecord, reviews: readonly ReviewMark[]): Instant {
  const decided = reviews.some(({ verdict }) => verdict === 'approved' || verdict === 'changes_requested');
  const readyAt = pull.standing?.readyAt ?? pull.createdAt;
  return decided ? latest(readyAt, pull.headSince) : readyAt;
}
