import type { Instant } from './time.ts';

/** What shadow mode held back: stopping agents, or keeping them from starting. */
export interface WouldHave {
  readonly at: Instant;
  readonly do: 'stop' | 'pause-agent' | 'deny';
  readonly rule: string;
  readonly fingerprint: string;
  /** Null in ledgers that did not record it. */
  readonly episode: number | null;
  readonly agents: readonly string[];
  /** When it would have ended by itself; null for a stop, which only a person ends. */
  readonly until: Instant | null;
}

/** What happened that would not have happened had it been done. */
export interface Spared {
  /** Dollars of known cost that would have been saved. */
  readonly usd: number;
  /** Sessions without a known cost. If there are any, `usd` is a lower bound. */
  readonly unpriced: number;
  readonly sessions: number;
  /** Sessions that ended well, as far as their records show. */
  readonly completed: number;
  /** Pull requests opened in that time and merged since: work that people wanted. */
  readonly merged: number;
}

/** One thing that was held back, and what came of that. */
export interface ShadowOutcome extends WouldHave, Spared {
  /** The end of the period that is counted: its own end, the end of its alert, a day, or now. */
  readonly to: Instant;
  /** False while there is more to come. */
  readonly isOver: boolean;
  /** What people said about its alert; null if nobody did. */
  readonly verdict: 'incident' | 'false_alarm' | null;
}

/** What enforce mode would have done, to help decide whether to switch it on. */
export interface ShadowReport {
  readonly from: Instant;
  readonly to: Instant;
  /** Oldest first. */
  readonly outcomes: readonly ShadowOutcome[];
  /** Per rule. Work that several of its outcomes share counts once. */
  readonly rules: readonly (Spared & { readonly rule: string; readonly times: number; readonly falseAlarms: number })[];
  /** For all of them. Work that several share counts once. */
  readonly all: Spared & { readonly times: number; readonly falseAlarms: number };
}
