import type { LedgerEvent } from './event.ts';

/**
 * A view of the ledger that can be updated incrementally: plain JSON built from events in ledger order. It must not depend on how
 * the events are split into batches: `apply(apply(s, a), b)` equals `apply(s, [...a, ...b])`. It never changes the state it is
 * given.
 */
export interface Fold<State> {
  readonly initial: State;
  apply(state: State, events: readonly LedgerEvent[]): State;
}
