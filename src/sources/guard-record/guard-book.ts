import type { Amounts } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Decision } from '../../core/guard.ts';
import type { GuardRecord } from '../../core/guard-record.ts';
import type { GuardStep } from '../../core/judged-workflow.ts';
import type { Instant } from '../../core/time.ts';

/** What the ledger knows about the guard of one job. */
export interface KnownGuard {
  readonly errand: GuardRecord['errand'];
  readonly decided: null | { readonly at: Instant; readonly decision: Decision; readonly lease: string | null };
  readonly record: GuardRecord | null;
}

/** What the ledger knows about guards. */
export interface GuardBook {
  /** The guards of an attempt that nobody has checked yet. */
  readonly of: (run: number, attempt: number) => readonly KnownGuard[];
  /** The amounts that a lease was settled with. Null if it was not. */
  readonly settled: (lease: string) => Amounts | null;
  /** Damage to the ledger since a moment, in a sentence of ours. Null if there is none. */
  readonly damageSince: (at: Instant) => string | null;
  /** The guards that a workflow file gives its runs. Null for runs older than what the ledger knows about the file. */
  readonly expected: (workflow: string, startedAt: Instant) => ExpectedGuards | null;
}

/** The guards in front of an agent. */
export interface ExpectedGuards {
  readonly agent: string;
  readonly steps: readonly GuardStep[];
}

/** For callers without any guards. */
export const NO_GUARDS: GuardBook = {
  of: () => [],
  settled: () => null,
  damageSince: () => null,
  expected: () => null,
};

/**
 * Guard records waiting in the spool of this machine, because neither the ledger nor the artifacts of their run could be reached.
 */
export interface SpooledRecords {
  /** The records of an attempt. */
  readonly of: (run: number, attempt: number) => readonly GuardRecord[];
  /** Removes the files whose jobs were checked by these events, and those that nobody will ask for any more. */
  readonly remove: (events: readonly LedgerEvent[]) => void;
}

/** For callers without a spool. */
export const NO_SPOOLED: SpooledRecords = { of: () => [], remove: () => undefined };
