import type { Anomaly } from '../../core/anomaly.ts';
import type { Instant } from '../../core/time.ts';
import type { AnomalyOptions } from './options.ts';
import type { Watched } from './watched.ts';

/** What a method says about one reading of a series. */
export interface Verdict {
  /** The first moment of the judged bucket. */
  readonly at: Instant;
  /** True while the bucket is unfinished, so that the value can only grow. */
  readonly goesOn: boolean;
  readonly method: string;
  readonly value: number;
  readonly middle: number;
  readonly expected: Anomaly['expected'];
  readonly deviation: number;
  /** −log10 of the probability of a value this far off. */
  readonly digits: number;
  readonly basis: Anomaly['basis'];
}

export type Direction = 'up' | 'down';

export function directionOf({ value, middle }: Pick<Verdict, 'value' | 'middle'>): Direction {
  return value >= middle ? 'up' : 'down';
}

/** How many times more, or less, it is than expected; infinite if nothing was expected. */
export function ratioOf({ value, middle }: Pick<Verdict, 'value' | 'middle'>): number {
  const [more, less] = value >= middle ? [value, middle] : [middle, value];
  if (!(more > 0)) return 1;
  return less > 0 ? more / less : Number.POSITIVE_INFINITY;
}

/** Why this is not an anomaly, however improbable, as the end of a sentence; null if it may be one. */
export function belowFloor(watched: Watched, verdict: Verdict, settings: AnomalyOptions): string | null {
  if (directionOf(verdict) === 'down' && (verdict.goesOn || !watched.twoSided)) return 'less of it is none';
  if (ratioOf(verdict) < settings.min_ratio) return `less than ${settings.min_ratio} times what is usual is none`;
  const { kind } = watched;
  return kind === 'rate' || kind === 'mean'
    ? tooFew(watched, verdict, settings)
    : Math.abs(verdict.value - verdict.middle) < leastDifference(watched, settings)
      ? 'so small a difference is none'
      : null;
}

function tooFew({ metric, readings }: Watched, verdict: Verdict, settings: AnomalyOptions): string | null {
  const { all = 0 } = readings.find(({ at }) => at === verdict.at) ?? {};
  const least = metric === 'failure-rate' ? settings.min_count : settings.min_calls;
  return all < least ? `${all} of them are too few` : null;
}

function leastDifference({ metric }: Watched, { min_usd, min_tokens, min_count }: AnomalyOptions): number {
  switch (metric) {
    case 'spend':
      return min_usd;
    case 'tokens':
      return min_tokens;
    default:
      return min_count;
  }
}
