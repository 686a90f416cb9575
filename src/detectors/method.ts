import type { Instant } from '../core/time.ts';

/** One observation of a series: a point of a rollup, a row of a file. `value` is null where nothing is known. */
export interface Reading {
  readonly at: Instant;
  readonly value: number | null;
}

/** Where a value is expected to lie; null where a side has no bound. */
export interface ExpectedRange {
  readonly low: number | null;
  readonly high: number | null;
}

/** The points that an answer rests on. */
export interface Basis {
  readonly from: Instant;
  readonly to: Instant;
  readonly points: number;
}

/** A score from here on is a report. */
export const REPORT = 0.5;

/** How easily the plain methods speak. */
export type Sensitivity = 'low' | 'medium' | 'high';

/** How far back the plain methods look. */
export type LookBack = '1h' | '6h' | '24h' | '30d';

export interface Settings {
  readonly sensitivity: Sensitivity;
  readonly lookBack: LookBack;
}

/** What a method says of a known value, in milliseconds and plain numbers. */
export interface Opinion {
  /** In [0, 1]; 0.5 is the line. */
  readonly score: number;
  readonly expected: ExpectedRange | null;
  /** How far the value lies from what was expected, in the method's own measure (docs/detection.md). */
  readonly deviation: number;
  /** How sure the method is that so much is no chance, in [0, 1]. */
  readonly confidence: number;
  /** The first and last moment and the number of the points that it rests on. */
  readonly basis: { readonly from: number; readonly to: number; readonly points: number };
}

/** A detector's answer about one reading. */
export type Judgement =
  | { readonly kind: 'unknown'; readonly score: 0; readonly method: string; readonly reason: string }
  | {
      readonly kind: 'judged';
      readonly method: string;
      readonly score: number;
      /** Null where the answer is about a value that is missing. */
      readonly value: number | null;
      readonly expected: ExpectedRange | null;
      readonly deviation: number;
      readonly confidence: number;
      readonly basis: Basis;
    };

/**
 * One way to tell what is unusual. It judges a point by what came before and then learns it: never by what comes after.
 * The state belongs to one series, is bounded, and is advanced in place; nothing else is touched.
 */
export interface Method<State> {
  /** As it is named on the command line: `z-score`. */
  readonly name: string;
  readonly summary: string;
  /** The settings that it heeds; it has its own answer to the others. */
  readonly heeds: readonly (keyof Settings)[];
  begin(settings: Settings): State;
  /** An opinion, or the reason why there is none. `value` is finite and at most 1e150 in size, `at` later than before. */
  judge(state: State, at: number, value: number): Opinion | string;
  /** For methods that can read something out of a point without a value. */
  judgeMissing?(state: State, at: number): Opinion | string;
}

/** The score of a deviation that is `ratio` times the line: 0.5 on it, 1 without end. */
export function scoreOf(ratio: number): number {
  if (!(ratio > 0)) return 0;
  return ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio);
}
