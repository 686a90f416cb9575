import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';

/** Mergeable summary of the observations of one metric in one bucket of time. Its numbers are 0 if there is no known value. */
export interface Aggregate {
  /** Observations with a known value. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Observations whose value is not known. They happened, so the sum is a lower bound. */
  readonly unknown: number;
}

export type Step = 'minute' | 'hour' | 'day';

/** One bucket of a series; `aggregate` is null if nothing was observed in it. */
export interface Point {
  readonly at: Instant;
  readonly aggregate: Aggregate | null;
  /** The values at the requested quantiles, in their order; null if not known. */
  readonly quantiles?: readonly (number | null)[];
}

/** A metric of a subject over time, oldest first, without gaps: one point per step. */
export interface Series {
  readonly metric: string;
  readonly subject: Subject;
  /** For a measure: labels that all its rows have. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly step: Step;
  readonly points: readonly Point[];
}

/** One aggregate that combines both. */
export function mergeAggregates(a: Aggregate | null, b: Aggregate | null): Aggregate | null {
  if (a === null || b === null) return a ?? b;
  const unknown = a.unknown + b.unknown;
  // An empty aggregate has no meaningful bounds to compare.
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), unknown };
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    unknown,
  };
}
