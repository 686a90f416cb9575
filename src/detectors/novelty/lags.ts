import { DAY, HOUR } from '../../core/time.ts';

/** How many points back neighbours are searched. */
const REACH = 4_000;
/** The number of points in a long and in a short run. */
const LONG = 64;
const SHORT = 3;
/** Everything starts at this size and grows with the series, so that a short one costs little. */
const FIRST_SIZE = 256;
/** The same time of day means this much around it. */
const AROUND = 2 * HOUR;
/** A sum that loses this large a part of itself is recomputed, because the rest would be rounding error. */
const TOO_MUCH_LOST = 1e9;
/** All sums are recomputed after this many points, before rounding errors add up. */
const ANEW = 256;

/**
 * The distances of the newest run of points to all earlier ones, maintained by lag. The run one point later has one square more and
 * one less, so a point costs a few operations per lag.
 */
export interface Lags {
  /** The last values, newest last; at most REACH + LONG + 1 count. */
  values: Float64Array;
  count: number;
  /** By lag: the sum of squares over the last LONG points, and the squares of the last point and of the one before. */
  long: Float64Array;
  last: Float64Array;
  before: Float64Array;
  points: number;
}

/** Distances to the nearest earlier runs; infinite if there is none. */
export interface RunDistances {
  readonly long: number;
  readonly short: number;
  readonly sameTime: number;
}

export function newLags(): Lags {
  return {
    values: new Float64Array(FIRST_SIZE),
    count: 0,
    long: new Float64Array(FIRST_SIZE),
    last: new Float64Array(FIRST_SIZE),
    before: new Float64Array(FIRST_SIZE),
    points: 0,
  };
}

/** Adds a value and returns how far the runs that end with it are from all earlier runs that they do not overlap. */
export function nearestRuns(lags: Lags, value: number, step: number): RunDistances {
  append(lags, value);
  const sameTime = nearestSameTime(lags, value, step);
  const { short, long } = advance(lags, value);
  lags.points += 1;
  if (lags.points % ANEW === 0) {
    for (let lag = 1; lag <= Math.min(REACH, lags.count - 1); lag += 1) lags.long[lag] = sumAnew(lags, lag);
  }
  return { long: Math.sqrt(long), short: Math.sqrt(short), sameTime };
}

function append(lags: Lags, value: number): void {
  const kept = REACH + LONG + 1;
  if (lags.count === lags.values.length) {
    if (lags.count < 2 * kept) lags.values = larger(lags.values, 2 * kept);
    else {
      lags.values.copyWithin(0, lags.count - kept + 1, lags.count);
      lags.count = kept - 1;
    }
  }
  lags.values[lags.count] = value;
  lags.count += 1;
  if (lags.count <= lags.long.length || lags.long.length > REACH) return;
  for (const part of ['long', 'last', 'before'] as const) lags[part] = larger(lags[part], REACH + 1);
}

/** The same numbers with room for as many again, up to a bound. */
function larger(numbers: Float64Array, most: number): Float64Array {
  const copy = new Float64Array(Math.min(most, numbers.length * 2));
  copy.set(numbers);
  return copy;
}

function advance(lags: Lags, value: number): { short: number; long: number } {
  const { values, count, long, last, before } = lags;
  const now = count - 1;
  let nearestLong = Number.POSITIVE_INFINITY;
  let nearestShort = Number.POSITIVE_INFINITY;
  const farthest = Math.min(REACH, now);
  for (let lag = 1; lag <= farthest; lag += 1) {
    const difference = value - (values[now - lag] as number);
    const square = difference * difference;
    const short = square + (last[lag] as number) + (before[lag] as number);
    before[lag] = last[lag] as number;
    last[lag] = square;
    if (lag >= SHORT && now - lag >= SHORT - 1 && short < nearestShort) nearestShort = short;
    const sum = roll(lags, lag, square);
    long[lag] = sum;
    if (lag >= LONG && now - lag >= LONG - 1 && sum < nearestLong) nearestLong = sum;
  }
  return { short: nearestShort, long: nearestLong };
}

function roll(lags: Lags, lag: number, square: number): number {
  const now = lags.count - 1;
  const sum = (lags.long[lag] as number) + square;
  if (now - lag < LONG) return sum;
  const lost = (lags.values[now - LONG] as number) - (lags.values[now - LONG - lag] as number);
  const rest = sum - lost * lost;
  return rest * TOO_MUCH_LOST < lost * lost ? sumAnew(lags, lag) : rest;
}

function sumAnew({ values, count }: Lags, lag: number): number {
  const now = count - 1;
  let sum = 0;
  for (let back = 0; back < LONG && now - back - lag >= 0; back += 1) {
    const difference = (values[now - back] as number) - (values[now - back - lag] as number);
    sum += difference * difference;
  }
  return sum;
}

/** The nearest value of earlier days at this time of day. */
function nearestSameTime({ values, count }: Lags, value: number, step: number): number {
  const day = Math.round(DAY / step);
  if (!(day > 1)) return Number.POSITIVE_INFINITY;
  const around = Math.floor(AROUND / step);
  const farthest = Math.min(REACH, count - 1);
  let nearest = Number.POSITIVE_INFINITY;
  for (let middle = day; middle - around <= farthest; middle += day) {
    const end = Math.min(farthest, middle + around);
    for (let lag = Math.max(1, middle - around); lag <= end; lag += 1) {
      nearest = Math.min(nearest, Math.abs(value - (values[count - 1 - lag] as number)));
    }
  }
  return nearest;
}
