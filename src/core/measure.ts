import type { Aggregate } from './series.ts';
import type { SketchData } from './sketch.ts';
import type { Instant } from './time.ts';

/** The distribution of values: the part of a sketch that an aggregate does not contain. */
export type Spread = Pick<SketchData, 'zeros' | 'bins'>;

/** What was measured of one metric with one set of labels within one UTC minute. Mergeable, so single values need not be kept. */
export interface Measure {
  /** Lower-case words with dots: `tool.latency`. The unit belongs to the metric. */
  readonly metric: string;
  /** Who or what was measured: `{ server: 'github', tool: 'get_issue' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The first moment of the minute. */
  readonly minute: Instant;
  readonly aggregate: Aggregate;
  /** Null if a value is negative, because the sketch has no place for those. */
  readonly spread: Spread | null;
}
