import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import type { LabelSets, SeriesRequest } from './series-request.ts';
import type { Instant } from './time.ts';

/**
 * One question that Checkrein keeps asking, self-contained: its options with their defaults, and its judge. The rule reference
 * (docs/rules.md) is generated from these members.
 */
export interface Rule<Options, Schema = unknown> {
  /** As it appears in the configuration and in alerts: `failure-spike`. */
  readonly name: string;
  /** A few words for a heading: `Many sessions fail`. */
  readonly title: string;
  /** The question in one sentence: `Do more of an agent's sessions fail than usual?` */
  readonly question: string;
  /** What a person can do, as short imperative sentences. */
  readonly remedy: readonly string[];
  /** Strict schema of the options, each with a description and a default. The configuration is built from these. */
  readonly options: Schema;
  /**
   * The series that `judge` is going to request from `facts.measured`, given its options and what is available (`facts.labelSets`
   * gives `judge` the same answers). Left out by rules that request none. Pure.
   */
  needs?(options: Options, labelSets: LabelSets): readonly SeriesRequest[];
  /** Pure: the same facts, options and moment give the same findings. */
  judge(facts: Facts, options: Options, now: Instant): readonly Finding[];
}
