/** What a model of a series expects of the next value, and how far the value is from it. */
export interface Expectation {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** How far the value is from the middle, in robust standard deviations. */
  readonly deviation: number;
  /** −log10 of the probability of a value this far off. */
  readonly digits: number;
  /** The points that it is based on. */
  readonly points: number;
}

/** The expected range of amounts extends this many robust standard deviations to each side. */
export const RANGE_WIDTH = 3;

/** No probability is reported as smaller than this many digits. */
const MOST_DIGITS = 12;

/**
 * −log10 of the two-sided tail of Student's t with 5 degrees of freedom, in closed form, because residuals of real series have
 * heavier tails than the normal distribution (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.7.3).
 */
export function studentDigits(deviation: number): number {
  const angle = Math.atan(Math.abs(deviation) / Math.sqrt(5));
  const cosine = Math.cos(angle);
  const within = (2 / Math.PI) * (angle + Math.sin(angle) * cosine * (1 + (2 / 3) * cosine * cosine));
  return digitsOf(1 - within);
}

/** A probability as digits: 0.01 is 2. */
export function digitsOf(probability: number): number {
  return probability > 0 ? Math.min(MOST_DIGITS, Math.max(0, -Math.log10(probability))) : MOST_DIGITS;
}

/**
 * How amounts are compared: as ratios if none is negative, else as differences. Five percent of the median is added first, so that
 * a quiet day is not infinitely far from an ordinary one.
 */
export interface Yardstick {
  readonly logarithmic: boolean;
  readonly offset: number;
}

export function yardstickOf(least: number, median: number, spread: number): Yardstick {
  return least < 0 ? { logarithmic: false, offset: 0 } : { logarithmic: true, offset: offsetOf(median, spread) };
}

function offsetOf(median: number, spread: number): number {
  const offset = median > 0 ? median / 20 : spread / 20;
  return offset > 0 ? offset : 1;
}

export function measure({ logarithmic, offset }: Yardstick, value: number): number {
  return logarithmic ? Math.log(value + offset) : value;
}

export function unmeasure({ logarithmic, offset }: Yardstick, measured: number): number {
  return logarithmic ? Math.max(0, Math.exp(measured) - offset) : measured;
}

/** Converts the median absolute deviation of a normal distribution to its standard deviation. */
export const MAD_TO_SIGMA = 1.4826;

/** An estimate shrunk towards zero, the more so the larger its error is relative to it. */
export function believed(estimate: number, error: number, doubt: number): number {
  const certain = estimate * estimate;
  return certain === 0 ? 0 : (estimate * certain) / (certain + doubt * error * error);
}

/** The median of a few numbers; 0 if there are none. */
export function medianOf(values: readonly number[] | Float64Array): number {
  const { length } = values;
  if (length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[length >> 1] as number;
  return length % 2 === 1 ? upper : ((sorted[(length >> 1) - 1] as number) + upper) / 2;
}
