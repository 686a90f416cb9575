import type { Fold } from '../core/fold.ts';
import type { Ledger } from './port.ts';

/**
 * A ledger that reads from another one and keeps appended events in memory, to see what would happen without doing it.
 * Expects that the appended events are not in the ledger already.
 */
export function rehearse<State>(ledger: Ledger<State>, fold: Fold<State>): Ledger<State> {
  let rehearsed: { readonly state: State } | null = null;
  const read: Ledger<State>['read'] = async () => {
    const snapshot = await ledger.read();
    return rehearsed === null ? snapshot : { ...snapshot, state: rehearsed.state };
  };
  return {
    place: ledger.place,
    read,
    append: async (decide) => {
      const snapshot = await read();
      const appended = decide(snapshot.state);
      rehearsed = { state: fold.apply(snapshot.state, appended) };
      return { head: snapshot.head, state: rehearsed.state, appended };
    },
    measures: (query) => ledger.measures(query),
    events: () => ledger.events(),
    compact: async () => null,
    verify: () => ledger.verify(),
    rebuild: () => ledger.rebuild(),
  };
}
