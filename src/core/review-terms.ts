import { DAY, type Duration } from './time.ts';

/** How people review what agents propose. */
export interface ReviewTerms {
  /** A pull request that waits for longer is late. */
  readonly sla: Duration;
  /** How many people can look at on a working day; null = what they did lately. */
  readonly capacity: number | null;
}

/** Where nobody has said anything else. */
export const USUAL_REVIEW_TERMS: ReviewTerms = { sla: 2 * DAY, capacity: null };
