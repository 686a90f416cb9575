import { type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Ledger } from '../../ledger/port.ts';

/** A placeholder for a ledger that cannot be opened: every call fails with the reason. */
export function unusableLedger<State>(place: string, failure: Failure): Ledger<State> {
  const fail = (): never => {
    throw new OutsideFailure(failure);
  };
  return {
    place,
    read: async () => fail(),
    append: async () => fail(),
    measures: async () => fail(),
    events: fail,
    compact: async () => fail(),
    verify: async () => fail(),
    rebuild: async () => fail(),
  };
}
