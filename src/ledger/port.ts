import type { LedgerEvent } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import type { MeasureQuery, MeasureRow } from '../core/measure-row.ts';
import type { OwnerQuarter, OwnerQuery, OwnerUse } from '../core/owner-use.ts';
import type { Step } from '../core/series.ts';
import type { Duration, Instant } from '../core/time.ts';

/** The last batch of the chain: its number, from 1, and its hash. */
export interface Head {
  readonly batch: number;
  readonly hash: string;
}

/** The content of a ledger at one moment. */
export interface Snapshot<State> {
  readonly state: State;
  readonly head: Head | null;
}

/** The result of an append. `appended` leaves out events that existed already. */
export interface Appended<State> extends Snapshot<State> {
  readonly appended: readonly LedgerEvent[];
}

/** The first place where the chain is broken. */
export interface Damage {
  readonly batch: number;
  readonly path: string;
  readonly reason: string;
}

/** What was cut off a ledger, and the proof of it. */
export interface CutOff extends Head {
  readonly at: Instant;
  /** Events before the cut, and how many of them are kept. */
  readonly events: number;
  readonly kept: number;
  /** The statement in the record of the cut and its signature; null if it was made without a key. */
  readonly signed: { readonly statement: string; readonly signature: unknown } | null;
}

/** The result of `ledger verify`. */
export interface Verification {
  readonly ok: boolean;
  readonly head: Head | null;
  readonly batches: number;
  readonly events: number;
  readonly firstBad: Damage | null;
  readonly quarantined: readonly Quarantined[];
  /** Null if nothing was cut off. */
  readonly cut: CutOff | null;
}

/** What may be removed from a ledger. */
export interface CompactOrder<State> {
  /** Batches from before this moment are cut off. */
  readonly eventsSince: Instant;
  /** Nothing is cut off until the oldest batch is older by this much more. */
  readonly slack: Duration;
  /** By step, the moment from which rollups are kept. */
  readonly rollupsSince: Readonly<Record<Step, Instant>>;
  /** How long an alert is remembered after its end. */
  readonly alertsKept: Duration;
  /** For a ledger in this state, which of the events cut off are kept anyway. */
  readonly keeps: (state: State) => (event: LedgerEvent) => boolean;
  /** Unique for each process. */
  readonly by: string;
  /** Signs the record of a cut, if there is a key. */
  readonly sign?: (statement: string) => unknown;
}

/** The result of a compaction. */
export interface Compacted<State> extends Snapshot<State> {
  /** The last batch that was ever cut off; null if there is none. */
  readonly cut: Head | null;
  /** Events that this compaction removed. */
  readonly dropped: number;
  /** Bytes of all files, before and after. */
  readonly bytes: { readonly before: number; readonly after: number };
  /**
   * Why the history of the files could not be dropped, in stores that keep one; null when it was dropped or there is none.
   */
  readonly historyKept: Failure | null;
}

/** The append-only list of everything that happened, and the state folded from it. */
export interface Ledger<State> {
  /** Its location for people, without secrets: `branch:octo/repo@checkrein`. */
  readonly place: string;
  read(): Promise<Snapshot<State>>;
  /**
   * Adds the events that `decide` returns for the current state. When somebody else wrote in between, the state is read again
   * and `decide` is called again, so it must be pure. All events of one call become one batch, whole or not at all. Events
   * whose id is already in the ledger are left out. Without events, nothing is written.
   * @throws OutsideFailure when the place cannot be read or written; nothing is half written then.
   */
  append(decide: (state: State) => readonly LedgerEvent[]): Promise<Appended<State>>;
  /** The rollups that match a query, each once, as of the last append; in no order. */
  measures(query: MeasureQuery): Promise<readonly MeasureRow[]>;
  /** All events in the order in which they were appended. */
  events(): AsyncIterable<LedgerEvent>;
  /**
   * Removes what need not be kept, in one commit, and continues from there. What was before a cut is proven by its record
   * (cut.ts). Even if there is nothing to remove, the history of the files is dropped. Null if there is no ledger yet.
   * @throws OutsideFailure when the place cannot be read or written; nothing is half done then.
   */
  compact(order: CompactOrder<State>): Promise<Compacted<State> | null>;
  /** Walks the whole chain. */
  verify(): Promise<Verification>;
  /** Remakes the checkpoint from the events; the bytes are the same as those of the stored one. */
  rebuild(): Promise<Snapshot<State>>;
  /** The use of the owner's other repositories; left out if the place has only one ledger and so cannot know. */
  readonly owner?: OwnerLedgers<State>;
}

/** The ledgers of all repositories of one owner, as seen by one of them. */
export interface OwnerLedgers<State> {
  /** @throws OutsideFailure when the place cannot be read. */
  read(queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]>;
  /**
   * Their use since then by quarters of an hour, oldest first; quarters without use are left out. @throws OutsideFailure when
   * the place cannot be read.
   */
  quarters(since: Instant): Promise<readonly OwnerQuarter[]>;
  /**
   * Like `append`, for events that depend on the use of the other repositories. They are written only while `decide` returns
   * the same for their use at that moment, one writer at a time; otherwise it is called again.
   * @throws OutsideFailure like `append`.
   */
  append(
    queries: readonly OwnerQuery[],
    decide: (state: State, uses: readonly OwnerUse[]) => readonly LedgerEvent[],
  ): Promise<Appended<State>>;
}
