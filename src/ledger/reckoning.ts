import type { LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Measuring } from '../core/measure-row.ts';

/** How state and rollups follow from events. */
export interface Reckoning<State> {
  readonly fold: Fold<State>;
  /** The number of the state's shape. */
  readonly format: number;
  /** Null when no rollups are kept. */
  readonly measuring: Measuring<State> | null;
  /** Takes over the state of another shape, when the events behind it are gone. */
  readonly adopt: (state: unknown) => State;
  /** Whether the checkpoint in the files may be older than an event; see `maySkip` in stale.ts. */
  readonly mayLag: (event: LedgerEvent) => boolean;
}
