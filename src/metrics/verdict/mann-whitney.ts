import { alikeness, type DayOf, dayNumber, type Residual, type Scale, type Sides } from './days.ts';
import { criticalT, tailOfT } from './student.ts';

/** The result of a rank test on two samples. */
export interface RankTest {
  /** The probability that a value of after is larger than one of before, ties counted half. 0.5 = nothing changed. */
  readonly larger: number;
  /** In standard errors from 0.5. */
  readonly t: number;
  readonly df: number;
  /** Two-sided. */
  readonly p: number;
}

interface Side {
  /** In order. */
  readonly values: readonly number[];
  /** For each value, the index of its day. */
  readonly places: readonly number[];
  /** Numbers of the days, in order. */
  readonly days: readonly number[];
  readonly counts: readonly number[];
}

/**
 * The test of H. B. Mann and D. R. Whitney (Annals of Mathematical Statistics 18, 1947) for samples grouped by day. Its statistic
 * is the share of pairs in which the later value is larger. Its variance is taken between days, not between values (N. A.
 * Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997), is never less than that of independent
 * values with ties, and grows with the likeness of neighbouring days. The tails are those of Student's t with the degrees of
 * freedom of F. E. Satterthwaite.
 */
export function rankTest(sides: Sides<readonly number[]>): RankTest {
  const [before, after] = [sideOf(sides.before), sideOf(sides.after)];
  return testOf(before, after, 1, 0);
}

/** How far after is above before, with the interval from the same test. */
export interface Shift {
  /** Hodges and Lehmann: the shift that makes both sides alike. A factor, or an amount; null if none does. */
  readonly middle: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const HALVINGS = 26;

/**
 * The shifts that the rank test does not reject at `alpha`: the confidence interval of J. L. Hodges and E. L. Lehmann (Annals of
 * Mathematical Statistics 34, 1963), so that test and interval never contradict each other. Shifts beyond `widest` are null.
 */
export function rankShift(sides: Sides<readonly number[]>, scale: Scale, alpha: number): Shift {
  const [before, after] = [sideOf(sides.before), sideOf(sides.after)];
  const widest = widestOf(before, after, scale);
  // The four searches begin with the same steps.
  const tested = new Map<number, RankTest>();
  const at = (shift: number): RankTest => {
    const known = tested.get(shift);
    if (known !== undefined) return known;
    const [factor, by] = scale === 'ratio' ? [Math.exp(-shift), 0] : [1, -shift];
    const test = testOf(before, after, factor, by);
    tested.set(shift, test);
    return test;
  };
  const find = (isBelow: (test: RankTest) => boolean): number | null => {
    let [low, high] = [-widest, widest];
    if (!isBelow(at(low)) || isBelow(at(high))) return null;
    for (let step = 0; step < HALVINGS; step += 1) {
      const middle = (low + high) / 2;
      if (isBelow(at(middle))) low = middle;
      else high = middle;
    }
    const found = (low + high) / 2;
    return scale === 'ratio' ? Math.exp(found) : found;
  };
  const limit = criticalT(alpha, rankTest(sides).df);
  return {
    middle: amid(
      find(({ larger }) => larger > 0.5),
      find(({ larger }) => larger >= 0.5),
      scale,
    ),
    low: find(({ t }) => t > limit),
    high: find(({ t }) => t > -limit),
  };
}

/** If several shifts make both sides alike, the one in the middle of them: the median of all differences. */
function amid(low: number | null, high: number | null, scale: Scale): number | null {
  if (low === null || high === null) return null;
  return scale === 'ratio' ? Math.sqrt(low * high) : (low + high) / 2;
}

function widestOf({ values: before }: Side, { values: after }: Side, scale: Scale): number {
  if (scale === 'ratio') return Math.log(1_000);
  const all = [...before, ...after];
  return Math.max(...all) - Math.min(...all) || 1;
}

function sideOf(days: readonly DayOf<readonly number[]>[]): Side {
  const kept = days.filter(({ observed }) => observed.length > 0).sort((a, b) => (a.day < b.day ? -1 : 1));
  const values = kept
    .flatMap(({ observed }, place) => observed.map((value) => ({ value, place })))
    .sort((a, b) => a.value - b.value);
  return {
    values: values.map(({ value }) => value),
    places: values.map(({ place }) => place),
    days: kept.map(({ day }) => dayNumber(day)),
    counts: kept.map(({ observed }) => observed.length),
  };
}

/** The test after the values of the second side were multiplied by `factor` (above zero) and moved by `shift`. */
function testOf(before: Side, after: Side, factor: number, shift: number): RankTest {
  const [m, n] = [before.values.length, after.values.length];
  const moved = after.values.map((value) => value * factor + shift);
  const { above, below, ties } = placements(before, { ...after, values: moved });
  const larger = above.reduce((sum, value) => sum + value, 0) / (m * n);
  const first = spreadOf(before, above, n, larger);
  const second = spreadOf(after, below, m, larger);
  const plain = plainVariance(m, n, ties);
  const between = first.variance + second.variance;
  const alike = alikeness([first.residuals, second.residuals]);
  const variance = Math.max(between * alike, plain);
  // Alike days count for fewer than they are, also for how well the variance is known.
  const df = Math.max(1, freedom(first.variance, second.variance, before.days.length, after.days.length) / alike);
  const t = variance > 0 ? (larger - 0.5) / Math.sqrt(variance) : 0;
  return { larger, t, df, p: variance > 0 ? tailOfT(t, df) : 1 };
}

/** For each day of each side, how many pairs of its values go up; and what ties take from the variance. */
function placements({ values: xs, ...before }: Side, { values: ys, ...after }: Side) {
  const above = before.days.map(() => 0);
  const below = after.days.map(() => 0);
  let [i, j, ties] = [0, 0, 0];
  while (i < xs.length || j < ys.length) {
    const value = Math.min(valueAt(xs, i), valueAt(ys, j));
    const [endX, endY] = [endOf(xs, i, value), endOf(ys, j, value)];
    const [equalX, equalY] = [endX - i, endY - j];
    for (; i < endX; i += 1) add(above, before.places[i], ys.length - endY + equalY / 2);
    for (; j < endY; j += 1) add(below, after.places[j], endX - equalX / 2);
    ties += (equalX + equalY) ** 3 - (equalX + equalY);
  }
  return { above, below, ties };
}

/** Beyond the last value nothing is smaller. */
function valueAt(values: readonly number[], at: number): number {
  return at < values.length ? (values[at] ?? Number.NaN) : Number.POSITIVE_INFINITY;
}

function endOf(values: readonly number[], from: number, value: number): number {
  let end = from;
  while (end < values.length && (values[end] ?? Number.NaN) <= value) end += 1;
  return end;
}

function add(sums: number[], place: number | undefined, by: number): void {
  if (place !== undefined) sums[place] = (sums[place] ?? 0) + by;
}

interface Spread {
  /** For the part of the statistic that this side accounts for. */
  readonly variance: number;
  readonly residuals: readonly Residual[];
}

function spreadOf({ days, counts, values }: Side, sums: readonly number[], others: number, larger: number): Spread {
  const residuals = days.map((day, at) => ({
    day,
    rest: ((sums[at] ?? 0) / others - (counts[at] ?? 0) * larger) / values.length,
  }));
  const squares = residuals.reduce((sum, { rest }) => sum + rest ** 2, 0);
  return { variance: days.length < 2 ? 0 : (squares * days.length) / (days.length - 1), residuals };
}

/** The variance for independent values, with ties, if nothing changed. */
function plainVariance(m: number, n: number, ties: number): number {
  const all = m + n;
  return all < 2 ? 0 : (all + 1 - ties / (all * (all - 1))) / (12 * m * n);
}

function freedom(a: number, b: number, daysA: number, daysB: number): number {
  const most = Math.max(1, daysA + daysB - 2);
  if (a + b === 0 || daysA < 2 || daysB < 2) return most;
  return Math.max(1, Math.min(most, (a + b) ** 2 / (a ** 2 / (daysA - 1) + b ** 2 / (daysB - 1))));
}
