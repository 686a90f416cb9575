import { budgetRule } from '../../budgets/budget-rule.ts';
import { burnRateRule } from '../../budgets/burn-rate-rule.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import type { Config } from '../../config/schema.ts';
import type { Facts, SessionMark } from '../../core/facts.ts';
import type { Finding } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import type { AgentSchedule } from '../../rules/anomaly/options.ts';
import { toldByOthers } from '../../rules/anomaly/told-by-others.ts';
import { anomaly } from '../../rules/anomaly.ts';
import { judgeConditions } from '../../rules/conditions/judge.ts';
import { RULES } from '../../rules/registry.ts';
import { reviewBacklog } from '../../rules/review-backlog.ts';
import { bareModel } from '../../sources/prices/model-name.ts';
import { conditionsOf } from './conditions.ts';

/** Asks every enabled rule, including people's own. */
export function askRules(facts: Facts, config: Config, now: Instant): readonly Finding[] {
  const seen = { ...facts, sessions: pricedSince(facts.sessions, config) };
  const findings = [
    ...BUDGET_RULES.flatMap((rule) => rule.judge(seen, { ...config.rules[rule.name], budgets: config.budgets }, now)),
    ...RULES.flatMap((rule) => rule.judge(seen, settingsOf(rule.name, config), now)),
    ...judgeConditions(seen, conditionsOf(config), now).map(({ finding }) => finding),
  ];
  return toldByOthers(findings, { anomalies: anomaly.name, burnRates: burnRateRule.name, budgets: budgetRule.name });
}

/** Review capacity and agent schedules have configuration sections of their own. */
function settingsOf(name: string, { rules, reviews, agents }: Config): unknown {
  switch (name) {
    case reviewBacklog.name:
      return { ...rules[name], reviews };
    case anomaly.name:
      return { ...rules[name], schedules: schedulesOf(agents) };
    default:
      return rules[name];
  }
}

function schedulesOf(agents: Config['agents']): readonly AgentSchedule[] {
  return agents.flatMap(({ name: agent, schedule }) => (schedule === undefined ? [] : [{ agent, ...schedule }]));
}

/** The sessions without models that have since been priced in the configuration: nobody needs to be told about those again. */
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
