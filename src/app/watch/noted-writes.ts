import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Ledger } from '../../ledger/port.ts';

/** A ledger, and how writes to it have gone since. */
export interface NotedWrites<State> {
  readonly ledger: Ledger<State>;
  /** Why the last write failed, if the place itself was the reason; null after a successful one. */
  unwritten(): Failure | null;
  /** Whether anything was written. */
  hasWritten(): boolean;
}

/** Passes everything on to a ledger and remembers how its last write went. */
export function notedWrites<State>(ledger: Ledger<State>): NotedWrites<State> {
  let last: Failure | null = null;
  let written = false;
  return {
    ledger: {
      ...ledger,
      append: async (decide) => {
        const done = await attempt(() => ledger.append(decide));
        last = done.ok || isPassing(done.failure) ? null : done.failure;
        if (!done.ok) throw new OutsideFailure(done.failure);
        written ||= done.value.appended.length > 0;
        return done.value;
      },
    },
    unwritten: () => last,
    hasWritten: () => written,
  };
}

/** Others wrote at the same time, or GitHub wants a pause: the ledger itself is fine. */
function isPassing({ kind }: Failure): boolean {
  return kind === 'conflict' || kind === 'rate_limited' || kind === 'budget_spent';
}
