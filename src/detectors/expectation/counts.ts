import { digitsOf, type Expectation } from './expectation.ts';

/** Counts with a larger median are amounts: their distribution is close to a continuous one. */
const LARGEST_MEDIAN = 30;
/** A value is a count of units when all are whole numbers of them, and not of more than so many. */
const MOST_UNITS = 200;
const FRACTIONS = [1, 2, 3, 4, 5];
/** Values above this quantile of the past count as it: an old incident does not teach that incidents are usual. */
const WINSOR = 0.98;
/** What winsorising takes away from the variance of counts, about. */
const INFLATION = 1.3;
/** One of something is no crowd: it is never rarer than this many digits. */
const MOST_OF_ONE = 1;
/** The high end of the expected range: one value in a thousand is above it. */
const RARE = 0.001;
/** Larger multiples of what is expected are not worth an exact probability. */
const FAR = 2_000;

/** The unit that all the values are whole multiples of (shares of 40 sessions: 0.025); null when they are amounts. */
export function unitOf(values: readonly number[]): number | null {
  let largest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (value < 0) return null;
    if (value > largest) largest = value;
    if (value > 0 && value < least) least = value;
  }
  if (largest === 0 || values.every(Number.isInteger)) return 1;
  const units = FRACTIONS.map((fraction) => least / fraction);
  return units.find((unit) => values.every((value) => isMultiple(value, unit))) ?? null;
}

function isMultiple(value: number, unit: number): boolean {
  const times = value / unit;
  return times <= MOST_UNITS && Math.abs(times - Math.round(times)) < 1e-6;
}

/** Whether numbers with this median, in this unit, are better seen as counts. */
export function isCount(median: number, unit: number): boolean {
  return median / unit <= LARGEST_MEDIAN;
}

/**
 * Counts by the distribution that they have: the rate differs from point to point by a gamma distribution, the count is Poisson
 * around it, so the next count is negative binomial. Mean and variance come from winsorised moments; that the mean is not known
 * exactly widens it. One-sided: too many is an incident, too few is what `dormancy` is for.
 */
export function expectCount(past: readonly number[], value: number, unit: number): Expectation {
  const { mean, size } = fitCounts(past.map((earlier) => Math.round(earlier / unit)));
  const count = Math.min(Math.round(value / unit), Math.ceil(FAR * (mean + 1)));
  const high = upperEnd(mean, size);
  const digits = digitsOf(upperTail(count, mean, size));
  const spread = Math.sqrt(mean + (mean * mean) / size);
  return {
    low: 0,
    middle: mean * unit,
    high: high * unit,
    deviation: (count - mean) / spread,
    digits: count > 1 ? digits : Math.min(digits, MOST_OF_ONE),
    points: past.length,
  };
}

/** The mean and the size of the negative binomial distribution: its variance is mean + mean² / size. */
function fitCounts(counts: readonly number[]): { mean: number; size: number } {
  const { length } = counts;
  const sorted = Float64Array.from(counts).sort();
  const cap = Math.max(1, sorted[Math.min(length - 1, Math.floor(WINSOR * length))] ?? 1);
  let sum = 0;
  for (const count of counts) sum += Math.min(count, cap);
  // Half a count more: where none has been seen yet, one is possible still.
  const mean = (sum + 0.5) / (length + 1);
  let squares = 0;
  for (const count of counts) squares += (Math.min(count, cap) - mean) ** 2;
  const variance = (squares / Math.max(1, length - 1)) * INFLATION;
  const predictive = Math.max(variance, mean) * (1 + 1 / length);
  return { mean, size: Math.max(0.05, (mean * mean) / Math.max(predictive - mean, 1e-6)) };
}

/** P(X > count) + P(X = count) / 2: the half makes counts comparable with each other and with amounts. */
function upperTail(count: number, mean: number, size: number): number {
  const share = mean / (size + mean);
  let probability = (1 - share) ** size;
  let below = 0;
  for (let i = 0; i < count; i += 1) {
    below += probability;
    probability *= ((i + size) / (i + 1)) * share;
  }
  const tail = 1 - below - probability / 2;
  return tail > 1e-9 ? tail : farTail(count, probability, size, share);
}

/** Far out, one minus the rest would be rounding: the terms are added instead. */
function farTail(count: number, atCount: number, size: number, share: number): number {
  let term = atCount;
  let tail = atCount / 2;
  for (let i = count; i < count + 1_000 && term > tail * 1e-6; i += 1) {
    term *= ((i + size) / (i + 1)) * share;
    tail += term;
  }
  return tail;
}

function upperEnd(mean: number, size: number): number {
  const share = mean / (size + mean);
  let probability = (1 - share) ** size;
  let below = 0;
  let count = 0;
  while (1 - below > RARE && count < FAR * (mean + 1)) {
    below += probability;
    probability *= ((count + size) / (count + 1)) * share;
    count += 1;
  }
  return Math.max(0, count - 1);
}
