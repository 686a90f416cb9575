import type { Duration, Instant } from '../core/time.ts';
import type { Saving, SavingMark, WasteReport, WorkClass } from '../core/waste.ts';

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
  /** How people answered lately, in a sentence; null where they answered nothing, or that is not known. */
  readonly answered: string | null;
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

/** The queue for review as `queue --json` and `watch --json` print it; null is what is not known. */
export interface QueueReport {
  readonly waiting: number | null;
  readonly reason: string;
  readonly capacity: {
    readonly workday: number;
    readonly weekend: number;
    readonly arrivals: number;
    readonly days: number;
  } | null;
  /** UTC days. */
  readonly clear: {
    readonly on: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly growing: boolean;
  } | null;
  /** What people decided in this many days; averages are null where nothing happened that would show them. */
  readonly answered: {
    readonly days: number;
    readonly approved: number;
    readonly rejected: number;
    readonly averageFirstResponseMs: Duration | null;
    readonly averageReviewTimeMs: Duration | null;
    readonly averageRounds: number | null;
  } | null;
  readonly queue: readonly (Omit<QueueRow, 'age'> & { readonly ageMs: Duration })[] | null;
}

/** What became of the work as `waste --json` and `watch --json` print it. */
export interface WasteSummary extends Pick<WasteReport, 'from' | 'to' | 'total' | 'agents'> {
  /** What to change now. */
  readonly savings: readonly Saving[];
  /** What people were told before, and what came of it. */
  readonly told: readonly SavingMark[];
}
