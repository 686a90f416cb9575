import type { Asked, ReviewMark } from '../core/pull.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** A pull request of whomever, with all that was said of it by reviews. Title, body and branches are hostile. */
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
  /** Null while it is open, and where GitHub does not say. */
  readonly closedBy: Actor | null;
  readonly mergedAt: Instant | null;
  readonly mergedBy: Actor | null;
  readonly mergeCommit: string | null;
  /** When it first asked to be looked at; null for one that was a draft all along. */
  readonly readyAt: Instant | null;
  readonly asked: readonly Asked[];
  /** Of everybody, bots too, and whose account is not gone; the last hundred. */
  readonly reviews: readonly ReviewMark[];
  /** Reviews before those. */
  readonly moreReviews: number;
}

/** Pull requests and their reviews. */
export interface PullReviewsApi {
  /**
   * Those that changed since, the last one first; `whole` is false where there are more than this many pages of 25.
   */
  changedSince(
    since: Instant,
    pages: number,
  ): Promise<{ readonly pulls: readonly ReviewedPull[]; readonly whole: boolean }>;
}
