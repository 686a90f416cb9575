import { addSummary, type MeasureQuery, type MeasureRow, startSummary } from '../core/measure-row.ts';
import { binsOfSum } from '../core/packed-spread.ts';
import { type Aggregate, mergeAggregates, type Point, type Series, type Step } from '../core/series.ts';
import { quantile, type SketchData } from '../core/sketch.ts';
import type { Subject } from '../core/subject.ts';
import {
  after,
  DAY,
  type Duration,
  dayOf,
  HOUR,
  hourOf,
  type Instant,
  MINUTE,
  minuteOf,
  startOf,
} from '../core/time.ts';

const STEPS: Readonly<Record<Step, { readonly length: Duration; readonly bucketOf: (instant: Instant) => string }>> = {
  minute: { length: MINUTE, bucketOf: minuteOf },
  hour: { length: HOUR, bucketOf: hourOf },
  day: { length: DAY, bucketOf: dayOf },
};

/**
 * The series of a measure from the rows that a store returned for the query: one point per step, from the bucket that contains
 * `from` up to the last one that begins before `to`. Rows with different label sets are combined.
 */
export function measureSeries(
  rows: readonly MeasureRow[],
  query: MeasureQuery,
  subject: Subject,
  quantiles: readonly number[] = [],
): Series {
  const { metric, labels, step, from, to } = query;
  const byMoment = new Map<Instant, MeasureRow[]>();
  for (const row of rows) {
    const there = byMoment.get(row.at);
    if (there === undefined) byMoment.set(row.at, [row]);
    else there.push(row);
  }
  const { length, bucketOf } = STEPS[step];
  const points: Point[] = [];
  for (let at = startOf(bucketOf(from)); at < to; at = after(at, length)) {
    points.push(pointOf(at, byMoment.get(at) ?? [], quantiles));
  }
  return { metric, subject, labels, step, points };
}

function pointOf(at: Instant, rows: readonly MeasureRow[], quantiles: readonly number[]): Point {
  const aggregate = rows.reduce<Aggregate | null>((sum, row) => mergeAggregates(sum, row.aggregate), null);
  return quantiles.length === 0 ? { at, aggregate } : { at, aggregate, quantiles: measureQuantiles(rows, quantiles) };
}

/**
 * The values at some quantiles in [0, 1] over all rows, each within 1 % of a value of that rank; null if nothing is known, or if a
 * value is negative or without a spread.
 */
export function measureQuantiles(
  rows: readonly MeasureRow[],
  quantiles: readonly number[],
): readonly (number | null)[] {
  const sketch = sketchOver(rows);
  return quantiles.map((q) => quantile(sketch, q));
}

function sketchOver(rows: readonly MeasureRow[]): SketchData | null {
  const sum = startSummary();
  for (const row of rows) addSummary(sum, row);
  const { aggregate, spread } = sum;
  if (aggregate === null || aggregate.count === 0 || spread === null) return null;
  const { count, sum: total, min, max } = aggregate;
  return { count, sum: total, min, max, zeros: spread.zeros, bins: binsOfSum(spread) };
}
