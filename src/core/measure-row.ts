import type { LedgerEvent } from './event.ts';
import type { Spread } from './measure.ts';
import { type Aggregate, mergeAggregates, type Step } from './series.ts';
import type { Instant } from './time.ts';

/** A rollup: one metric with one set of labels in one bucket of time. Mergeable, so that many can become one. */
export interface MeasureRow {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: Step;
  /** The first moment of the bucket. */
  readonly at: Instant;
  readonly aggregate: Aggregate;
  /** How the known values are spread; null where that is not known, or where one of them is negative. */
  readonly spread: Spread | null;
}

/** Which rows are wanted: of a metric, with at least these labels, from the bucket that holds `from` to the last that begins before `to`. */
export interface MeasureQuery {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: Step;
  readonly from: Instant;
  readonly to: Instant;
}

/** How the rows of a ledger follow from its events. The rows themselves are kept by the store, beside the state. */
export interface Measuring<State> {
  /**
   * What events add to a ledger whose state was `before`, in order: each row is to be merged into the one that is there,
   * one after another, so that sums come out the same however the events are cut into batches.
   */
  rows(before: State, events: readonly LedgerEvent[]): readonly MeasureRow[];
  /** By step, the moment from which on rows are kept; what lies before is dropped. Empty text keeps everything. */
  keptSince(state: State): Readonly<Record<Step, Instant>>;
}

/** True when `labels` has all of `wanted`. */
export function hasLabels(labels: MeasureRow['labels'], wanted: MeasureRow['labels']): boolean {
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
}

/** What the values of two rows say together. */
export function mergeMeasured(
  a: Pick<MeasureRow, 'aggregate' | 'spread'>,
  b: Pick<MeasureRow, 'aggregate' | 'spread'>,
): Pick<MeasureRow, 'aggregate' | 'spread'> {
  const aggregate = mergeAggregates(a.aggregate, b.aggregate) ?? b.aggregate;
  // Of a row without a known value there is no spread to miss.
  if (a.aggregate.count === 0) return { aggregate, spread: b.spread };
  if (b.aggregate.count === 0) return { aggregate, spread: a.spread };
  return { aggregate, spread: a.spread === null || b.spread === null ? null : mergeSpreads(a.spread, b.spread) };
}

/** Bins are counts under fixed numbers, so that merging them loses nothing. */
function mergeSpreads(a: Spread, b: Spread): Spread {
  const bins: (readonly [number, number])[] = [];
  let i = 0;
  for (const [bin, count] of b.bins) {
    for (let next = a.bins[i]; next !== undefined && next[0] < bin; next = a.bins[++i]) bins.push(next);
    const same = a.bins[i];
    if (same?.[0] === bin) i++;
    bins.push([bin, count + (same?.[0] === bin ? same[1] : 0)]);
  }
  for (let next = a.bins[i]; next !== undefined; next = a.bins[++i]) bins.push(next);
  return { zeros: a.zeros + b.zeros, bins };
}
