import type { PullFacts, PullRecord, ReviewMark } from '../../core/pull.ts';
import type { Actor } from '../../core/run.ts';
import type { Instant } from '../../core/time.ts';

/** People's answer to one head of a pull request: a deciding review, a merge or a close. */
export interface Answer {
  readonly at: Instant;
  readonly kind: 'approved' | 'rejected';
}

/** A pull request of an agent with everything that people did about it. */
export interface ReviewedPull {
  readonly pull: PullRecord;
  /** By people only, oldest first. */
  readonly reviews: readonly ReviewMark[];
  /** One per answered head, oldest first. */
  readonly answers: readonly Answer[];
  /** The first word of a person, whether or not it decided anything; null before that. */
  readonly respondedAt: Instant | null;
}

/** The pull requests of agents, each with people's responses. Those that only may be an agent's are left out. */
export function reviewedPulls({ pulls, reviews }: PullFacts): readonly ReviewedPull[] {
  const byPull = new Map<number, ReviewMark[]>();
  for (const review of reviews) {
    if (!isPerson(review.by)) continue;
    byPull.set(review.pull, [...(byPull.get(review.pull) ?? []), review]);
  }
  return pulls
    .filter(({ standing }) => standing === undefined || standing.verdict === 'agent')
    .map((pull) => reviewed(pull, byPull.get(pull.number) ?? []));
}

function reviewed(pull: PullRecord, reviews: readonly ReviewMark[]): ReviewedPull {
  const answers = answersTo(pull, reviews);
  const first = [...reviews.map(({ at }) => at), ...answers.map(({ at }) => at)].sort()[0];
  return { pull, reviews, answers, respondedAt: first ?? null };
}

/** Programs that GitHub takes for people were already sorted out when they were read. */
function isPerson({ type }: Actor): boolean {
  return type === 'User';
}

function answersTo(pull: PullRecord, reviews: readonly ReviewMark[]): readonly Answer[] {
  const byHead = new Map<string, ReviewMark[]>();
  for (const review of reviews) {
    if (review.verdict !== 'approved' && review.verdict !== 'changes_requested') continue;
    const head = review.head ?? pull.head;
    byHead.set(head, [...(byHead.get(head) ?? []), review]);
  }
  const given = [...byHead.values()].map(answerOf);
  const last = byHead.get(pull.head);
  const end = endOf(pull);
  // Merging what was approved, or closing what was rejected, says nothing new.
  const says = end !== null && (last === undefined || answerOf(last).kind !== end.kind);
  return (says ? [...given, end] : given).sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** A request for changes outweighs an approval. */
function answerOf(reviews: readonly ReviewMark[]): Answer {
  const rejected = reviews.some(({ verdict }) => verdict === 'changes_requested');
  return { at: reviews[0]?.at ?? '', kind: rejected ? 'rejected' : 'approved' };
}

/** A merge or close by a bot is not a person's decision. */
function endOf({ mergedAt, mergedBy, closedAt, standing }: PullRecord): Answer | null {
  if (mergedAt !== null) {
    return mergedBy !== null && isPerson(mergedBy) ? { at: mergedAt, kind: 'approved' } : null;
  }
  const closedBy = standing?.closedBy ?? null;
  if (closedAt === null || closedBy === null || !isPerson(closedBy)) return null;
  return { at: closedAt, kind: 'rejected' };
}

/** When people could begin: when it was ready, but no later than when they actually began. */
export function askedAt({ pull, respondedAt }: ReviewedPull): Instant {
  const readyAt = pull.standing?.readyAt ?? pull.createdAt;
  return respondedAt !== null && respondedAt < readyAt ? pull.createdAt : readyAt;
}

/** How many heads people reviewed, with whatever outcome. */
export function roundsOf({ pull, reviews }: ReviewedPull): number {
  return new Set(reviews.map(({ head }) => head ?? pull.head)).size;
}
