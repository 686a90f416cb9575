import type { Duration, Instant } from './time.ts';

/** What an allowance is counted in. */
export type BudgetUnit = 'usd' | 'tokens' | 'minutes' | 'runs' | 'open_pull_requests';

/** What a piece of work uses, by unit; null = not known. */
export interface Amounts {
  readonly usd: number | null;
  readonly tokens: number | null;
  /** Minutes of Actions. */
  readonly minutes: number | null;
}

/** A lead raises a budget for a while. It ends by itself. */
export interface Raise {
  readonly budget: string;
  /** In the unit the budget had at that time. */
  readonly to: number;
  readonly unit: BudgetUnit;
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
}

/** What asks for a lease: one job of one attempt of a run that is about to start an agent. */
export interface Errand {
  readonly agent: string;
  /** Path of the workflow file; null if not known. */
  readonly workflow: string | null;
  readonly run: number;
  readonly attempt: number;
  /** Tells the jobs of one attempt apart; null if there is only one. */
  readonly job: string | null;
  /** Login of the person or bot the run acts for, as reported by the API; null if not known. */
  readonly actor: string | null;
  readonly trigger: string | null;
  /** The run that started this one; null if there is none or it is not known. */
  readonly parent: number | null;
  /** True if this is inferred from who did what and when; left out if GitHub says so. */
  readonly parentLikely?: true;
}

/** A reservation in every budget that the work falls under. */
export interface Lease extends Errand {
  readonly id: string;
  readonly at: Instant;
  /** After this it holds nothing, whatever became of the work. */
  readonly until: Instant;
  readonly reserved: Amounts;
}

/** What is left of one budget once the lease is taken. */
export interface Left {
  readonly budget: string;
  readonly unit: BudgetUnit;
  readonly left: number;
  readonly limit: number;
}

/** Why a lease that nobody settled no longer holds anything. */
export type LeaseEnd = 'run_ended' | 'time_is_up';

/** A lease and how it ended; `closed` is null until somebody records that. */
export interface LeaseMark extends Lease {
  readonly closed:
    | null
    | { readonly how: 'settled'; readonly at: Instant; readonly spent: Amounts }
    | { readonly how: 'expired'; readonly at: Instant; readonly because: LeaseEnd };
}

/** What a stretch of time was expected to bring. */
export interface Outlook {
  /** The end of the stretch. */
  readonly until: Instant;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** The forecast for a budget on a day, kept so that it can be compared with what happened. */
export interface Forecast {
  readonly budget: string;
  readonly unit: BudgetUnit;
  /** The day in the budget's time zone. Stretches start on the following day. */
  readonly day: string;
  readonly at: Instant;
  readonly from: Instant;
  readonly nextDay: Outlook;
  readonly nextWeek: Outlook;
}

/** A forecast and how it turned out; null while that is not known. */
export interface ForecastMark extends Forecast {
  readonly dayCame: number | null;
  readonly weekCame: number | null;
}

/** Where a piece of work belongs. */
export interface WorkPlace {
  /** Empty for sessions without an agent. */
  readonly agent: string;
  readonly workflow: string | null;
  readonly actor: string | null;
  /** The run at the root of the chain of runs that started each other; null for work outside a run. */
  readonly chain: number | null;
  /** True if it was started by something that may be another run, and nobody knows which. */
  readonly orphan: boolean;
}

/** A session as budgets count it. */
export interface WorkSession extends WorkPlace {
  readonly id: string;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly at: Instant;
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly cutOff: boolean;
  /** It ended well; left out if it did not or the ledger did not record it. */
  readonly completed?: true;
}

/** What is known about the sessions of an attempt. */
export type WorkTold = 'recorded' | 'absent' | 'skipped' | 'awaited';

/** An attempt of a run as counted by budgets. */
export interface WorkAttempt extends WorkPlace {
  /** Run and attempt: `8123.1`. */
  readonly key: string;
  readonly run: number;
  readonly attempt: number;
  /** The run that started this one; null if there is none or it is not known. */
  readonly parent: number | null;
  readonly at: Instant;
  /** Null while it is still running. */
  readonly endedAt: Instant | null;
  readonly told: WorkTold;
}

/** Everything that budgets are computed from: the last 35 days. */
export interface BudgetFacts {
  /** By start, oldest first. */
  readonly sessions: readonly WorkSession[];
  readonly attempts: readonly WorkAttempt[];
  readonly leases: readonly (LeaseMark & Pick<WorkPlace, 'chain' | 'orphan'>)[];
  readonly raises: readonly Raise[];
  readonly forecasts: readonly ForecastMark[];
}

/** How long individual pieces of work are remembered. Also the longest period a budget may have. */
export const WORK_KEPT: Duration = 35 * 24 * 60 * 60 * 1_000;
