import type { MeasureRow } from './measure-row.ts';
import type { Aggregate } from './series.ts';

/** One aggregate of a metric as a row, for questions about many ledgers at once. */
export interface RollupRow extends Omit<MeasureRow, 'aggregate'> {
  /** Null removes the row, because nothing was observed there after all. */
  readonly aggregate: Aggregate | null;
}
