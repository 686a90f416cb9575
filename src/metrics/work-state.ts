import type { RunConclusion } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { ByDay } from './day-table.ts';

/** An attempt of a run, as short as it can be kept. */
export interface RunEntry {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
  readonly workflow: string;
  readonly trigger: string;
  readonly actor: string | null;
  /** Only a person, or the clock, starts something out of nothing. */
  readonly bot?: true;
  /** The number of that bot; left out in ledgers that did not keep it. */
  readonly by?: number;
  /** When GitHub made the run; left out where that is when it started. */
  readonly made?: Instant;
  readonly parent?: number;
  /** The pull request that it is about. */
  readonly pull?: number;
  readonly at: Instant;
  /** Left out while it goes on. */
  readonly end?: Instant;
  /** How it ended; left out while it goes on, and in ledgers that did not keep it. */
  readonly conclusion?: RunConclusion;
  readonly skipped?: true;
}

export interface SessionEntry {
  readonly agent: string;
  readonly workflow: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly at: Instant;
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly cutOff?: true;
  /** How many files its tools changed; left out where its record does not tell. */
  readonly changed?: number;
  /** It ended well. */
  readonly done?: true;
}

/** Every run and session of the last 35 days, which is the longest period that a budget may have. */
export interface WorkState {
  /** How far the world had got by the newest event; what is kept is counted from here. */
  readonly newest: Instant | null;
  /** By UTC day, then by run and attempt: only the days that change are copied. */
  readonly runs: ByDay<RunEntry>;
  /** By UTC day, then by id of the event. */
  readonly sessions: ByDay<SessionEntry>;
  /** By UTC day, then by run and attempt: when it was, and whether it was skipped, so that it spent nothing. */
  readonly absent: ByDay<AbsenceEntry>;
}

export interface AbsenceEntry {
  readonly at: Instant;
  readonly agent: string;
  readonly skipped: boolean;
}
