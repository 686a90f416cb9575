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

/** A lead allows a budget more for a while. It ends by itself. */
export interface Raise {
  readonly budget: string;
  /** In the unit that the budget had then. */
  readonly to: number;
  readonly unit: BudgetUnit;
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
}

/** What asks for a lease: one job of one attempt of a run, about to start an agent. */
export interface Errand {
  readonly agent: string;
  /** Path of the workflow file; null when it is not known. */
  readonly workflow: string | null;
  readonly run: number;
  readonly attempt: number;
  /** Tells jobs of one attempt apart; null where there is only one. */
  readonly job: string | null;
  /** Login of whom the run acts for, as the API said it; null when it is not known. */
  readonly actor: string | null;
  readonly trigger: string | null;
  /** The run that started this one; null where none did, or where nobody knows. */
  readonly parent: number | null;
  /** True where that is concluded from who did what and when; left out where GitHub says it. */
  readonly parentLikely?: true;
}

/** A reservation against every budget that the work falls under. */
export interface Lease extends Errand {
  readonly id: string;
  readonly at: Instant;
  /** From then on it holds nothing any more, whatever became of the work. */
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

/** Why a lease holds nothing any more although nobody settled it. */
export type LeaseEnd = 'run_ended' | 'time_is_up';

/** A lease, and how it ended; `closed` is null while nobody has said so. */
export interface LeaseMark extends Lease {
  readonly closed:
    | null
    | { readonly how: 'settled'; readonly at: Instant; readonly spent: Amounts }
    | { readonly how: 'expired'; readonly at: Instant; readonly because: LeaseEnd };
}

/** What a stretch of time was thought to bring. */
export interface Outlook {
  /** The end of the stretch. */
  readonly until: Instant;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** What was forecast of a budget on a day, so that it can be held against what came. */
export interface Forecast {
  readonly budget: string;
  readonly unit: BudgetUnit;
  /** The day in the budget's time zone. Stretches begin with the day after it. */
  readonly day: string;
  readonly at: Instant;
  readonly from: Instant;
  readonly nextDay: Outlook;
  readonly nextWeek: Outlook;
}

/** A forecast, and what came of it; null while that is not known. */
export interface ForecastMark extends Forecast {
  readonly dayCame: number | null;
  readonly weekCame: number | null;
}

/** Where a piece of work belongs. */
export interface WorkPlace {
  /** Empty for sessions that belong to none. */
  readonly agent: string;
  readonly workflow: string | null;
  readonly actor: string | null;
  /** The run at the root of the chain of runs that started each other; null for work of no run. */
  readonly chain: number | null;
  /** True when something that may be another run started it, and nobody knows which. */
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
  /** It ended well; left out where it did not, or the ledger did not keep it. */
  readonly completed?: true;
}

/** What is known of the sessions of an attempt. */
export type WorkTold = 'recorded' | 'absent' | 'skipped' | 'awaited';

/** An attempt of a run as budgets count it. */
export interface WorkAttempt extends WorkPlace {
  /** Run and attempt: `8123.1`. */
  readonly key: string;
  readonly run: number;
  readonly attempt: number;
  /** The run that started this one; null where none did, or where nobody knows. */
  readonly parent: number | null;
  readonly at: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
  readonly told: WorkTold;
}

/** All that budgets go by: the last 35 days. */
export interface BudgetFacts {
  /** By start, oldest first. */
  readonly sessions: readonly WorkSession[];
  readonly attempts: readonly WorkAttempt[];
  readonly leases: readonly (LeaseMark & Pick<WorkPlace, 'chain' | 'orphan'>)[];
  readonly raises: readonly Raise[];
  readonly forecasts: readonly ForecastMark[];
}

/** How long single pieces of work are remembered, which is the longest period that a budget may have. */
export const WORK_KEPT: Duration = 35 * 24 * 60 * 60 * 1_000;
