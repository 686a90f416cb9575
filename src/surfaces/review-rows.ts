import type { Duration, Instant } from '../core/time.ts';
import type { Saving, SavingMark, WasteReport, WorkClass } from '../core/waste.ts';

/** An agent's pull request in the review queue, as shown to people. */
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

/** The review queue; `rows` is null if nobody could look at the pull requests lately. */
export interface QueueView {
  readonly rows: readonly QueueRow[] | null;
  /** What is waiting, how much people can review and when it will be done, in a sentence or two. */
  readonly words: string;
  /** How people answered lately, in a sentence; null if they answered nothing, or that is unknown. */
  readonly answered: string | null;
}

/** What happened to an agent's work in 28 days. */
export interface WasteViewRow {
  /** Null for the total. */
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
  /** The total first, then the agents; empty if nothing was done. */
  readonly rows: readonly WasteViewRow[];
  /** What to change, and what that would save or has saved; the largest saving first. */
  readonly advice: readonly string[];
}

/** The review queue in `queue --json` and `watch --json`; null means unknown. */
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
  /** What people decided in this many days; averages are null if there is nothing to average. */
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

/** What happened to the work, in `waste --json` and `watch --json`. */
export interface WasteSummary extends Pick<WasteReport, 'from' | 'to' | 'total' | 'agents'> {
  /** What to change now. */
  readonly savings: readonly Saving[];
  /** Earlier advice, and what came of it. */
  readonly told: readonly SavingMark[];
}
