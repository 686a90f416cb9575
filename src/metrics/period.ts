import { after, DAY, dayOf, type Instant, monthOf, startOf } from '../core/time.ts';

export type Period = 'day' | 'month';

/** A UTC day or month: from its first moment up to, but excluding, the first moment of the next. */
export interface Window {
  readonly period: Period;
  /** `2026-11-21` or `2026-11`. */
  readonly label: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** The UTC day or month that contains `now`. */
export function windowOf(period: Period, now: Instant): Window {
  switch (period) {
    case 'day': {
      const from = startOf(dayOf(now));
      return { period, label: dayOf(now), from, to: after(from, DAY) };
    }
    case 'month': {
      const from = startOf(monthOf(now));
      // 31 days after its first moment no month is still going on, and the next has not ended.
      return { period, label: monthOf(now), from, to: startOf(monthOf(after(from, 31 * DAY))) };
    }
    default:
      return period satisfies never;
  }
}
