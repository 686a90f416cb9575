import type { PullFacts } from '../../core/pull.ts';
import type { ReviewTerms } from '../../core/review-terms.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import { askedAt, type ReviewedPull, reviewedPulls, roundsOf } from './answers.ts';
import { type Capacity, capacityOf } from './capacity.ts';
import { type Clearance, clearanceOf } from './clearance.ts';
import { type Queued, reviewQueue } from './queue.ts';

/** What is waiting for people, how much they can review, and when the queue will be empty. */
export interface ReviewOutlook {
  readonly queue: readonly Queued[];
  /** Those in the queue that are waiting for people. */
  readonly waiting: readonly Queued[];
  /** Null if too little is known. */
  readonly capacity: Capacity | null;
  readonly clearance: Clearance | null;
  /** What people decided in the last `ANSWERED_IN` days. */
  readonly answered: ReviewFigures;
}

/** Days. */
export const ANSWERED_IN = 28;

/** The review queue as it is now. Pure. */
export function reviewOutlook(facts: PullFacts, terms: ReviewTerms, now: Instant): ReviewOutlook {
  const pulls = reviewedPulls(facts);
  const queue = reviewQueue(pulls, terms, now);
  const waiting = queue.filter(({ state }) => state === 'waiting');
  const capacity = capacityOf(pulls, facts.since, terms.capacity, now);
  const clearance = capacity === null ? null : clearanceOf(waiting.length, capacity, now);
  const answered = reviewFigures(facts, { agent: null, from: after(now, -ANSWERED_IN * DAY), to: now });
  return { queue, waiting, capacity, clearance, answered };
}

/** What people decided in a stretch of time; null if nothing happened that would tell. */
export interface ReviewFigures {
  readonly approved: number;
  readonly rejected: number;
  /** From when a pull request was ready to the first decision. */
  readonly averageReviewTime: Duration | null;
  /** From when it was ready to the first word of a person. */
  readonly averageFirstResponse: Duration | null;
  /** Heads that people reviewed, for the pull requests that ended in the stretch. */
  readonly averageRounds: number | null;
}

/** For the pull requests of one agent, or of all if `agent` is null. `to` is not part of the stretch. */
export function reviewFigures(
  facts: PullFacts,
  { agent, from, to }: { readonly agent: string | null; readonly from: Instant; readonly to: Instant },
): ReviewFigures {
  const isIn = (at: Instant | null | undefined): at is Instant => at != null && at >= from && at < to;
  const pulls = reviewedPulls(facts).filter(({ pull }) => agent === null || pull.agent === agent);
  const answers = pulls.flatMap((one) => one.answers).filter(({ at }) => isIn(at));
  const ended = pulls.filter(({ pull }) => isIn(pull.closedAt));
  return {
    approved: answers.filter(({ kind }) => kind === 'approved').length,
    rejected: answers.filter(({ kind }) => kind === 'rejected').length,
    averageReviewTime: meanTime(pulls, isIn, ({ answers: [first] }) => first?.at ?? null),
    averageFirstResponse: meanTime(pulls, isIn, ({ respondedAt }) => respondedAt),
    averageRounds: mean(ended.map(roundsOf)),
  };
}

function meanTime(
  pulls: readonly ReviewedPull[],
  isIn: (at: Instant | null) => boolean,
  end: (pull: ReviewedPull) => Instant | null,
): Duration | null {
  return mean(
    pulls.flatMap((pull) => {
      const at = end(pull);
      return at !== null && isIn(at) ? [between(askedAt(pull), at)] : [];
    }),
  );
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
