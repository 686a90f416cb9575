import type { Instant } from './time.ts';

/**
 * The result of comparing what the guard of a job says with what GitHub says about that job. `sound`: nothing contradicts it.
 * `tampered`: somebody interfered. `unknown`: it ended in a way that makes missing data inconclusive.
 */
export type GuardVerdict = 'sound' | 'tampered' | 'unknown';

/** The check of one job. */
export interface GuardCheck {
  /** The job, as named by `errandKey`. */
  readonly errand: string;
  readonly agent: string;
  readonly run: number;
  readonly attempt: number;
  readonly verdict: GuardVerdict;
  /** One line in our own words. */
  readonly because: string;
  readonly at: Instant;
}
