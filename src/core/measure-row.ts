import type { LedgerEvent } from './event.ts';
import { addSpread, type PackedSpread, packSum, type SpreadSum, startSpreadSum } from './packed-spread.ts';
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
  readonly spread: PackedSpread | null;
}

/** Which rows are wanted: of a metric, with at least these labels, from the bucket that holds `from` to the last that begins before `to`. */
export interface MeasureQuery {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: Step;
  readonly from: Instant;
  readonly to: Instant;
  /**
   * True where rows of other labels are going to be taken together: the answer may then hold rows that stand for many, each
   * value once. Left out, each set of labels has rows of its own.
   */
  readonly together?: boolean;
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

/** What the values of a row say. */
export type Summary = Pick<MeasureRow, 'aggregate' | 'spread'>;

/** Rows that are being taken together. */
export interface SummarySum {
  aggregate: Aggregate | null;
  /** Null once the spread of a known value is missing. */
  spread: SpreadSum | null;
}

/** Nothing taken together yet. */
export function startSummary(): SummarySum {
  return { aggregate: null, spread: startSpreadSum() };
}

/** Takes one more row into a sum. Bins are counts under fixed numbers, so that adding them loses nothing. */
export function addSummary(sum: SummarySum, { aggregate, spread }: Summary): void {
  sum.aggregate = mergeAggregates(sum.aggregate, aggregate);
  // Of a row without a known value there is no spread to miss.
  if (aggregate.count === 0) return;
  if (spread === null) sum.spread = null;
  else if (sum.spread !== null) addSpread(sum.spread, spread);
}

/** What all rows of a sum say together. @throws RangeError for a sum of nothing. */
export function summaryOfSum({ aggregate, spread }: SummarySum): Summary {
  if (aggregate === null) throw new RangeError('nothing was taken together');
  return { aggregate, spread: spread === null || aggregate.count === 0 ? null : packSum(spread) };
}
