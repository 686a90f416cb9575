import type { Severity } from '../core/outcome.ts';
import { DAY, type Duration, HOUR, MINUTE } from '../core/time.ts';

/** How patient the alerts of a rule are, and how they treat missing answers. */
export interface AlertPolicy {
  /** How long the condition must hold before the alert becomes active; equality is enough. */
  readonly for: Duration;
  /** How long it must be seen to be gone before the alert ends, counted from the first look that saw it gone. */
  readonly keepFiringFor: Duration;
  /**
   * What `for` is measured on. `data`: the condition is based on records with times, and a finding may say since when it holds.
   * `observations`: it is sampled, so it must also be seen `minObservations` times in a row. `event`: something happened once, so
   * there is nothing to wait for and nothing that ends.
   */
  readonly mode: 'data' | 'observations' | 'event';
  readonly minObservations: number;
  /** How an unknown answer is read: `keep` changes nothing, `alert` is violated, `ok` is ok. */
  readonly noData: 'keep' | 'alert' | 'ok';
  /** A longer time without an answer while an alert is waiting does not count as waiting, unless the data cover that time. */
  readonly maxGap: Duration;
  /** The severity if `noData` is `alert` and no answer has set it. */
  readonly severity: Severity;
}

/** By rule name. What is left out is as in the default. */
export type AlertPolicies = Readonly<Record<string, Partial<AlertPolicy>>>;

/**
 * What a rule sees comes from records with times, so waiting before the first message would only delay it. Before the last message
 * we look twice, at least a quarter of an hour apart, so that something that flickers is one story.
 */
const DEFAULT_POLICY: AlertPolicy = {
  for: 0,
  keepFiringFor: 15 * MINUTE,
  mode: 'data',
  minObservations: 2,
  noData: 'keep',
  maxGap: HOUR,
  severity: 'warning',
};

/** Spend does not flicker: it only grows until the period ends. */
const FINAL: Partial<AlertPolicy> = { for: 0, keepFiringFor: 0 };

/** The policies of rules that differ from the default, by rule name. */
export const POLICIES: AlertPolicies = { budget: FINAL };

/** An alert whose condition was seen to be gone ends after this time at the latest. */
export const AUTO_RESOLVE: Duration = DAY;

/** An alert that comes back within this time flaps. */
export const DEDUP: Duration = HOUR;

/** The policy of a rule. */
export function policyOf(policies: AlertPolicies, rule: string): AlertPolicy {
  const own = Object.hasOwn(policies, rule) ? policies[rule] : undefined;
  return own === undefined ? DEFAULT_POLICY : { ...DEFAULT_POLICY, ...own };
}

/** The policies of the program's own rules combined with those of others. The given ones take precedence, option by option. */
export function mergePolicies(given: AlertPolicies): AlertPolicies {
  const names = [...new Set([...Object.keys(POLICIES), ...Object.keys(given)])];
  const merged = names.map((name) => {
    const theirs = Object.hasOwn(given, name) ? given[name] : undefined;
    return [name, { ...(Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined), ...theirs }] as const;
  });
  return Object.fromEntries(merged);
}
