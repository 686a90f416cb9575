import { DAY, type Duration } from './time.ts';

/** How people review what agents propose. */
export interface ReviewTerms {
  /** A pull request that waits longer is late. */
  readonly sla: Duration;
  /** How many people can review per working day; null = as many as they did lately. */
  readonly capacity: number | null;
}

/** The defaults. */
export const USUAL_REVIEW_TERMS: ReviewTerms = { sla: 2 * DAY, capacity: null };
