import type { RunConclusion } from '../core/run.ts';
import type { Duration, Instant } from '../core/time.ts';
import type { ByDay } from './day-table.ts';

/** An attempt of a run, kept as short as possible. */
export interface RunEntry {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
  readonly workflow: string;
  readonly trigger: string;
  readonly actor: string | null;
  /** Only a person, or the clock, starts something from nothing. */
  readonly bot?: true;
  /** The number of that bot; left out in ledgers that did not record it. */
  readonly by?: number;
  /** When GitHub created the run; left out if that is when it started. */
  readonly made?: Instant;
  readonly parent?: number;
  /** The pull request it is about. */
  readonly pull?: number;
  readonly at: Instant;
  /** Left out while it is running. */
  readonly end?: Instant;
  /** How it ended; left out while it is running, and in ledgers that did not record it. */
  readonly conclusion?: RunConclusion;
  readonly skipped?: true;
}

/** How work ended that did not end well; both are left out for what was cancelled or stopped by a limit. */
export interface Ending {
  readonly failed?: true;
  /** Not known, or not recorded. */
  readonly unsure?: true;
}

export interface SessionEntry extends Ending {
  readonly agent: string;
  readonly workflow: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly at: Instant;
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly cutOff?: true;
  /** How many files its tools changed; left out if its record does not say. */
  readonly changed?: number;
  /** It ended well. */
  readonly done?: true;
  /** Left out if its record does not say. */
  readonly duration?: Duration;
  readonly toolCalls?: number;
  readonly toolErrors?: number;
}

/**
 * An attempt of a run, without what its key already says, its workflow if that is named like the agent, and its actor if it has
 * none. Nearly all of the state of a busy repository consists of these and of sessions.
 */
export type PackedRun = Without<RunEntry, 'run' | 'attempt' | 'workflow' | 'actor'>;

/** A session, without what its id already says, and its workflow if that is named like the agent. */
export type PackedSession = Without<SessionEntry, 'run' | 'attempt' | 'workflow'>;

type Without<Entry, Names extends keyof Entry> = Omit<Entry, Names> & Partial<Pick<Entry, Names>>;

/** Every run of the last 35 days, which is the longest period a budget may have, and every session of the last 60. */
export interface WorkState {
  /** The moment reached by the newest event. Retention is counted from here. */
  readonly newest: Instant | null;
  /** By UTC day, then by run and attempt: only the days that change are copied. */
  readonly runs: ByDay<PackedRun>;
  /** By UTC day, then by id of the event. */
  readonly sessions: ByDay<PackedSession>;
  /** By UTC day, then by run and attempt: when it was, and whether it was skipped, so that it spent nothing. */
  readonly absent: ByDay<AbsenceEntry>;
}

export interface AbsenceEntry extends Ending {
  readonly at: Instant;
  readonly agent: string;
  readonly skipped: boolean;
}
