import type { Spread } from './measure.ts';
import type { Aggregate } from './series.ts';
import type { Instant } from './time.ts';

/** One aggregate of a metric as a row, for what asks about many ledgers at once. */
export interface RollupRow {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: 'minute' | 'hour' | 'day';
  /** The first moment of the bucket. */
  readonly at: Instant;
  /** Null takes the row away: nothing was observed there after all. */
  readonly aggregate: Aggregate | null;
  /** Null where no quantiles are kept. */
  readonly spread: Spread | null;
}
