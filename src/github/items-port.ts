import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** An issue or a pull request as GitHub lists it. */
export interface RemoteItem {
  readonly number: number;
  readonly kind: 'issue' | 'pull';
  readonly title: string;
  readonly author: Actor | null;
  /** Slug of the app that created it on somebody's behalf; null if there is none. */
  readonly app: string | null;
  readonly labels: readonly string[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
  readonly mergedAt: Instant | null;
}

/** Issues and pull requests by anybody. */
export interface ItemsApi {
  /**
   * Those that changed since, in the order in which they changed; `hasMore` when there are more than this many pages of a
   * hundred.
   */
  changedSince(
    since: Instant,
    pages: number,
  ): Promise<{ readonly items: readonly RemoteItem[]; readonly hasMore: boolean }>;
}
