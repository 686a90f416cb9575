import { nearestDistance, push, type SortedWindow, sortedWindow } from '../sorted-window.ts';
import { newTail, spreadOf, surprise, type Tail } from '../tail.ts';
import { type Lags, nearestRuns, newLags } from './lags.ts';

/** How many values, departures and ranges are remembered. */
const REMEMBERED = 8_000;
/** The number of points of the rolling mean that a value departs from. */
const MEAN = 288;
/** The number of points whose range is looked at. It is compared with ranges that share no point with it. */
const RANGE = 48;
/** With fewer points, there is no rolling mean to depart from. */
const ENOUGH = 48;

/** Distances no larger than this share of the numbers themselves are rounding errors. */
const ROUNDING = 1e-9;

/** How much of the series each view looks at, in points, in the order of the views. */
export const VIEW_POINTS: readonly number[] = [1, 1, 64, 3, 1, RANGE];

/** What is remembered about one series in order to tell what is new in it. */
export interface Views {
  readonly values: SortedWindow;
  readonly departures: SortedWindow;
  readonly ranges: SortedWindow;
  readonly lags: Lags;
  readonly tails: readonly Tail[];
  /** The last MEAN values and the last RANGE ranges, oldest first. */
  readonly recent: number[];
  readonly lateRanges: number[];
}

export function newViews(): Views {
  return {
    values: sortedWindow(REMEMBERED),
    departures: sortedWindow(REMEMBERED),
    ranges: sortedWindow(REMEMBERED),
    lags: newLags(),
    tails: VIEW_POINTS.map(newTail),
    recent: [],
    lateRanges: [],
  };
}

/** How surprising the value is in each view, in digits; 0 if a view cannot tell yet. Then it is learned. */
export function look(views: Views, value: number, step: number): readonly number[] {
  const spread = spreadOf(views.values);
  const runs = nearestRuns(views.lags, value, step);
  const distances = [
    nearestDistance(views.values, value),
    runs.sameTime,
    runs.long,
    runs.short,
    departureDistance(views, value),
    rangeDistance(views, value),
  ];
  push(views.values, value);
  const rounding = ROUNDING * (spread + Math.abs(value));
  return views.tails.map((tail, i) => {
    const distance = distances[i] as number;
    return Number.isFinite(distance) ? surprise(tail, distance > rounding ? distance : 0, spread) : 0;
  });
}

function departureDistance({ recent, departures }: Views, value: number): number {
  if (recent.length < ENOUGH) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const earlier of recent) sum += earlier;
  const departure = value - sum / recent.length;
  const distance = nearestDistance(departures, departure);
  push(departures, departure);
  return distance;
}

function rangeDistance({ recent, ranges, lateRanges }: Views, value: number): number {
  recent.push(value);
  if (recent.length > MEAN) recent.shift();
  if (recent.length < RANGE) return Number.POSITIVE_INFINITY;
  let low = value;
  let high = value;
  for (let i = recent.length - RANGE; i < recent.length; i += 1) {
    const earlier = recent[i] as number;
    if (earlier < low) low = earlier;
    if (earlier > high) high = earlier;
  }
  const distance = nearestDistance(ranges, high - low);
  lateRanges.push(high - low);
  if (lateRanges.length > RANGE) push(ranges, lateRanges.shift() as number);
  return distance;
}
