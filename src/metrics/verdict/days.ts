import { median } from 'simple-statistics';
import { DAY, startOf, toMs } from '../../core/time.ts';

/** What was observed on one UTC day. The sessions of a day share its tasks, models and problems, so they are not independent. */
export interface DayOf<Observed> {
  /** `2026-11-21`. */
  readonly day: string;
  readonly observed: Observed;
}

/** Two stretches of days that are compared. */
export interface Sides<Observed> {
  readonly before: readonly DayOf<Observed>[];
  readonly after: readonly DayOf<Observed>[];
}

/** 1 January 1970 was a Thursday. */
const WEEKDAY_OF_DAY_ZERO = 4;

/** The number of a UTC day since 1970, for distances. */
export function dayNumber(day: string): number {
  return Math.round(toMs(startOf(day)) / DAY);
}

function isWeekend(day: string): boolean {
  const weekday = (dayNumber(day) + WEEKDAY_OF_DAY_ZERO) % 7;
  return weekday === 0 || weekday === 6;
}

/** With fewer days of a kind on one side, days of that kind are not compared, because there is nothing to compare them with. */
const LEAST_OF_A_SORT = 2;

/**
 * Compares like with like: weekends are left out unless both sides have some, and working days likewise. Unchanged if that would
 * leave nothing.
 */
export function likeWithLike<Observed>({ before, after }: Sides<Observed>): Sides<Observed> {
  const kept = [true, false].filter((weekend) =>
    [before, after].every((side) => side.filter(({ day }) => isWeekend(day) === weekend).length >= LEAST_OF_A_SORT),
  );
  if (kept.length === 0) return { before, after };
  const isKept = ({ day }: DayOf<Observed>): boolean => kept.includes(isWeekend(day));
  return { before: before.filter(isKept), after: after.filter(isKept) };
}

/** How a change moves values: by a share of them or, if values may be zero, by an amount. */
export type Scale = 'ratio' | 'difference';

/**
 * Removes the weekly rhythm from the values. Those of weekends and of working days are each compared with the median of their own
 * kind over both sides, so that no effect gets lost.
 */
export function withoutRhythm(sides: Sides<readonly number[]>, scale: Scale): Sides<readonly number[]> {
  const all = [...sides.before, ...sides.after];
  const middles = new Map(
    [true, false].map((weekend) => {
      const values = all.filter(({ day }) => isWeekend(day) === weekend).flatMap(({ observed }) => observed);
      return [weekend, values.length === 0 ? 0 : median(values)] as const;
    }),
  );
  const [first = 0, second = 0] = middles.values();
  // There is no ratio to zero.
  if (scale === 'ratio' && !(first > 0 && second > 0)) return sides;
  const level = ({ day, observed }: DayOf<readonly number[]>): DayOf<readonly number[]> => {
    const middle = middles.get(isWeekend(day)) ?? 0;
    return { day, observed: observed.map((value) => (scale === 'ratio' ? value / middle : value - middle)) };
  };
  return { before: sides.before.map(level), after: sides.after.map(level) };
}

/** A day's difference from the median of its side. The residuals of a side are in the order of their days. */
export interface Residual {
  /** Its number since 1970. */
  readonly day: number;
  readonly rest: number;
}

/** However independent days look, the next one is a little like the last. */
const LEAST_ALIKE = 0.3;
const MOST_ALIKE = 0.8;

/**
 * How many times the variance of a mean grows because consecutive days are alike: (1 + r) / (1 - r) with the correlation r of
 * neighbouring days, as in a first-order autoregression (G. V. Bayley and J. M. Hammersley, "The effective number of independent
 * observations in an autocorrelated time series", Supplement to the JRSS 8, 1946). `residuals` are the days' differences from the
 * median of their side. Having few days hides part of r, which is added back: E(r) is about r - (1 + 4r) / n (M. G. Kendall,
 * Biometrika 41, 1954).
 */
export function alikeness(sides: readonly (readonly Residual[])[]): number {
  let [products, squares, pairs, days] = [0, 0, 0, 0];
  for (const side of sides) {
    days += side.length;
    for (const [place, { day, rest }] of side.entries()) {
      squares += rest ** 2;
      const next = side[place + 1];
      if (next === undefined || next.day !== day + 1) continue;
      products += rest * next.rest;
      pairs += 1;
    }
  }
  if (pairs === 0 || squares === 0) return (1 + LEAST_ALIKE) / (1 - LEAST_ALIKE);
  const seen = products / pairs / (squares / days);
  const side = days / sides.length;
  const corrected = side > 4 ? (seen * side + 1) / (side - 4) : seen;
  const alike = Math.max(LEAST_ALIKE, Math.min(MOST_ALIKE, corrected));
  return (1 + alike) / (1 - alike);
}
