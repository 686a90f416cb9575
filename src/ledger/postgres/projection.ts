import type { Spread } from '../../core/measure.ts';
import type { Aggregate } from '../../core/series.ts';
import type { Instant } from '../../core/time.ts';

/** One aggregate as it stands in the table of rollups. */
export interface RollupRow {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly step: 'minute' | 'hour' | 'day';
  /** The first moment of the bucket. */
  readonly at: Instant;
  /** Null takes the row away: nothing was observed there after all. */
  readonly aggregate: Aggregate | null;
  readonly spread: Spread | null;
}

/**
 * The rollups that a state holds, as rows for SQL: those that are not the same in `before`, all of them when that is null. Rows that
 * `after` has only grown too old for are not taken away.
 */
export type Projection<State> = (before: State | null, after: State) => readonly RollupRow[];

/** For a ledger whose state holds no rollups. */
export const NO_ROLLUPS: Projection<unknown> = () => [];
