import type { Instant } from './time.ts';

/**
 * What came of holding what the guard of a job says against what GitHub says of that job: `sound` where nothing speaks against it,
 * `tampered` where somebody had a hand in it, `unknown` where it ended in a way in which nothing can be told from what is missing.
 */
export type GuardVerdict = 'sound' | 'tampered' | 'unknown';

/** The check of one job. */
export interface GuardCheck {
  /** The job, as `errandKey` names it. */
  readonly errand: string;
  readonly agent: string;
  readonly run: number;
  readonly attempt: number;
  readonly verdict: GuardVerdict;
  /** One line of ours. */
  readonly because: string;
  readonly at: Instant;
}
