import type { LedgerEvent, Quarantined } from '../core/event.ts';

/** The last batch of the chain: its number, from 1, and its hash. */
export interface Head {
  readonly batch: number;
  readonly hash: string;
}

/** What a ledger holds at one moment. */
export interface Snapshot<State> {
  readonly state: State;
  readonly head: Head | null;
}

/** What an append did. `appended` leaves out the events that were there already. */
export interface Appended<State> extends Snapshot<State> {
  readonly appended: readonly LedgerEvent[];
}

/** The first place where the chain does not hold. */
export interface Damage {
  readonly batch: number;
  readonly path: string;
  readonly reason: string;
}

/** The answer of `ledger verify`. */
export interface Verification {
  readonly ok: boolean;
  readonly head: Head | null;
  readonly batches: number;
  readonly events: number;
  readonly firstBad: Damage | null;
  readonly quarantined: readonly Quarantined[];
}

/** The append-only list of everything that happened, and the state folded from it. */
export interface Ledger<State> {
  /** Where it is, for people, without secrets: `branch:octo/repo@checkrein`. */
  readonly place: string;
  read(): Promise<Snapshot<State>>;
  /**
   * Adds what `decide` answers to the state as it is at that moment. When somebody else wrote in between, the state is
   * read again and `decide` is asked again, so it must be pure. All events of one call become one batch, whole or not at all;
   * events whose id is in the ledger already are left out. Nothing to add means no write.
   * @throws OutsideFailure when the place cannot be read or written; nothing is half written then.
   */
  append(decide: (state: State) => readonly LedgerEvent[]): Promise<Appended<State>>;
  /** All events in the order in which they were appended. */
  events(): AsyncIterable<LedgerEvent>;
  /** Walks the whole chain. */
  verify(): Promise<Verification>;
  /** Remakes the checkpoint from the events; the bytes are the same as those kept along the way. */
  rebuild(): Promise<Snapshot<State>>;
}
