import type { RollupRow } from '../../core/rollup-row.ts';

/**
 * The rollups that a state holds, as rows for SQL: those that are not the same in `before`, all of them when that is null. Rows that
 * `after` has only grown too old for are not taken away.
 */
export type Projection<State> = (before: State | null, after: State) => readonly RollupRow[];
