import type { RollupRow } from '../../core/rollup-row.ts';

/**
 * The rollups of a state as rows for SQL: those that differ from `before`, or all of them if that is null. Rows that have
 * only become too old in `after` are not removed.
 */
export type Projection<State> = (before: State | null, after: State) => readonly RollupRow[];
