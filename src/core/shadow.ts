import type { Instant } from './time.ts';

/** What shadow mode held back: that agents are stopped, or that they may not start. */
export interface WouldHave {
  readonly at: Instant;
  readonly do: 'stop' | 'pause-agent' | 'deny';
  readonly rule: string;
  readonly fingerprint: string;
  /** Null in ledgers that did not keep it. */
  readonly episode: number | null;
  readonly agents: readonly string[];
  /** When it would have ended by itself; null for a stop, which a person ends. */
  readonly until: Instant | null;
}

/** What came to pass that would not have, had it been done. */
export interface Spared {
  /** Dollars of known cost that would have been saved. */
  readonly usd: number;
  /** Sessions without a known cost: with any, `usd` is a lower bound. */
  readonly unpriced: number;
  readonly sessions: number;
  /** Sessions that ended well, so far as their records tell. */
  readonly completed: number;
  /** Pull requests that were opened then and have been merged since: work that people wanted. */
  readonly merged: number;
}

/** One thing that was held back, and what came of that. */
export interface ShadowOutcome extends WouldHave, Spared {
  /** Until when it is reckoned: its end, the end of its alert, a day, or now. */
  readonly to: Instant;
  /** False while there is more to come. */
  readonly isOver: boolean;
  /** What people said of its alert; null while nobody did. */
  readonly verdict: 'incident' | 'false_alarm' | null;
}

/** What enforce mode would have done, to decide by whether to switch it on. */
export interface ShadowReport {
  readonly from: Instant;
  readonly to: Instant;
  /** Oldest first. */
  readonly outcomes: readonly ShadowOutcome[];
  /** Of each rule: work that two of its outcomes have in common counts once. */
  readonly rules: readonly (Spared & { readonly rule: string; readonly times: number; readonly falseAlarms: number })[];
  /** Of all of them: work that several have in common counts once. */
  readonly all: Spared & { readonly times: number; readonly falseAlarms: number };
}
