import type { Instant } from './time.ts';

/**
 * What became of a piece of work: a change that was merged and stays; something else that is useful; nothing; something that
 * already existed; a change that nobody took; one that was reverted. `open` is not decided yet, and `unknown` cannot be told.
 */
export type WorkClass = 'landed' | 'useful' | 'no-op' | 'duplicate' | 'abandoned' | 'reverted' | 'open' | 'unknown';

/** An agent's run with all its attempts, or a session that belongs to no run. */
export interface WorkPiece {
  /** Null for a session without a run. */
  readonly run: number | null;
  readonly agent: string;
  readonly workflow: string | null;
  readonly trigger: string | null;
  readonly at: Instant;
  /** Null while it is still running. */
  readonly endedAt: Instant | null;
  /** How its last attempt ended; null while it is running, and if that is not known. */
  readonly ended: 'well' | 'badly' | 'skipped' | null;
  /** The sum of the known costs, in US dollars. */
  readonly usd: number;
  /** Sessions, or attempts without a record of one, whose cost is not included. */
  readonly unpriced: number;
  /** How many files its sessions changed; null if no record says. A lower bound if some do not. */
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

/** Work that came to nothing. */
export const WASTED: ReadonlySet<WorkClass> = new Set(['no-op', 'duplicate', 'abandoned', 'reverted']);

/** A piece of work with what became of it, and why we say so. */
export interface ClassedWork {
  readonly piece: WorkPiece;
  readonly class: WorkClass;
  /** A few words of our own. */
  readonly because: string;
  /** Numbers of the pull requests that it opened. */
  readonly pulls: readonly number[];
}

/** What became of the work of an agent, or of all agents, and what it cost. */
export interface WasteRow {
  /** Null for all agents together. */
  readonly agent: string | null;
  /** Runs with all their attempts, and sessions without a run. */
  readonly pieces: number;
  readonly byClass: Readonly<Record<WorkClass, ClassTotal>>;
  readonly usd: number | null;
  /** Costs that are not included. If there are any, the sum is a lower bound. */
  readonly unpriced: number;
  /** Pull requests made in that time that were merged and stay; null if they could not be read. */
  readonly landed: number | null;
  /** Total spend for each of those; null if nothing landed or no cost is known. */
  readonly usdPerLanded: number | null;
}

export interface ClassTotal {
  readonly pieces: number;
  /** Null if none of their costs is known. */
  readonly usd: number | null;
}

export interface WasteReport {
  readonly from: Instant;
  /** Not included. */
  readonly to: Instant;
  readonly total: WasteRow;
  /** Those that wasted most first. */
  readonly agents: readonly WasteRow[];
  readonly work: readonly ClassedWork[];
}

/**
 * What to change so that less is spent for nothing, and the expected saving. Kept so that it can be compared with what happened.
 */
export interface Saving {
  readonly agent: string;
  /** Path of the workflow file; null if not known. */
  readonly workflow: string | null;
  readonly trigger: string;
  /** Start it once a week, or only if there is work for it. */
  readonly change: 'weekly' | 'narrow';
  readonly at: Instant;
  /** The 28 days before: pieces of work whose end is known, and how many of them came to nothing. */
  readonly decided: number;
  readonly wasted: number;
  /** The weekly totals of all of its work in those days. `usdPerWeek` is null if no cost is known. */
  readonly runsPerWeek: number;
  readonly usdPerWeek: number | null;
  /** US dollars per week; null if no cost is known. */
  readonly savesPerWeek: number | null;
}

/** The outcome in the 28 days after it was announced. */
export interface SavingOutcome {
  readonly runsPerWeek: number;
  readonly usdPerWeek: number | null;
  /** US dollars per week; negative if it got more expensive, null if a cost is not known. */
  readonly savedPerWeek: number | null;
  /** Whether it was started clearly less often. */
  readonly heeded: boolean;
}

/** A saving and its outcome; null while that is not known. */
export interface SavingMark extends Saving {
  readonly id: string;
  readonly outcome: SavingOutcome | null;
}
