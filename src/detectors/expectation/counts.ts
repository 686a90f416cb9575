import { type CountMixture, fitCounts, highestUsual, meanOf, shareAbove, varianceOf } from './count-mixture.ts';
import { digitsOf, type Expectation, medianOf } from './expectation.ts';

/** Counts with a larger median are treated as amounts, because their distribution is close to a continuous one. */
const LARGEST_MEDIAN = 30;
/** A value is a count of units if all values are whole multiples of them, up to this many. */
const MOST_UNITS = 200;
/** Values above this quantile may be larger: these are incidents. */
const BULK = 0.9;
const FRACTIONS = [1, 2, 3, 4, 5];
/** One of something is not a crowd: it is never rarer than this many digits. */
const MOST_OF_ONE = 1;
/** The high end of the expected range: one value in a thousand is above it. */
const RARE = 0.001;
/** Larger multiples of the expected value are not worth an exact probability. */
const FAR = 2_000;

/** The unit that all values are whole multiples of (for shares of 40 sessions: 0.025); null if they are amounts. */
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

/** Whether numbers in this unit are better treated as counts: small ones, with few exceptions. */
export function isCount(values: readonly number[], unit: number): boolean {
  const most = Float64Array.from(values).sort()[Math.floor(BULK * values.length)] ?? 0;
  return medianOf(values) / unit <= LARGEST_MEDIAN && most / unit <= MOST_UNITS;
}

/** The expectation for a count. */
export interface CountExpectation extends Expectation {
  /** The logarithm of the probability that the model gives to the earlier counts. */
  readonly evidence: number;
}

/**
 * Judges counts by distributions made for counts. One-sided: too many is an incident, too few is what `dormancy` is for.
 * @param unit the size of one, as returned by `unitOf`
 */
export function expectCount(past: readonly number[], value: number, unit: number): CountExpectation {
  const mixture: CountMixture = fitCounts(past.map((earlier) => Math.round(earlier / unit)));
  const mean = meanOf(mixture);
  const count = Math.min(Math.round(value / unit), Math.ceil(FAR * (mean + 1)));
  const digits = digitsOf(shareAbove(mixture, count));
  return {
    low: 0,
    middle: mean * unit,
    high: highestUsual(mixture, RARE) * unit,
    deviation: (count - mean) / Math.sqrt(varianceOf(mixture)),
    digits: count > 1 ? digits : Math.min(digits, MOST_OF_ONE),
    points: past.length,
    evidence: mixture.evidence - past.length * Math.log(unit),
  };
}
