import { type Duration, MINUTE } from '../core/time.ts';

/** How patient an alert is. */
export interface AlertPolicy {
  /** How long the condition must hold before the alert becomes active. */
  readonly for: Duration;
  /** How long it must be seen gone before the alert ends; counted from the first look that saw it gone. */
  readonly keepFiringFor: Duration;
}

/**
 * What a rule sees comes from records with times, so that waiting before the first word would only delay it. Before the last
 * word we look twice, at least a quarter of an hour apart: what flickers is one story.
 */
const DEFAULT_POLICY: AlertPolicy = { for: 0, keepFiringFor: 15 * MINUTE };

/** What is spent does not flicker: it is only ever more, until the period ends. */
const FINAL: AlertPolicy = { for: 0, keepFiringFor: 0 };

/** The policies of rules that differ from the default, by the rule's name. */
export const POLICIES: Readonly<Record<string, AlertPolicy>> = { budget: FINAL };

/** The policy of a rule. */
export function policyOf(policies: Readonly<Record<string, AlertPolicy>>, rule: string): AlertPolicy {
  return (Object.hasOwn(policies, rule) ? policies[rule] : undefined) ?? DEFAULT_POLICY;
}
