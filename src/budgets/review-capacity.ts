import type { PullFacts } from '../core/pull.ts';
import { formatNumber } from '../core/quantity.ts';
import { type ReviewTerms, USUAL_REVIEW_TERMS } from '../core/review-terms.ts';
import { DAY, formatDuration, type Instant } from '../core/time.ts';
import { reviewOutlook } from '../metrics/reviews/reviews.ts';
import type { Budget } from './budget.ts';

/** How many pull requests of agents may be open so that people get to each of them in time. */
export interface ReviewRoom {
  /** Never below one, because with an empty queue nobody would ever find out what people can do. */
  readonly limit: number;
  /** How many pull requests people review per week; null if too little is known, in which case `limit` is 1. */
  readonly weekly: number | null;
  readonly within: ReviewTerms['sla'];
}

const WEEK_DAYS = 7;
/** Sums of fractions are not exact. */
const ROUNDING = 1e-9;

/**
 * As many as are reviewed in the time that one may wait (`reviews.sla`), at people's pace: what is open = what comes in per day x
 * the days that it stays (Little 1961). Null for a budget with a configured number.
 */
export function reviewRoom(budget: Budget, pulls: PullFacts | null, now: Instant): ReviewRoom | null {
  if (budget.open_pull_requests !== 'auto') return null;
  const terms = budget.reviews ?? USUAL_REVIEW_TERMS;
  const weekly = weeklyPace(terms, pulls, now);
  const room = ((weekly ?? 0) / WEEK_DAYS) * (terms.sla / DAY);
  return { limit: Math.max(1, Math.floor(room + ROUNDING)), weekly, within: terms.sla };
}

function weeklyPace(terms: ReviewTerms, pulls: PullFacts | null, now: Instant): number | null {
  if (pulls === null) return terms.capacity === null ? null : 5 * terms.capacity;
  const { capacity } = reviewOutlook(pulls, terms, now);
  return capacity === null ? null : 5 * capacity.workday + 2 * capacity.weekend;
}

/** Why a limit set by people's pace is not known. */
export const PACE_UNKNOWN = 'how many pull requests people can look at in a day is not known yet';

/** `, which people get to in 2 d at 20 a week`; empty for a configured limit. */
export function roomWords(room: ReviewRoom | null): string {
  if (room === null || room.weekly === null) return '';
  return `, which people get to within ${formatDuration(room.within)} at ${formatNumber(room.weekly)} a week`;
}
