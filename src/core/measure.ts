import type { Aggregate } from './series.ts';
import type { SketchData } from './sketch.ts';
import type { Instant } from './time.ts';

/** How values are spread: the part of a sketch that an aggregate does not hold. */
export type Spread = Pick<SketchData, 'zeros' | 'bins'>;

/** What was measured of one metric with one set of labels within one UTC minute; mergeable, so that single values need not be kept. */
export interface Measure {
  /** Lower-case words with dots: `tool.latency`. The unit belongs to the metric. */
  readonly metric: string;
  /** Of whom or what: `{ server: 'github', tool: 'get_issue' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The first moment of the minute. */
  readonly minute: Instant;
  readonly aggregate: Aggregate;
  /** Null where a value is negative, for which the sketch has no place. */
  readonly spread: Spread | null;
}
