import type { LedgerEvent } from './event.ts';

/**
 * A view of the ledger that can be kept up to date: plain JSON out of events in the order of the ledger.
 * Must not depend on how the events are cut into batches: `apply(apply(s, a), b)` equals `apply(s, [...a, ...b])`.
 * Never changes the state it is given.
 */
export interface Fold<State> {
  readonly initial: State;
  apply(state: State, events: readonly LedgerEvent[]): State;
}
