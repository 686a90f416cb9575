import type { Instant } from './time.ts';
import type { Unit } from './unit.ts';

/** What a detector found unusual, and how: everything a reader needs to judge it. */
export interface Anomaly {
  /** What was watched, in a word: `spend`. */
  readonly metric: string;
  /** The method that found it: `weekday-robust`. */
  readonly method: string;
  readonly value: number;
  readonly unit: Unit;
  /** The range the value was expected in; null on a side without a bound. */
  readonly expected: { readonly low: number | null; readonly high: number | null };
  /** How far the value is from the expected range, in the method's own measure (docs/detection.md). */
  readonly deviation: number;
  /** How sure the method is that this is not chance, in [0, 1]. */
  readonly confidence: number;
  /** The points that the expectation rests on. */
  readonly basis: { readonly from: Instant; readonly to: Instant; readonly points: number };
}
