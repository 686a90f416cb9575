import type { BudgetUnit } from './budget.ts';
import type { Instant } from './time.ts';

/** What can be added up over repositories. */
export type SharedUnit = Exclude<BudgetUnit, 'open_pull_requests'>;

export const SHARED_UNITS: readonly SharedUnit[] = ['usd', 'tokens', 'minutes', 'runs'];

/** An amount of each unit that can be added up over repositories. */
export type SharedAmounts = Readonly<Record<SharedUnit, number>>;

/** What an agent used in a quarter of an hour of one repository, for what asks about many repositories at once. */
export interface UseRow {
  /** Begin of the quarter. All time zones are quarters of an hour apart, so that every day begins with one. */
  readonly at: Instant;
  readonly agent: string;
  /** What is known. */
  readonly known: SharedAmounts;
  /** Pieces of work in `known`. */
  readonly pieces: SharedAmounts;
  /** What work of unknown amount is assumed to have used, and how many pieces that is. */
  readonly assumed: SharedAmounts;
  readonly guessed: SharedAmounts;
  /** Pieces of which nobody can guess anything. */
  readonly uncounted: SharedAmounts;
}

/** What a lease of one repository holds beyond what its `UseRow`s say. */
export interface HeldRow {
  readonly lease: string;
  readonly at: Instant;
  /** When it holds nothing any more; null for what was spent and is not on record yet. */
  readonly until: Instant | null;
  readonly amounts: SharedAmounts;
}

/** What one repository shares with the others of its owner. */
export interface SharedBooks {
  /** The rows of the UTC days that have changed, each day whole. */
  readonly days: readonly { readonly day: string; readonly rows: readonly UseRow[] }[];
  /** All that is held; null where that has not changed. */
  readonly held: readonly HeldRow[] | null;
}

/** What is asked of the other repositories of the same owner. */
export interface OwnerQuery {
  readonly from: Instant;
  /** Not included. */
  readonly to: Instant;
  /** Leases whose time was over by then hold nothing. */
  readonly now: Instant;
}

/** What the other repositories of the same owner have used and hold. */
export interface OwnerUse {
  readonly query: OwnerQuery;
  readonly units: Readonly<Record<SharedUnit, SharedUse>>;
  readonly leases: number;
  /** Repositories beside the one that asks whose ledgers are there. */
  readonly repositories: number;
  /**
   * Those of them that have written nothing for more than a day, or nothing that can be shared, though they did less than three days
   * ago: what happens there now is not known.
   */
  readonly silent: number;
}

/** What the other repositories of the same owner used together in a quarter of an hour. */
export interface OwnerQuarter {
  /** Begin of the quarter. */
  readonly at: Instant;
  /** What is known. */
  readonly known: SharedAmounts;
  /** Pieces of work in `known`. */
  readonly told: SharedAmounts;
  /** All pieces of work, those of unknown amount too. */
  readonly pieces: SharedAmounts;
}

/** The use of other repositories in one unit. */
export interface SharedUse {
  readonly known: number;
  readonly pieces: number;
  readonly assumed: number;
  readonly guessed: number;
  readonly uncounted: number;
  readonly reserved: number;
}
