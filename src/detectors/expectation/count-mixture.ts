/** Values above this quantile of the past count as it: an old incident does not teach that incidents are usual. */
const WINSOR = 0.98;
/** And larger ones than this count as it. */
const LARGEST = 2_000;
/** The means that are tried, as logarithms of their ratio to what was seen. Before anything was seen that ratio is e to the normal. */
const MEANS = [-1.2, -0.9, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.9, 1.2];
/** The sizes of the negative binomial distribution that are tried: its variance is mean + mean² / size. */
const SIZES = [0.15, 0.4, 1, 2.5, 6, 20, 100];
/** The shares of points at which nothing can happen that are tried, with Poisson counts at the others. */
const QUIET = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];
/** A distribution that counts for less than this, the best one counting for one, is passed over. */
const NEGLIGIBLE = 1e-4;
/** Where less than this is left, one minus the rest would be rounding: what lies beyond is added up instead. */
const ROUNDING = 1e-9;
/** So many counts beyond the one that is asked about hold what there is to add up. */
const BEYOND = 1_000;

/**
 * A distribution of counts: with the probability `quiet` nothing can happen; else P(X = 0) is `first`, and each count is as probable as
 * the one before times (i + size) / (i + 1) × ratio (negative binomial), or ratio / (i + 1) where the size is infinite (Poisson).
 */
interface Shape {
  readonly mean: number;
  readonly variance: number;
  readonly quiet: number;
  readonly first: number;
  readonly size: number;
  readonly ratio: number;
}

interface Part {
  readonly shape: Shape;
  readonly weight: number;
}

/** Distributions that may be that of a series, each with the probability that it is. */
export interface CountMixture {
  readonly parts: readonly Part[];
  /** The logarithm of the probability that all of them together give to what was seen. */
  readonly evidence: number;
}

/**
 * Counts are negative binomial (the rate differs from point to point by a gamma distribution, the count is Poisson around it), or Poisson
 * at some points and nothing at the others (D. Lambert, "Zero-inflated Poisson regression", Technometrics 34, 1992). Means, sizes and
 * shares are tried on a grid and each counts for as much as it makes what was seen likely (Bayes), so that what is not known of them
 * widens the tail.
 */
export function fitCounts(counts: readonly number[]): CountMixture {
  const seen = howOften(counts);
  const { length } = counts;
  const sum = seen.reduce((all, times, count) => all + times * count, 0);
  // Half a count more: where none has been seen yet, one is possible still.
  const tried = shapesAround((sum + 0.5) / (length + 1), (sum + 0.5) / (length - (seen[0] ?? 0) + 1));
  const logs = tried.map(({ shape, weight }) => Math.log(weight) + likelihood(shape, seen));
  const most = Math.max(...logs);
  const shares = logs.map((log) => Math.exp(log - most));
  const kept = tried.flatMap(({ shape }, i) => {
    const weight = shares[i] as number;
    return weight < NEGLIGIBLE ? [] : [{ shape, weight }];
  });
  const total = kept.reduce((all, { weight }) => all + weight, 0);
  return {
    parts: kept.map(({ shape, weight }) => ({ shape, weight: weight / total })),
    evidence: most + Math.log(total),
  };
}

/** By count, how often it was seen; what lies above the bulk counts as its end. */
function howOften(counts: readonly number[]): Float64Array {
  const sorted = Float64Array.from(counts).sort();
  const bulk = sorted[Math.min(sorted.length - 1, Math.floor(WINSOR * sorted.length))] ?? 1;
  const most = Math.max(1, Math.min(LARGEST, bulk));
  const seen = new Float64Array(most + 1);
  for (const count of counts) {
    const bounded = Math.min(count, most);
    seen[bounded] = (seen[bounded] as number) + 1;
  }
  return seen;
}

/** @param positive the mean of the counts that are not zero */
function shapesAround(mean: number, positive: number): readonly Part[] {
  const all = MEANS.flatMap((step) => {
    const weight = Math.exp(-(step * step) / 2);
    const factor = Math.exp(step);
    return [
      ...SIZES.map((size) => ({ shape: negativeBinomial(mean * factor, size), weight: weight / SIZES.length })),
      ...QUIET.map((quiet) => ({ shape: poissonAtTimes(positive * factor, quiet), weight: weight / QUIET.length })),
    ];
  });
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return all.map(({ shape, weight }) => ({ shape, weight: weight / total }));
}

function negativeBinomial(mean: number, size: number): Shape {
  const ratio = mean / (size + mean);
  return { mean, variance: mean + (mean * mean) / size, quiet: 0, first: (1 - ratio) ** size, size, ratio };
}

function poissonAtTimes(rate: number, quiet: number): Shape {
  const mean = (1 - quiet) * rate;
  const variance = mean * (1 + quiet * rate);
  return { mean, variance, quiet, first: Math.exp(-rate), size: Number.POSITIVE_INFINITY, ratio: rate };
}

/** P(X = i + 1) / P(X = i). */
function growth({ size, ratio }: Shape, i: number): number {
  return size === Number.POSITIVE_INFINITY ? ratio / (i + 1) : ((i + size) / (i + 1)) * ratio;
}

function likelihood(shape: Shape, seen: Float64Array): number {
  let log = 0;
  let probability = shape.first;
  for (const [i, times] of seen.entries()) {
    const own = (1 - shape.quiet) * probability + (i === 0 ? shape.quiet : 0);
    if (times > 0) log += times * Math.log(Math.max(own, Number.MIN_VALUE));
    probability *= growth(shape, i);
  }
  return log;
}

/** The mean of the counts. */
export function meanOf({ parts }: CountMixture): number {
  return parts.reduce((sum, { shape, weight }) => sum + weight * shape.mean, 0);
}

/** How the counts scatter, by the parts alone: that their means differ is not in it. */
export function varianceOf({ parts }: CountMixture): number {
  return parts.reduce((sum, { shape, weight }) => sum + weight * shape.variance, 0);
}

/** The probabilities of 0, 1, 2 and so on, one a call. */
function massesOf({ parts }: CountMixture): () => number {
  const masses = Float64Array.from(parts, ({ shape, weight }) => weight * (1 - shape.quiet) * shape.first);
  let quiet = parts.reduce((sum, { shape, weight }) => sum + weight * shape.quiet, 0);
  let i = 0;
  return () => {
    let sum = quiet;
    quiet = 0;
    for (const [place, { shape }] of parts.entries()) {
      const mass = masses[place] as number;
      sum += mass;
      masses[place] = mass * growth(shape, i);
    }
    i += 1;
    return sum;
  };
}

/** P(X > count) + P(X = count) / 2: the half makes counts comparable with each other and with amounts. */
export function shareAbove(mixture: CountMixture, count: number): number {
  const next = massesOf(mixture);
  let left = 1;
  let mass = 0;
  for (let i = 0; i < count; i += 1) {
    mass = next();
    left -= mass;
    if (left < ROUNDING && mass < Number.EPSILON * ROUNDING) return 0;
  }
  const own = next();
  if (left - own / 2 > ROUNDING) return left - own / 2;
  let share = own / 2;
  for (let i = 0; i < BEYOND; i += 1) {
    mass = next();
    share += mass;
    if (mass < share * 1e-6) break;
  }
  return share;
}

/** The largest count that is not so rare that only this share lies above it. */
export function highestUsual(mixture: CountMixture, rare: number): number {
  const next = massesOf(mixture);
  let count = 0;
  for (let left = 1 - next(); left > rare; left -= next()) count += 1;
  return count;
}
