import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';

/** Mergeable summary of the observations of one metric in one bucket of time. Without a known value its numbers are 0. */
export interface Aggregate {
  /** Observations with a known value. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Observations whose value is not known: they happened, so the sum is a lower bound. */
  readonly unknown: number;
}

export type Step = 'minute' | 'hour' | 'day';

/** One bucket of a series; `aggregate` is null when nothing was observed in it. */
export interface Point {
  readonly at: Instant;
  readonly aggregate: Aggregate | null;
  /** Of a series that was asked for some: the values at these quantiles, in their order; null where that is not known. */
  readonly quantiles?: readonly (number | null)[];
}

/** A metric of a subject over time, oldest first, without holes: one point a step. */
export interface Series {
  readonly metric: string;
  readonly subject: Subject;
  /** Of a measure: the labels that its rows have at least. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly step: Step;
  readonly points: readonly Point[];
}

/** One aggregate that says what both say. */
export function mergeAggregates(a: Aggregate | null, b: Aggregate | null): Aggregate | null {
  if (a === null || b === null) return a ?? b;
  const unknown = a.unknown + b.unknown;
  // The bounds of nothing are no numbers to compare with.
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), unknown };
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    unknown,
  };
}
