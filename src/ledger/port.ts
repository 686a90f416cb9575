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

/** What was cut off a ledger, and what proves it. */
export interface CutOff extends Head {
  readonly at: Instant;
  /** Events before the cut, and how many of them are kept. */
  readonly events: number;
  readonly kept: number;
  /** What the record of the cut says, and the signature of that; null where it was made without a key. */
  readonly signed: { readonly statement: string; readonly signature: unknown } | null;
}

/** The answer of `ledger verify`. */
export interface Verification {
  readonly ok: boolean;
  readonly head: Head | null;
  readonly batches: number;
  readonly events: number;
  readonly firstBad: Damage | null;
  readonly quarantined: readonly Quarantined[];
  /** Null while nothing was cut off. */
  readonly cut: CutOff | null;
}

/** What may be taken away from a ledger. */
export interface CompactOrder<State> {
  /** Batches from before this moment are cut off. */
  readonly eventsSince: Instant;
  /** Nothing is cut off before the oldest batch is older by so much more. */
  readonly slack: Duration;
  /** By step, the moment from which on rollups are kept. */
  readonly rollupsSince: Readonly<Record<Step, Instant>>;
  /** How long an alert is remembered after its end. */
  readonly alertsKept: Duration;
  /** Tells of a ledger in this state which of the events that are cut off are kept all the same. */
  readonly keeps: (state: State) => (event: LedgerEvent) => boolean;
  /** Unique for each process. */
  readonly by: string;
  /** Signs the record of a cut, where there is a key. */
  readonly sign?: (statement: string) => unknown;
}

/** What a compaction did. */
export interface Compacted<State> extends Snapshot<State> {
  /** The last batch that was ever cut off; null while none was. */
  readonly cut: Head | null;
  /** Events that this compaction took away. */
  readonly dropped: number;
  /** Bytes of all files, before and after. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** Why what the files were before could not be dropped, where a store keeps that; null when it was, or is not kept. */
  readonly historyKept: Failure | null;
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
  /** The rollups that a query asks for, each once, as of the last append; in no order. */
  measures(query: MeasureQuery): Promise<readonly MeasureRow[]>;
  /** All events in the order in which they were appended. */
  events(): AsyncIterable<LedgerEvent>;
  /**
   * Takes away what need not be kept, in one commit, and goes on from there. What lies before a cut is proven by its record
   * (cut.ts). Nothing to take away still drops the history of the files. Null where there is no ledger yet.
   * @throws OutsideFailure when the place cannot be read or written; nothing is half done then.
   */
  compact(order: CompactOrder<State>): Promise<Compacted<State> | null>;
  /** Walks the whole chain. */
  verify(): Promise<Verification>;
  /** Remakes the checkpoint from the events; the bytes are the same as those kept along the way. */
  rebuild(): Promise<Snapshot<State>>;
  /** What the other repositories of the same owner use; left out where the place holds one ledger only: then it is not known. */
  readonly owner?: OwnerLedgers<State>;
}

/** The ledgers of all repositories of one owner, as one of them sees them. */
export interface OwnerLedgers<State> {
  /** @throws OutsideFailure when the place cannot be read. */
  read(queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]>;
  /**
   * What they used since then by quarters of an hour, oldest first; quarters without any are left out.
   * @throws OutsideFailure when the place cannot be read.
   */
  quarters(since: Instant): Promise<readonly OwnerQuarter[]>;
  /**
   * As `append`, for events that rest on what the other repositories use: they are written only while `decide` answers the same to
   * what those use at that moment, one writer at a time; else it is asked again.
   * @throws OutsideFailure as `append` does.
   */
  append(
    queries: readonly OwnerQuery[],
    decide: (state: State, uses: readonly OwnerUse[]) => readonly LedgerEvent[],
  ): Promise<Appended<State>>;
}
