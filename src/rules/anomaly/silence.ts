import { median, quantile } from 'simple-statistics';
import type { Series } from '../../core/series.ts';
import { between, type Duration, type Instant } from '../../core/time.ts';
import type { AnomalyOptions } from './options.ts';
import { readingsOf } from './watched.ts';

/** How many times the usual silence is too long, as in src/detectors/dormancy.ts. */
const LIMITS: Readonly<Record<AnomalyOptions['sensitivity'], number>> = { low: 6, medium: 4, high: 3 };
/** A silence must also be clearly longer than any before it, so that weekends and nights do not count. */
const BEYOND_LONGEST = 1.5;
const USUAL = 0.95;
const LEAST_SILENCES = 8;
/** An agent keeps to a schedule if this share of its silences is within this distance of the median. */
const REGULAR_SHARE = 0.8;
const REGULAR_WITHIN = 0.25;

/** How long something has been silent, and how long it may be. */
export interface Silence {
  readonly since: Instant;
  readonly length: Duration;
  readonly limit: Duration;
  readonly usual: Duration;
  /** Whether it kept to a schedule before, so that the silence is not just people's whim. */
  readonly regular: boolean;
  readonly confidence: number;
  readonly basis: { readonly from: Instant; readonly to: Instant; readonly points: number };
}

/** How long a series has shown no sign of life at `now`; a sentence if too little is known about its silences. */
export function silenceOf(
  series: Pick<Series, 'points'>,
  now: Instant,
  sensitivity: AnomalyOptions['sensitivity'],
): Silence | string {
  const lives = readingsOf(series, 'number').flatMap(({ at, value }) => (value !== null && value > 0 ? [at] : []));
  const silences = lives.slice(1).map((at, i) => between(lives[i] ?? at, at));
  const [from] = lives;
  const since = lives.at(-1);
  if (from === undefined || since === undefined || silences.length < LEAST_SILENCES) {
    return `${silences.length} silences of it are known; ${LEAST_SILENCES} are needed`;
  }
  const length = Math.max(0, between(since, now));
  const usual = quantile([...silences], USUAL);
  const middle = median([...silences]);
  const near = silences.filter((silence) => Math.abs(silence - middle) <= REGULAR_WITHIN * middle);
  return {
    since,
    length,
    limit: Math.max(LIMITS[sensitivity] * usual, BEYOND_LONGEST * Math.max(...silences)),
    usual,
    regular: near.length >= REGULAR_SHARE * silences.length,
    confidence: silences.filter((silence) => silence < length).length / silences.length,
    basis: { from, to: since, points: lives.length },
  };
}
