import type { Instant } from '../core/time.ts';

/** One observation of a series: a point of a rollup, a row of a file. `value` is null if nothing is known. */
export interface Reading {
  readonly at: Instant;
  readonly value: number | null;
}

/** The range a value is expected in; null on a side without a bound. */
export interface ExpectedRange {
  readonly low: number | null;
  readonly high: number | null;
}

/** The points that an answer is based on. */
export interface Basis {
  readonly from: Instant;
  readonly to: Instant;
  readonly points: number;
}

/** A score from here on is a report. */
export const REPORT = 0.5;

/** How easily the plain methods report. */
export type Sensitivity = 'low' | 'medium' | 'high';

/** How far back the plain methods look. */
export type LookBack = '1h' | '6h' | '24h' | '30d';

export interface Settings {
  readonly sensitivity: Sensitivity;
  readonly lookBack: LookBack;
}

/** What a method says about a known value, in milliseconds and plain numbers. */
export interface Opinion {
  /** In [0, 1]; 0.5 is the line. */
  readonly score: number;
  readonly expected: ExpectedRange | null;
  /** How far the value is from the expected range, in the method's own measure (docs/detection.md). */
  readonly deviation: number;
  /** How sure the method is that this is not chance, in [0, 1]. */
  readonly confidence: number;
  /** The first and last moment and the number of the points that it is based on. */
  readonly basis: { readonly from: number; readonly to: number; readonly points: number };
}

/** A detector's answer about one reading. */
export type Judgement =
  | { readonly kind: 'unknown'; readonly score: 0; readonly method: string; readonly reason: string }
  | {
      readonly kind: 'judged';
      readonly method: string;
      readonly score: number;
      /** Null if the answer is about a missing value. */
      readonly value: number | null;
      readonly expected: ExpectedRange | null;
      readonly deviation: number;
      readonly confidence: number;
      readonly basis: Basis;
    };

/**
 * One way to tell what is unusual. It judges a point by what came before and then learns it; it never uses what comes after. The
 * state belongs to one series, is bounded, and is updated in place. Nothing else is modified.
 */
export interface Method<State> {
  /** Its name on the command line: `z-score`. */
  readonly name: string;
  readonly summary: string;
  /** The settings it uses; it has its own answer to the others. */
  readonly heeds: readonly (keyof Settings)[];
  begin(settings: Settings): State;
  /** An opinion, or the reason why there is none. `value` is finite and at most 1e150 in size, `at` later than before. */
  judge(state: State, at: number, value: number): Opinion | string;
  /** For methods that can learn something from a point without a value. */
  judgeMissing?(state: State, at: number): Opinion | string;
}

/** The score of a deviation that is `ratio` times the line: 0.5 on the line, approaching 1. */
export function scoreOf(ratio: number): number {
  if (!(ratio > 0)) return 0;
  return ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio);
}
