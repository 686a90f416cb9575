import { canonicalJson } from './canonical.ts';
import type { MeasureRow } from './measure-row.ts';
import type { Step } from './series.ts';
import type { Duration } from './time.ts';

type Labels = MeasureRow['labels'];

/**
 * A series that a rule wants to judge by. The metric is one of docs/metrics.md that is kept by hour and day, of the repository
 * (no labels) or of an agent (`{ agent }`); or a measure, over all rows that have at least these labels.
 */
export interface SeriesRequest {
  readonly metric: string;
  readonly labels: Labels;
  /** What is kept by hour and day alone has no minutes. */
  readonly step: Step;
  /** How long before the moment of judging the first bucket lies; the last one is that of the moment. */
  readonly lookBack: Duration;
  /** Quantiles in [0, 1] that each point is to tell; none when left out. */
  readonly quantiles?: readonly number[];
}

/** The sets of labels that a measure was recorded with in the last 30 days, in order; none for a measure that nobody recorded. */
export type LabelSets = (metric: string) => readonly Labels[];

/** The same text for requests that ask the same. */
export function requestKey({ metric, labels, step, lookBack, quantiles = [] }: SeriesRequest): string {
  return canonicalJson([metric, labels, step, lookBack, quantiles]);
}
