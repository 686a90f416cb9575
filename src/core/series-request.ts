import { canonicalJson } from './canonical.ts';
import type { MeasureRow } from './measure-row.ts';
import type { Step } from './series.ts';
import type { Duration } from './time.ts';

type Labels = MeasureRow['labels'];

/**
 * A series that a rule judges by. The metric is either one of docs/metrics.md that is kept by hour and day, for the repository (no
 * labels) or an agent (`{ agent }`), or a measure, over all rows that have at least these labels.
 */
export interface SeriesRequest {
  readonly metric: string;
  readonly labels: Labels;
  /** Metrics kept only by hour and day have no minutes. */
  readonly step: Step;
  /** How far back the first bucket is from the moment of judging. The last bucket is the one of that moment. */
  readonly lookBack: Duration;
  /** Quantiles in [0, 1] to include in each point; none if left out. */
  readonly quantiles?: readonly number[];
}

/** The label sets a measure was recorded with in the last 30 days, in order; none if it was never recorded. */
export type LabelSets = (metric: string) => readonly Labels[];

/** The same text for requests that ask for the same. */
export function requestKey({ metric, labels, step, lookBack, quantiles = [] }: SeriesRequest): string {
  return canonicalJson([metric, labels, step, lookBack, quantiles]);
}
