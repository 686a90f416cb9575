import { median, quantile } from 'simple-statistics';
import type { ComparedSide, Comparison, UsualRange, Verdict } from '../../core/improvement.ts';
import { likeWithLike, type Scale, type Sides, withoutRhythm } from './days.ts';
import { rankShift, rankTest } from './mann-whitney.ts';
import type { Observed } from './observe.ts';
import { newcombe, type Share, shareTest, totalOf } from './proportions.ts';

/** The settings of a comparison. */
export interface Terms {
  /** For the whole look, over all its metrics. */
  readonly alpha: number;
  /** How many metrics are tested together. */
  readonly questions: number;
  /** With fewer values on a side, nothing is known. */
  readonly minValues: number;
  /** With fewer days on a side, nothing is known. */
  readonly minDays: number;
  /** A smaller change does not count, however sure it is. */
  readonly minChange: number;
}

/** A metric to be compared. */
export interface Question {
  readonly metric: string;
  readonly role: 'target' | 'guardrail';
  readonly good: 'down' | 'up';
  /** The share by which it should change; null = any. */
  readonly by: number | null;
}

/** For a share of sessions: a smaller difference does not count. */
const LEAST_POINTS = 0.05;
/**
 * A change that is surely within this part on either side is no change; likewise a difference of two shares within `SAME_POINTS`.
 */
const SAME_SHARE = 0.2;
const SAME_POINTS = 0.1;

/** A comparison before the probabilities of the others are known. `verdict` and the raised `p` follow in `settle`. */
export type Weighed = Omit<Comparison, 'verdict'>;

/** Compares one metric before and after by the method that fits it. */
export function weigh(question: Question, observed: Observed, terms: Terms): Weighed {
  switch (observed.kind) {
    case 'values':
      return weighValues(question, observed.sides, terms);
    case 'shares':
      return weighShares(question, observed.sides, terms);
    default:
      return observed satisfies never;
  }
}

function weighValues(question: Question, seen: Sides<readonly number[]>, terms: Terms): Weighed {
  const sides = likeWithLike(seen);
  const [before, after] = [sideOfValues(seen.before), sideOfValues(seen.after)];
  const scale: Scale = isPositive(sides) ? 'ratio' : 'difference';
  const said = {
    ...saidOf(question),
    ...{ method: 'ranks' as const, before, after, scale: scale === 'ratio' ? ('share' as const) : ('amount' as const) },
  };
  const counted = [sideOfValues(sides.before), sideOfValues(sides.after)];
  if (counted.some((side) => isTooFew(side, terms))) return { ...said, change: null, low: null, high: null, p: null };
  const level = withoutRhythm(sides, scale);
  const shift = rankShift(level, scale, terms.alpha / terms.questions);
  const base = scale === 'ratio' ? 1 : 0;
  const away = (value: number | null): number | null => (value === null ? null : value - base);
  const p = rankTest(level).p;
  return { ...said, change: away(shift.middle), low: away(shift.low), high: away(shift.high), p };
}

function saidOf({ metric, role, good }: Question): Pick<Comparison, 'metric' | 'role' | 'good'> {
  return { metric, role, good };
}

function isPositive({ before, after }: Sides<readonly number[]>): boolean {
  return [...before, ...after].every(({ observed }) => observed.every((value) => value > 0));
}

function sideOfValues(side: Sides<readonly number[]>['before']): ComparedSide {
  const values = side.flatMap(({ observed }) => observed);
  return { days: side.length, values: values.length, middle: values.length === 0 ? null : median(values) };
}

function isTooFew({ days, values }: ComparedSide, { minDays, minValues }: Terms): boolean {
  return days < minDays || values < minValues;
}

function weighShares(question: Question, seen: Sides<Share>, terms: Terms): Weighed {
  const sides = likeWithLike(seen);
  const said = {
    ...saidOf(question),
    ...{ method: 'shares' as const, before: sideOfShares(seen.before), after: sideOfShares(seen.after) },
    scale: 'amount' as const,
  };
  const counted = [sideOfShares(sides.before), sideOfShares(sides.after)];
  if (counted.some((side) => isTooFew(side, terms))) return { ...said, change: null, low: null, high: null, p: null };
  const { difference, low, high, p } = shareTest(sides, terms.alpha / terms.questions);
  return { ...said, change: difference, low, high, p };
}

function sideOfShares(side: Sides<Share>['before']): ComparedSide {
  const { all, hits } = totalOf(side);
  return { days: side.length, values: all, middle: all === 0 ? null : hits / all };
}

/** The verdict on one metric once `p` is raised for the others. */
export function settle(weighed: Weighed, p: number | null, question: Question, terms: Terms): Comparison {
  return { ...weighed, p, verdict: wordFor({ ...weighed, p }, question, terms) };
}

function wordFor(weighed: Weighed, { by }: Question, { alpha, minChange }: Terms): Verdict {
  const { p, change, good } = weighed;
  if (p === null || change === null) return 'insufficient data';
  if (p <= alpha && change !== 0 && size(weighed, change) >= leastOf(weighed, minChange)) {
    return change > 0 === (good === 'up') ? 'better' : 'worse';
  }
  return isSurelyNothing(weighed, Math.max(SAME_SHARE, by ?? 0)) ? 'neutral' : 'insufficient data';
}

function leastOf({ method, scale }: Weighed, minChange: number): number {
  if (method === 'shares') return LEAST_POINTS;
  return scale === 'share' ? minChange : 0;
}

/** Half as much and twice as much are equally far, so the size of a share is measured by its logarithm. */
function size({ scale }: Weighed, change: number): number {
  return scale === 'share' && change < 0 ? 1 / (1 + change) - 1 : Math.abs(change);
}

function isSurelyNothing(weighed: Weighed, share: number): boolean {
  const { low, high, method, scale, before } = weighed;
  if (low === null || high === null) return false;
  const margin = method === 'shares' ? SAME_POINTS : share;
  // An amount is compared with its earlier value. If that was zero, nothing can be told.
  const unit = method === 'shares' || scale === 'share' ? 1 : Math.abs(before.middle ?? 0);
  if (unit === 0) return false;
  return size(weighed, low / unit) <= margin && size(weighed, high / unit) <= margin;
}

/** The range of a metric before: the middle four fifths of its days, or the 95 % interval of a share. */
export function usualRange(
  question: Pick<Question, 'metric' | 'good'>,
  agent: string | null,
  observed: Observed,
): UsualRange | null {
  const of = { metric: question.metric, good: question.good, agent };
  switch (observed.kind) {
    case 'values': {
      const days = observed.sides.before
        .filter((day) => day.observed.length > 0)
        .map((day) => median([...day.observed]));
      if (days.length === 0) return null;
      return { ...of, low: quantile(days, 0.1), middle: median(days), high: quantile(days, 0.9) };
    }
    case 'shares': {
      const total = totalOf(observed.sides.before);
      if (total.all === 0) return null;
      // Compared with zero: the interval of the share alone.
      const { low, high } = newcombe(total, { all: 1e12, hits: 0 }, 0.05);
      return { ...of, low: Math.max(0, low), middle: total.hits / total.all, high: Math.min(1, high) };
    }
    default:
      return observed satisfies never;
  }
}
