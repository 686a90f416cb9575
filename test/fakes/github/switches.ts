import type { Duration } from '../../../src/core/time.ts';

/** Where GitHub's documents leave the answer open, a test can have it either way; Unn as in the list of open questions. */
export interface Switches {
  /** U1: `GITHUB_TOKEN` may edit comments of others. */
  editsForeignComments: boolean;
  /** U2: an ETag holds only for the token that got it. */
  etagsDieWithToken: boolean;
  /** U3: disabling a workflow ends its runs. */
  disableEndsRuns: boolean;
  /** U4: a run of a disabled workflow can still be run again. */
  rerunsDisabled: boolean;
  /** U5: a disabled workflow can still be dispatched. */
  dispatchesDisabled: boolean;
  /** U6: a workflow that is disabled still runs for those that call it. */
  callsDisabled: boolean;
  /** U12: what a ref update answers that is no fast-forward. */
  nonFastForwardStatus: 409 | 422;
  /** U14: a token with `contents: write` and `pull-requests: write` may switch auto-merge off. */
  autoMergeOff: boolean;
  /** U15: such a token may take a pull request out of the merge queue. */
  dequeues: boolean;
  /** Whether the rules of the repository let a branch be set to a commit that does not follow from the one before. */
  forcePushes: boolean;
  /** How far lists of workflows and runs lag behind; 0: not at all. */
  listLag: Duration;
  /** What an exhausted rate limit answers. */
  rateLimitStatus: 403 | 429;
  /** Whether a secondary limit says how long to wait. */
  secondaryRetryAfter: boolean;
  /** Whether the path of a run carries an `@ref` tail. */
  runPathHasRef: boolean;
  /** Pages of run lists that come back empty although more follow; what they held comes one page later. */
  emptyRunPages: readonly number[];
  /** Lists of all files of a commit are cut short, as those of very large repositories are. */
  truncatedTrees: boolean;
}

/** What we hold for likely, where we do. */
export const DEFAULT_SWITCHES: Readonly<Switches> = {
  editsForeignComments: true,
  etagsDieWithToken: false,
  disableEndsRuns: false,
  rerunsDisabled: false,
  dispatchesDisabled: false,
  callsDisabled: false,
  nonFastForwardStatus: 422,
  autoMergeOff: true,
  dequeues: true,
  forcePushes: true,
  listLag: 0,
  rateLimitStatus: 403,
  secondaryRetryAfter: true,
  runPathHasRef: false,
  emptyRunPages: [],
  truncatedTrees: false,
};
