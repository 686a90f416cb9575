import type { Instant } from './time.ts';

/**
 * What became of a piece of work: a change that was merged and stands; something else that is of use; nothing; what was there already;
 * a change that nobody took; one that was taken back. `open` is not decided yet, and of the `unknown` nobody can tell.
 */
export type WorkClass = 'landed' | 'useful' | 'no-op' | 'duplicate' | 'abandoned' | 'reverted' | 'open' | 'unknown';

/** A run of an agent with all its attempts, or a session that belongs to no run. */
export interface WorkPiece {
  /** Null for a session of no run. */
  readonly run: number | null;
  readonly agent: string;
  readonly workflow: string | null;
  readonly trigger: string | null;
  readonly at: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
  /** How its last attempt ended; null while it goes on, and where that is not known. */
  readonly ended: 'well' | 'badly' | 'skipped' | null;
  /** The sum of the costs that are known, in US dollars. */
  readonly usd: number;
  /** Sessions, or attempts without a record of one, whose cost is not in it. */
  readonly unpriced: number;
  /** How many files its sessions changed; null where no record tells. A lower bound where some do not. */
  readonly changed: number | null;
}

export const WORK_CLASSES: readonly WorkClass[] = [
  'landed',
  'useful',
  'no-op',
  'duplicate',
  'abandoned',
  'reverted',
  'open',
  'unknown',
];

/** Those that came to nothing. */
export const WASTED: ReadonlySet<WorkClass> = new Set(['no-op', 'duplicate', 'abandoned', 'reverted']);

/** A piece of work with what became of it, and why that is said. */
export interface ClassedWork {
  readonly piece: WorkPiece;
  readonly class: WorkClass;
  /** A few words of ours. */
  readonly because: string;
  /** Numbers of the pull requests that it opened. */
  readonly pulls: readonly number[];
}

/** What became of the work of an agent, or of all of them, and what it cost. */
export interface WasteRow {
  /** Null for all agents together. */
  readonly agent: string | null;
  /** Runs with all their attempts, and sessions of no run. */
  readonly pieces: number;
  readonly byClass: Readonly<Record<WorkClass, ClassTotal>>;
  readonly usd: number | null;
  /** Costs that are not in it: with any, it is a lower bound. */
  readonly unpriced: number;
  /** Pull requests made in the time that were merged and stand; null where they could not be read. */
  readonly landed: number | null;
  /** All of what was spent, for each of those; null where nothing landed or no cost is known. */
  readonly usdPerLanded: number | null;
}

export interface ClassTotal {
  readonly pieces: number;
  /** Null where no cost of any of them is known. */
  readonly usd: number | null;
}

export interface WasteReport {
  readonly from: Instant;
  /** No part of it. */
  readonly to: Instant;
  readonly total: WasteRow;
  /** Those that wasted most first. */
  readonly agents: readonly WasteRow[];
  readonly work: readonly ClassedWork[];
}

/** What to change so that less is spent for nothing, and what that is thought to save. Kept so that it can be held against what came. */
export interface Saving {
  readonly agent: string;
  /** Path of the workflow file; null where it is not known. */
  readonly workflow: string | null;
  readonly trigger: string;
  /** Start it once a week, or only where there is work for it. */
  readonly change: 'weekly' | 'narrow';
  readonly at: Instant;
  /** The 28 days before: pieces of work whose end is known, and those of them that came to nothing. */
  readonly decided: number;
  readonly wasted: number;
  /** What all of its work of those days came to in a week. `usdPerWeek` is null where no cost is known. */
  readonly runsPerWeek: number;
  readonly usdPerWeek: number | null;
  /** US dollars in a week; null where no cost is known. */
  readonly savesPerWeek: number | null;
}

/** What came of it in the 28 days after it was told. */
export interface SavingOutcome {
  readonly runsPerWeek: number;
  readonly usdPerWeek: number | null;
  /** US dollars in a week; less than nothing where it got dearer, null where a cost is not known. */
  readonly savedPerWeek: number | null;
  /** Whether it was started clearly less often. */
  readonly heeded: boolean;
}

/** A saving, and what came of it; null while that is not known. */
export interface SavingMark extends Saving {
  readonly id: string;
  readonly outcome: SavingOutcome | null;
}
