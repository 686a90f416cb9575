import type { BudgetUnit } from './budget.ts';
import type { Instant } from './time.ts';

/** Units that can be added up across repositories. */
export type SharedUnit = Exclude<BudgetUnit, 'open_pull_requests'>;

export const SHARED_UNITS: readonly SharedUnit[] = ['usd', 'tokens', 'minutes', 'runs'];

/** An amount in each unit that can be added up across repositories. */
export type SharedAmounts = Readonly<Record<SharedUnit, number>>;

/** What an agent used in a quarter of an hour in one repository, for questions about many repositories at once. */
export interface UseRow {
  /** Start of the quarter. All time zones differ by whole quarters of an hour, so every day starts with one. */
  readonly at: Instant;
  readonly agent: string;
  /** The known amounts. */
  readonly known: SharedAmounts;
  /** Number of pieces of work in `known`. */
  readonly pieces: SharedAmounts;
  /** What work of unknown amount is assumed to have used, and how many pieces that is. */
  readonly assumed: SharedAmounts;
  readonly guessed: SharedAmounts;
  /** Pieces for which no estimate is possible. */
  readonly uncounted: SharedAmounts;
}

/** What a lease of one repository holds in addition to its `UseRow`s. */
export interface HeldRow {
  readonly lease: string;
  readonly at: Instant;
  /** When it stops holding anything; null for what was spent and is not on record yet. */
  readonly until: Instant | null;
  readonly amounts: SharedAmounts;
}

/** What one repository shares with the others of its owner. */
export interface SharedBooks {
  /** The rows of the UTC days that have changed, each day complete. */
  readonly days: readonly { readonly day: string; readonly rows: readonly UseRow[] }[];
  /** Everything that is held; null if that has not changed. */
  readonly held: readonly HeldRow[] | null;
}

/** A query about the other repositories of the same owner. */
export interface OwnerQuery {
  readonly from: Instant;
  /** Not included. */
  readonly to: Instant;
  /** Leases that expired by then hold nothing. */
  readonly now: Instant;
}

/** What the other repositories of the same owner have used and hold. */
export interface OwnerUse {
  readonly query: OwnerQuery;
  readonly units: Readonly<Record<SharedUnit, SharedUse>>;
  readonly leases: number;
  /** Number of other repositories whose ledgers are there. */
  readonly repositories: number;
  /**
   * How many of them are silent: they did something less than three days ago, but have written nothing, or nothing that can be
   * shared, for more than a day. What happens there now is not known.
   */
  readonly silent: number;
}

/** What the other repositories of the same owner used together in a quarter of an hour. */
export interface OwnerQuarter {
  /** Start of the quarter. */
  readonly at: Instant;
  /** The known amounts. */
  readonly known: SharedAmounts;
  /** Number of pieces of work in `known`. */
  readonly told: SharedAmounts;
  /** All pieces of work, including those of unknown amount. */
  readonly pieces: SharedAmounts;
}

/** What other repositories use in one unit. */
export interface SharedUse {
  readonly known: number;
  readonly pieces: number;
  readonly assumed: number;
  readonly guessed: number;
  readonly uncounted: number;
  readonly reserved: number;
}
