import { gammaln } from 'simple-statistics';
import { alikeness, type DayOf, dayNumber, type Sides } from './days.ts';

/** How many there were, and to how many of them it happened. */
export interface Share {
  readonly all: number;
  readonly hits: number;
}

/** How the shares of two sides differ. */
export interface ShareTest {
  /** Share after, minus share before. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, by R. A. Fisher's exact test. */
  readonly p: number;
}

/**
 * Compares two shares of trials grouped by day. Hits and trials are divided by the design effect of J. N. K. Rao and A. J. Scott
 * ("A simple method for the analysis of clustered binary data", Biometrics 48, 1992), which is never less than one and grows with
 * the likeness of neighbouring days. What remains is treated as independent. `alpha` is for the interval.
 */
export function shareTest(sides: Sides<Share>, alpha: number): ShareTest {
  const effect = designEffect(sides);
  const [before, after] = [sides.before, sides.after].map((side) => shrunk(totalOf(side), effect));
  if (before === undefined || after === undefined) throw new Error('there are two sides');
  return { ...newcombe(after, before, alpha), p: fisher(rounded(before), rounded(after)) };
}

/** All days together. */
export function totalOf(days: readonly DayOf<Share>[]): Share {
  return days.reduce<Share>((sum, { observed }) => ({ all: sum.all + observed.all, hits: sum.hits + observed.hits }), {
    all: 0,
    hits: 0,
  });
}

function designEffect({ before, after }: Sides<Share>): number {
  let [between, expected] = [0, 0];
  const residuals = [before, after].map((side) => {
    const { all, hits } = totalOf(side);
    const share = all === 0 ? 0 : hits / all;
    const rests = [...side]
      .sort((a, b) => (a.day < b.day ? -1 : 1))
      .map(({ day, observed }) => ({ day: dayNumber(day), rest: observed.hits - observed.all * share }));
    const squares = rests.reduce((sum, { rest }) => sum + rest ** 2, 0);
    if (side.length > 1) between += (squares * side.length) / (side.length - 1);
    expected += all * share * (1 - share);
    return rests;
  });
  const days = expected > 0 ? Math.max(1, between / expected) : 1;
  return days * alikeness(residuals);
}

function shrunk({ all, hits }: Share, effect: number): Share {
  return { all: all / effect, hits: hits / effect };
}

/** Never more trials than there are: a fraction of a trial is not a trial. */
function rounded({ all, hits }: Share): Share {
  const whole = Math.floor(all);
  return { all: whole, hits: all > 0 ? Math.min(whole, Math.round((hits / all) * whole)) : 0 };
}

/**
 * The difference a - b with the interval of R. G. Newcombe, "Interval estimation for the difference between independent
 * proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), method 10.
 */
export function newcombe(a: Share, b: Share, alpha: number): Pick<ShareTest, 'difference' | 'low' | 'high'> {
  const z = normalQuantile(1 - alpha / 2);
  const [first, second] = [wilson(a, z), wilson(b, z)];
  const difference = first.share - second.share;
  return {
    difference,
    low: difference - Math.hypot(first.share - first.low, second.high - second.share),
    high: difference + Math.hypot(first.high - first.share, second.share - second.low),
  };
}

/** E. B. Wilson's score interval. */
function wilson(
  { all, hits }: Share,
  z: number,
): { readonly share: number; readonly low: number; readonly high: number } {
  if (all === 0) return { share: 0, low: 0, high: 1 };
  const share = hits / all;
  const spread = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  const scale = 1 + z ** 2 / all;
  const middle = share + z ** 2 / (2 * all);
  return { share, low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/** Finds the quantile of the normal distribution by bisection; exact to ten digits. */
function normalQuantile(share: number): number {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** By the series of G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (2004). */
function normalBelow(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let [sum, term] = [z, z];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term = (term * z * z) / odd;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * z * z - 0.918_938_533_204_672_8);
}

/** Sums of probabilities that should be equal differ in their last digits. */
const SAME = 1 + 1e-7;

/** Two-sided: the probability of all tables with these margins that are at most as probable as this one. */
export function fisher(a: Share, b: Share): number {
  const hits = a.hits + b.hits;
  const all = a.all + b.all;
  if (a.all === 0 || b.all === 0) return 1;
  const mass = (k: number): number => Math.exp(choose(a.all, k) + choose(b.all, hits - k) - choose(all, hits));
  const seen = mass(a.hits) * SAME;
  let p = 0;
  for (let k = Math.max(0, hits - b.all); k <= Math.min(hits, a.all); k += 1) {
    const probability = mass(k);
    if (probability <= seen) p += probability;
  }
  return Math.min(1, p);
}

/** The logarithm of the number of combinations. */
function choose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}
