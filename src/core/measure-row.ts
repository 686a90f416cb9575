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
  /** The distribution of the known values; null if it is not known or one of them is negative. */
  readonly spread: PackedSpread | null;
}

/**
 * Which rows are wanted: those of a metric with at least these labels, from the bucket that contains `from` to the last one that
 * begins before `to`.
 */
export interface MeasureQuery {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: Step;
  readonly from: Instant;
  readonly to: Instant;
  /**
   * True if rows with different labels are going to be combined. The answer may then contain rows that each stand for several, with
   * every value counted once. Left out, each set of labels has rows of its own.
   */
  readonly together?: boolean;
}

/** How the rows of a ledger follow from its events. The store keeps the rows themselves next to the state. */
export interface Measuring<State> {
  /**
   * What events add to a ledger whose state was `before`, in order. Each row is to be merged into the existing one, one after
   * another, so that sums come out the same however the events are split into batches.
   */
  rows(before: State, events: readonly LedgerEvent[]): readonly MeasureRow[];
  /** By step, the moment from which rows are kept. Older rows are dropped. Empty text keeps everything. */
  keptSince(state: State): Readonly<Record<Step, Instant>>;
}

/** True if `labels` has all of `wanted`. */
export function hasLabels(labels: MeasureRow['labels'], wanted: MeasureRow['labels']): boolean {
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
}

/** The values of a row in summary. */
export type Summary = Pick<MeasureRow, 'aggregate' | 'spread'>;

/** Rows being combined. */
export interface SummarySum {
  aggregate: Aggregate | null;
  /** Null as soon as the spread of a known value is missing. */
  spread: SpreadSum | null;
}

/** A sum of no rows. */
export function startSummary(): SummarySum {
  return { aggregate: null, spread: startSpreadSum() };
}

/** Adds a row to a sum. Bins are counts under fixed numbers, so adding them loses nothing. */
export function addSummary(sum: SummarySum, { aggregate, spread }: Summary): void {
  sum.aggregate = mergeAggregates(sum.aggregate, aggregate);
  // A row without a known value has no spread to miss.
  if (aggregate.count === 0) return;
  if (spread === null) sum.spread = null;
  else if (sum.spread !== null) addSpread(sum.spread, spread);
}

/** The summary of all rows of a sum. @throws RangeError for an empty sum. */
export function summaryOfSum({ aggregate, spread }: SummarySum): Summary {
  if (aggregate === null) throw new RangeError('nothing was taken together');
  return { aggregate, spread: spread === null || aggregate.count === 0 ? null : packSum(spread) };
}
