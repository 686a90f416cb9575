import { budgetRule } from '../budgets/budget-rule.ts';
import type { Config } from '../config/schema.ts';
import type { Facts, SessionMark } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Instant } from '../core/time.ts';
import { toldByBudgets } from '../rules/anomaly/told-by-budget.ts';
import { anomaly } from '../rules/anomaly.ts';
import { RULES } from '../rules/registry.ts';
import { bareModel } from '../sources/prices/model-name.ts';

/** Puts the question of every rule that is switched on. */
export function askRules(facts: Facts, config: Config, now: Instant): readonly Finding[] {
  const enabled = config.rules[budgetRule.name]?.['enabled'] !== false;
  const seen = { ...facts, sessions: pricedSince(facts.sessions, config) };
  const findings = [
    ...budgetRule.judge(seen, { enabled, budgets: config.budgets }, now),
    ...RULES.flatMap((rule) => rule.judge(seen, config.rules[rule.name], now)),
  ];
  return toldByBudgets(findings, anomaly.name, budgetRule.name);
}

/** The sessions without the models that the configuration has come to price since: nobody needs to be told of those again. */
function pricedSince(sessions: readonly SessionMark[], { prices }: Config): readonly SessionMark[] {
  if (prices.length === 0) return sessions;
  const known = new Set(prices.map(({ model }) => bareModel(model)));
  return sessions.map((mark) => {
    const { unpriced, ...rest } = mark;
    if (unpriced === undefined) return mark;
    const models = unpriced.models.filter((model) => !known.has(bareModel(model)));
    return models.length === 0 ? rest : { ...rest, unpriced: { ...unpriced, models } };
  });
}
