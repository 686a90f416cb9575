import type { Duration, Instant } from '../core/time.ts';
import type { WorkClass } from '../core/waste.ts';

/** A pull request of an agent in the queue for review, as it is shown to people. */
export interface QueueRow {
  readonly number: number;
  readonly agent: string | null;
  readonly state: 'waiting' | 'changes' | 'approved' | 'draft';
  readonly since: Instant;
  readonly age: Duration;
  readonly late: boolean;
  readonly owners: readonly string[];
  readonly rounds: number;
}

/** The queue for review; `rows` is null where nobody could look at the pull requests lately. */
export interface QueueView {
  readonly rows: readonly QueueRow[] | null;
  /** What waits, what people can look at and when it is done, in a sentence or two. */
  readonly words: string;
}

/** What became of the work of an agent in 28 days. */
export interface WasteViewRow {
  /** Null for all together. */
  readonly agent: string | null;
  readonly pieces: number;
  readonly byClass: Readonly<Record<WorkClass, number>>;
  /** A lower bound when `unpriced` is not 0. */
  readonly usd: number | null;
  readonly wastedUsd: number | null;
  readonly unpriced: number;
  readonly usdPerLanded: number | null;
}

export interface WasteView {
  readonly from: Instant;
  readonly to: Instant;
  /** That of all together first, then those of the agents; empty where nothing was done. */
  readonly rows: readonly WasteViewRow[];
  /** What to change, and what that would save or has saved; the one that saves most first. */
  readonly advice: readonly string[];
}
