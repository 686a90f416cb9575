import { median } from 'simple-statistics';
import { MAD_TO_SIGMA } from '../../detectors/expectation/expectation.ts';

/** The usual values of sessions, as logarithms, so that half and double are equally far. */
export interface Usual {
  readonly middle: number;
  /** Robust standard deviation of the logarithm, at its high end. */
  readonly sigma: number;
  /** The largest of them. */
  readonly most: number;
  readonly count: number;
  /** Added before taking the logarithm: five percent of the median. */
  readonly offset: number;
}

/** However alike the sessions have been, the next may differ by this much (in the logarithm). */
const LEAST_SIGMA = 0.2;
/** Among several sessions, one counts for at most this many standard deviations: a single very large one is not a shift. */
const MOST_OF_ONE = 3;
/** What is usual according to earlier sessions; null if they are all zero. */
export function usualOf(values: readonly number[]): Usual | null {
  if (values.length === 0) return null;
  const middle = median([...values]);
  if (!(middle > 0)) return null;
  const offset = middle / 20;
  const logs = values.map((value) => Math.log(value + offset));
  const centre = Math.log(middle + offset);
  const robust = Math.max(LEAST_SIGMA, MAD_TO_SIGMA * median(logs.map((log) => Math.abs(log - centre))));
  // Means are compared with a mean, because sessions that end early pull it below the median.
  const bounded = logs.map((log) => bound(log - centre, MOST_OF_ONE * robust));
  const mean = bounded.reduce((sum, log) => sum + log, 0) / logs.length;
  const scatter = Math.sqrt(bounded.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
  return {
    middle: centre + mean,
    // As large as it may be given what is known, because a few sessions may look alike by chance.
    sigma: Math.max(robust, scatter) * (1 + 1 / Math.sqrt(logs.length)),
    most: Math.max(...values),
    count: values.length,
    offset,
  };
}

function bound(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

/** How far some consecutive sessions are from what is usual. */
export interface Shift {
  readonly sessions: number;
  /** How many times the usual, as their geometric mean. */
  readonly ratio: number;
  /** In standard deviations of such a mean. */
  readonly deviation: number;
}

/** The shift of consecutive sessions. For a single one, its own size counts in full. */
export function shiftOf(values: readonly number[], { middle, sigma, count, offset }: Usual): Shift {
  const logs = values.map((value) => Math.log(Math.max(0, value) + offset) - middle);
  const sessions = logs.length;
  const most = sessions === 1 ? Number.POSITIVE_INFINITY : MOST_OF_ONE * sigma;
  const mean = logs.reduce((sum, log) => sum + bound(log, most), 0) / sessions;
  const error = sigma * Math.sqrt(1 / sessions + 1 / count);
  return { sessions, ratio: Math.exp(mean), deviation: mean / error };
}

/** How many sessions are looked at together. One that is far off shows at once, small shifts take many. */
const LENGTHS: readonly number[] = [1, 2, 3, 4, 6, 9, 13, 20];

/** All rows of this many sessions that end with one of the last `fresh` of `values`. */
export function rowsOf(values: readonly number[], fresh: number): readonly (readonly number[])[] {
  const rows: (readonly number[])[] = [];
  for (let end = values.length; end > values.length - fresh && end > 0; end -= 1) {
    for (const length of LENGTHS) if (length <= end) rows.push(values.slice(end - length, end));
  }
  return rows;
}
