import type { LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Measuring } from '../core/measure-row.ts';

/** How state and rollups follow from events. */
export interface Reckoning<State> {
  readonly fold: Fold<State>;
  /** The number of the state's shape. */
  readonly format: number;
  /** Null where no rollups are kept. */
  readonly measuring: Measuring<State> | null;
  /** Takes over the state of another shape, where the events that it came from are gone. */
  readonly adopt: (state: unknown) => State;
  /** Whether the checkpoint in the files may be older than an event; see `maySkip` in stale.ts. */
  readonly mayLag: (event: LedgerEvent) => boolean;
}
