import type { Amounts } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Decision } from '../../core/guard.ts';
import type { GuardRecord } from '../../core/guard-record.ts';
import type { GuardStep } from '../../core/judged-workflow.ts';
import type { Instant } from '../../core/time.ts';

/** What the ledger knows of the guard of one job. */
export interface KnownGuard {
  readonly errand: GuardRecord['errand'];
  readonly decided: null | { readonly at: Instant; readonly decision: Decision; readonly lease: string | null };
  readonly record: GuardRecord | null;
}

/** What the ledger knows of guards. */
export interface GuardBook {
  /** The guards of an attempt of a run that nobody has checked yet. */
  readonly of: (run: number, attempt: number) => readonly KnownGuard[];
  /** At what a lease was settled; null where it was not. */
  readonly settled: (lease: string) => Amounts | null;
  /** What was found wrong with the ledger from a moment on, in a sentence of ours; null for nothing. */
  readonly damageSince: (at: Instant) => string | null;
  /** The guards that a run of a workflow has by its file; none of runs that are older than what the ledger knows of it. */
  readonly expected: (workflow: string, startedAt: Instant) => ExpectedGuards | null;
}

/** What guards stand before an agent. */
export interface ExpectedGuards {
  readonly agent: string;
  readonly steps: readonly GuardStep[];
}

/** Where nobody knows of a guard. */
export const NO_GUARDS: GuardBook = {
  of: () => [],
  settled: () => null,
  damageSince: () => null,
  expected: () => null,
};

/** Records of guards that wait in the spool of this machine, because neither the ledger nor the artifacts of their run could be reached. */
export interface SpooledRecords {
  /** Those of an attempt of a run. */
  readonly of: (run: number, attempt: number) => readonly GuardRecord[];
  /** Takes away the files whose jobs were checked by these events, and those that nobody asks for any more. */
  readonly remove: (events: readonly LedgerEvent[]) => void;
}

/** Where there is no spool. */
export const NO_SPOOLED: SpooledRecords = { of: () => [], remove: () => undefined };
