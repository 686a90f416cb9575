import { budgetRule } from '../budgets/budget-rule.ts';
import type { Config } from '../config/schema.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Instant } from '../core/time.ts';
import { RULES } from '../rules/registry.ts';

/** Puts the question of every rule that is switched on. */
export function askRules(facts: Facts, config: Config, now: Instant): readonly Finding[] {
  const enabled = config.rules[budgetRule.name]?.['enabled'] !== false;
  return [
    ...budgetRule.judge(facts, { enabled, budgets: config.budgets }, now),
    ...RULES.flatMap((rule) => rule.judge(facts, config.rules[rule.name], now)),
  ];
}
