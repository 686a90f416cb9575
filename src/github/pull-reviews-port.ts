import type { Asked, ReviewMark } from '../core/pull.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** A pull request by anybody, with its reviews. Title, body and branches are hostile. */
export interface ReviewedPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: Actor | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly draft: boolean;
  readonly head: string;
  readonly headRef: string;
  readonly base: string;
  readonly closedAt: Instant | null;
  /** Null while it is open, and if GitHub does not say. */
  readonly closedBy: Actor | null;
  readonly mergedAt: Instant | null;
  readonly mergedBy: Actor | null;
  readonly mergeCommit: string | null;
  /** When it first became ready for review; null for one that was always a draft. */
  readonly readyAt: Instant | null;
  readonly asked: readonly Asked[];
  /** By anybody whose account still exists, including bots; the last hundred. */
  readonly reviews: readonly ReviewMark[];
  /** The number of earlier reviews. */
  readonly moreReviews: number;
}

/** Pull requests and their reviews. */
export interface PullReviewsApi {
  /**
   * Those that changed since, most recently changed first; `whole` is false when there are more than this many pages of 25.
   */
  changedSince(
    since: Instant,
    pages: number,
  ): Promise<{ readonly pulls: readonly ReviewedPull[]; readonly whole: boolean }>;
}
