import type { Labels } from '../core/label.ts';
import type { Unit } from '../core/unit.ts';

/** One metric, as docs/metrics.md shows it. */
export interface MetricDoc {
  /** Path below `metrics`, as used by rule conditions and `watch --json`; `*` for names from outside. */
  readonly name: string;
  readonly unit: Unit;
  /** All possible values of a metric that is a word. */
  readonly values?: readonly string[];
  readonly reduction: Reduction;
  /** For the reduction `measures`: which ones. */
  readonly of?: OfMeasures;
  /** The events it comes from. */
  readonly source: string;
  /** How it is derived from them. */
  readonly fold: string;
  /** When its value is `null` instead of a number. */
  readonly unknownWhen: string;
}

/**
 * How measures of the last seven days become one number: the mean or the sum of the observations, how many of them were 0, or the
 * value of the last day with any, summed over the label sets.
 */
export type MeasureFold = 'mean' | 'sum' | 'zeros' | 'latest';

/** Which measures a catalogue metric consists of. */
export interface OfMeasures {
  readonly metric: string;
  /** Only sets that have these labels. */
  readonly labels: Labels;
  readonly fold: MeasureFold;
}

/**
 * How the observations of a period become one number. `now` = a state of the moment, without a past. `unknown cost` = how many of
 * them have no known cost. `tool errors` and `tool calls` = from sessions.toolErrors and sessions.toolCalls of the period. `none` =
 * no source measures it yet. The rest exist for the repository only: `last drill` = from the last live drill of the stop, whenever
 * it was held; `judged alerts`, `improvements` and `opinions` = from the last 90 days; `forecasts` = from the forecasts of budgets;
 * `calls` = from the tool calls of the last 24 hours; `measures` = from what was measured in the last seven days; `waste` = from
 * the work of the last 28 days.
 */
export type Reduction =
  | 'sum'
  | 'mean'
  | 'now'
  | 'unknown cost'
  | 'last drill'
  | 'judged alerts'
  | 'forecasts'
  | 'calls'
  | 'measures'
  | 'tool errors'
  | 'tool calls'
  | 'review queue'
  | 'reviews'
  | 'improvements'
  | 'opinions'
  | 'waste'
  | 'none';
