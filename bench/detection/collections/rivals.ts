import { DAY, type Duration, HOUR, MINUTE, toMs } from '../../../src/core/time.ts';
import { scoreOf } from '../../../src/detectors/method.ts';
import { nearestRuns, newLags } from '../../../src/detectors/novelty/lags.ts';
import { newSpeech, worthSaying } from '../../../src/detectors/novelty/speaking.ts';
import { look, newViews } from '../../../src/detectors/novelty/views.ts';
import { newPace, stepOf } from '../../../src/detectors/pace.ts';
import { push, quantileOf, type SortedWindow, sortedWindow } from '../../../src/detectors/sorted-window.ts';
import { newTail, spreadOf, surprise } from '../../../src/detectors/tail.ts';
import type { EventSeries } from './series.ts';

/** Scores a series by another method; what scores more than the threshold is reported, then there is rest for so long. */
export interface Rival {
  readonly name: string;
  readonly rest: Duration;
  readonly score: (series: EventSeries) => Float64Array;
}

/** The times of day are looked at in pieces of this length; of each so many values are remembered. */
const PIECE = 10 * MINUTE;
const REMEMBERED = 60;
const ENOUGH = 6;

/** How far from the median of this time of day, in median absolute deviations. */
export const seasonalMad: Rival = {
  name: 'seasonal MAD, 10 h rest',
  rest: 10 * HOUR,
  score({ readings, step }) {
    const piece = Math.max(step, PIECE);
    const pieces = new Map<number, SortedWindow>();
    return Float64Array.from(readings, ({ at, value }) => {
      if (value === null) return 0;
      const place = Math.floor((toMs(at) % DAY) / piece);
      const past = pieces.get(place) ?? sortedWindow(REMEMBERED);
      pieces.set(place, past);
      const score = past.size < ENOUGH ? 0 : deviation(past, value);
      push(past, value);
      return score;
    });
  },
};

function deviation(past: SortedWindow, value: number): number {
  const middle = quantileOf(past, 0.5);
  const away = past.sorted
    .slice(0, past.size)
    .map((earlier) => Math.abs(earlier - middle))
    .sort();
  const mad = away[away.length >> 1] as number;
  return Math.abs(value - middle) / Math.max(mad, Math.abs(middle) / 100, Number.MIN_VALUE);
}

/** How rare the distance of the last 64 points to the nearest earlier run is: one view of the flagship alone. */
export const pattern: Rival = {
  name: 'pattern view alone, 2 h rest',
  rest: 2 * HOUR,
  score({ readings, step }) {
    const lags = newLags();
    const tail = newTail();
    const values = sortedWindow(8_000);
    return Float64Array.from(readings, ({ value }) => {
      if (value === null) return 0;
      const { long } = nearestRuns(lags, value, step);
      push(values, value);
      return Number.isFinite(long) ? surprise(tail, long, spreadOf(values)) : 0;
    });
  },
};

/** The z-score has its line at three standard deviations, and is known from so many points on. */
const DEVIATIONS = 3;
const FIRST_KNOWN = 10;

/** |value − mean| / standard deviation over the last 30 days, with sums that are kept up. */
export const plainZ: Rival = {
  name: 'z-score, 30 days',
  rest: 0,
  score({ readings, step }) {
    const past: number[] = [];
    let [first, sum, squares] = [0, 0, 0];
    const deviationOf = (value: number): number => {
      const count = past.length - first;
      const variance = (squares - sum ** 2 / count) / (count - 1);
      return count < FIRST_KNOWN || !(variance > 0) ? 0 : Math.abs(value - sum / count) / Math.sqrt(variance);
    };
    const begin = readings.find(({ value }) => value !== null)?.value ?? 0;
    return Float64Array.from(readings, ({ value }) => {
      if (value === null) return 0;
      const own = value - begin;
      const score = scoreOf(deviationOf(own) / DEVIATIONS);
      past.push(own);
      sum += own;
      squares += own ** 2;
      if ((past.length - first) * step <= 30 * DAY) return score;
      const oldest = past[first] as number;
      first += 1;
      sum -= oldest;
      squares -= oldest ** 2;
      return score;
    });
  },
};

export const restedZ: Rival = { ...plainZ, name: 'z-score, 30 days, 10 h rest', rest: 10 * HOUR };

/** The exponent of the mean of the six views. */
const POWER = 3;

/** The flagship without what it expects and foresees: its six views of what was seen before, and when it speaks. */
export const sixViews: Rival = {
  name: 'six views',
  rest: 0,
  score({ readings }) {
    const [views, speech, pace] = [newViews(), newSpeech(), newPace()];
    return Float64Array.from(readings, ({ at, value }) => {
      if (value === null) return 0;
      const step = stepOf(pace, toMs(at));
      const surprises = look(views, value, step);
      const sum = surprises.reduce((all, digits) => all + digits ** POWER, 0);
      return worthSaying(speech, toMs(at), (sum / surprises.length) ** (1 / POWER), step);
    });
  },
};

/** The places whose score reaches the threshold, without those within the rest after one. */
export function reportsOf(scores: Float64Array, threshold: number, rest: Duration, step: Duration): readonly number[] {
  const reports: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const [place, score] of scores.entries()) {
    if (score < threshold || place * step < until) continue;
    reports.push(place);
    until = place * step + rest;
  }
  return reports;
}
