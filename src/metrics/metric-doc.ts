import type { Labels } from '../core/label.ts';
import type { Unit } from '../core/unit.ts';

/** One metric, as docs/metrics.md shows it. */
export interface MetricDoc {
  /** Path below `metrics`, as rule conditions and `watch --json` use it; `*` for names that the world brings. */
  readonly name: string;
  readonly unit: Unit;
  /** Of a metric that is a word: all that it can be. */
  readonly values?: readonly string[];
  readonly reduction: Reduction;
  /** Of the reduction `measures`: which. */
  readonly of?: OfMeasures;
  /** The events that it comes from. */
  readonly source: string;
  /** How it is derived from them. */
  readonly fold: string;
  /** When its value is `null` instead of a number. */
  readonly unknownWhen: string;
}

/**
 * How measures of the last seven days become one number: the mean or the sum of the observations, how many of them were 0, or what the last
 * day with any says, summed over the sets of labels.
 */
export type MeasureFold = 'mean' | 'sum' | 'zeros' | 'latest';

/** Which measures a metric of the catalogue is made of. */
export interface OfMeasures {
  readonly metric: string;
  /** Only of sets that have these labels. */
  readonly labels: Labels;
  readonly fold: MeasureFold;
}

/**
 * How the observations of a period become one number. `now` = a state of the moment, without a past;
 * `unknown cost` = how many of them have no known cost; `last drill` = of the last live drill of the stop, for the repository
 * alone and whenever it was held; `judged alerts` = of the last 90 days, `forecasts` = of the forecasts of budgets, and `calls` = of the
 * calls of tools of the last 24 hours, `measures` = of what was measured in the last seven days, `improvements` and `opinions` = of the last 90 days, `waste` = of the work of the last 28, all for the repository alone; `tool errors` and `tool calls` = of sessions.toolErrors and
 * sessions.toolCalls of the period; `none` = no source measures it yet.
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
