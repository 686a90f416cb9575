/** Values above this quantile of the past are clipped to it, so that an old incident does not teach that incidents are usual. */
const WINSOR = 0.98;
/**
 * Larger values are clipped to this as well, because e to the power of minus the largest rate tried must still be representable.
 */
const LARGEST = 200;
/**
 * The means that are tried, as logarithms of their ratio to what was seen. The prior of that logarithm is the normal distribution.
 */
const MEANS = [-1.2, -0.9, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.9, 1.2];
/** The sizes of the negative binomial distribution that are tried: its variance is mean + mean² / size. */
const SIZES = [0.15, 0.4, 1, 2.5, 6, 20, 100];
/** The tried shares of points at which nothing can happen, with Poisson counts at the others. */
const QUIET = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];
const FACTORS = MEANS.map(Math.exp);
/** The logarithms of the prior probabilities. Each of the two families gets half, evenly over sizes and shares. */
const WEIGHTS = MEANS.reduce((sum, step) => sum + Math.exp(-(step * step) / 2), 0);
const PRIORS = MEANS.map((step) => -(step * step) / 2 - Math.log(WEIGHTS));
const PRIORS_OF_SIZES = -Math.log(2 * SIZES.length);
const PRIORS_OF_QUIET = -Math.log(2 * QUIET.length);
/** A distribution with less weight than this, relative to the best one, is skipped. */
const NEGLIGIBLE = 1e-4;
/** If less than this is left, one minus the rest would be rounding error, so the tail is summed instead. */
const ROUNDING = 1e-9;
/** This many counts beyond the one in question contain everything worth summing. */
const BEYOND = 1_000;

/**
 * A distribution of counts: with the probability `quiet` nothing can happen; else P(X = 0) is `first`, and each count is as
 * probable as the previous one times (i + size) / (i + 1) × ratio (negative binomial), or ratio / (i + 1) if the size is infinite
 * (Poisson).
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

/** Candidate distributions of a series, each with its probability. */
export interface CountMixture {
  readonly parts: readonly Part[];
  /** The logarithm of the probability that all of them together give to what was seen. */
  readonly evidence: number;
}

/**
 * Counts are negative binomial (the rate differs from point to point by a gamma distribution, and the count is Poisson around it),
 * or Poisson at some points and zero at the others (D. Lambert, "Zero-inflated Poisson regression", Technometrics 34, 1992). Means,
 * sizes and shares are tried on a grid, and each is weighted by how likely it makes what was seen (Bayes), so that uncertainty
 * about them widens the tail.
 */
export function fitCounts(counts: readonly number[]): CountMixture {
  const seen = summarise(counts);
  const negative = tryNegativeBinomial(seen);
  const sometimes = tryPoissonAtTimes(seen);
  const most = Math.max(highest(negative), highest(sometimes));
  const parts: { readonly shape: Shape; weight: number }[] = [];
  let total = 0;
  const weigh = (
    { middle, logs }: Tried,
    others: readonly number[],
    shapeOf: (mean: number, other: number) => Shape,
  ): void => {
    for (const [place, log] of logs.entries()) {
      const weight = Math.exp(log - most);
      if (weight < NEGLIGIBLE) continue;
      const mean = middle * (FACTORS[place % FACTORS.length] as number);
      parts.push({ shape: shapeOf(mean, others[Math.floor(place / FACTORS.length)] as number), weight });
      total += weight;
    }
  };
  weigh(negative, SIZES, negativeBinomial);
  weigh(sometimes, QUIET, poissonAtTimes);
  for (const part of parts) part.weight /= total;
  return { parts, evidence: most + Math.log(total) };
}

function highest({ logs }: Tried): number {
  return logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
}

interface Seen {
  readonly points: number;
  readonly zeros: number;
  readonly sum: number;
  /** By count, how often it was seen. */
  readonly times: Float64Array;
}

/** Values above the bulk count as its upper end. */
function summarise(counts: readonly number[]): Seen {
  const sorted = Float64Array.from(counts).sort();
  const bulk = sorted[Math.min(sorted.length - 1, Math.floor(WINSOR * sorted.length))] ?? 1;
  const most = Math.max(1, Math.min(LARGEST, bulk));
  const times = new Float64Array(most + 1);
  let sum = 0;
  for (const count of counts) {
    const bounded = Math.min(count, most);
    times[bounded] = (times[bounded] as number) + 1;
    sum += bounded;
  }
  return { points: counts.length, zeros: times[0] as number, sum, times };
}

/**
 * Shapes that were tried: all means for each size or share. The logarithms are of the prior probability of each times the
 * probability of what was seen.
 */
interface Tried {
  /** The mean that the ratios refer to. */
  readonly middle: number;
  readonly logs: Float64Array;
}

/** Half a count more than were seen, because one is still possible if none has been seen yet. */
const POSSIBLE = 0.5;

function tryNegativeBinomial({ points, sum, times }: Seen): Tried {
  const middle = (sum + POSSIBLE) / (points + 1);
  const logs = new Float64Array(SIZES.length * FACTORS.length);
  for (const [i, size] of SIZES.entries()) {
    const ways = waysOf(times, size) + PRIORS_OF_SIZES;
    for (const [j, factor] of FACTORS.entries()) {
      const share = size / (size + middle * factor);
      const log = ways + points * size * Math.log(share) + sum * Math.log1p(-share);
      logs[i * FACTORS.length + j] = log + (PRIORS[j] as number);
    }
  }
  return { middle, logs };
}

/** The part of the negative binomial likelihood that does not depend on its mean. */
function waysOf(times: Float64Array, size: number): number {
  let ways = 0;
  let sum = 0;
  for (let count = 1; count < times.length; count += 1) {
    ways += Math.log((count - 1 + size) / count);
    sum += (times[count] as number) * ways;
  }
  return sum;
}

function tryPoissonAtTimes({ points, zeros, sum, times }: Seen): Tried {
  const middle = (sum + POSSIBLE) / (points - zeros + 1);
  const logs = new Float64Array(QUIET.length * FACTORS.length);
  const orders = ordersOf(times) - PRIORS_OF_QUIET;
  for (const [i, quiet] of QUIET.entries()) {
    for (const [j, factor] of FACTORS.entries()) {
      const rate = middle * factor;
      const nothing = zeros * Math.log(quiet + (1 - quiet) * Math.exp(-rate));
      const something = (points - zeros) * (Math.log(1 - quiet) - rate) + sum * Math.log(rate) - orders;
      logs[i * FACTORS.length + j] = nothing + something + (PRIORS[j] as number);
    }
  }
  return { middle, logs };
}

/** The sum of the logarithms of the factorials of what was seen. */
function ordersOf(times: Float64Array): number {
  let factorial = 0;
  let sum = 0;
  for (let count = 1; count < times.length; count += 1) {
    factorial += Math.log(count);
    sum += (times[count] as number) * factorial;
  }
  return sum;
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
function growth(size: number, ratio: number, i: number): number {
  return size === Number.POSITIVE_INFINITY ? ratio / (i + 1) : ((i + size) / (i + 1)) * ratio;
}

/** The mean of the counts. */
export function meanOf({ parts }: CountMixture): number {
  return parts.reduce((sum, { shape, weight }) => sum + weight * shape.mean, 0);
}

/** The variance of the counts within the parts, ignoring that their means differ. */
export function varianceOf({ parts }: CountMixture): number {
  return parts.reduce((sum, { shape, weight }) => sum + weight * shape.variance, 0);
}

/** The probabilities of 0, 1, 2 and so on, one per call. */
function massesOf({ parts }: CountMixture): () => number {
  const masses = Float64Array.from(parts, ({ shape, weight }) => weight * (1 - shape.quiet) * shape.first);
  let quiet = parts.reduce((sum, { shape, weight }) => sum + weight * shape.quiet, 0);
  const sizes = Float64Array.from(parts, ({ shape }) => shape.size);
  const ratios = Float64Array.from(parts, ({ shape }) => shape.ratio);
  let i = 0;
  return () => {
    let sum = quiet;
    quiet = 0;
    for (let place = 0; place < masses.length; place += 1) {
      const mass = masses[place] as number;
      sum += mass;
      masses[place] = mass * growth(sizes[place] as number, ratios[place] as number, i);
    }
    i += 1;
    return sum;
  };
}

/** P(X > count) + P(X = count) / 2. The half makes counts comparable with each other and with amounts. */
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

/** The largest count that is not so rare that only this share is above it. */
export function highestUsual(mixture: CountMixture, rare: number): number {
  const next = massesOf(mixture);
  let count = 0;
  for (let left = 1 - next(); left > rare; left -= next()) count += 1;
  return count;
}
