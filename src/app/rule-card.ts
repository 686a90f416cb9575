import { budgetRule } from '../budgets/budget-rule.ts';
import type { Config } from '../config/schema.ts';
import type { Alert } from '../core/alert.ts';
import type { RuleCard } from '../responses/issue/controls.ts';
import { RULES } from '../rules/registry.ts';

/** What an issue tells about the rule behind an alert; null when this version has no such rule. Pure. */
export function ruleCard(alert: Alert, config: Config, home: string): RuleCard | null {
  const rule = [budgetRule, ...RULES].find(({ name }) => name === alert.name);
  if (rule === undefined) return null;
  const { name, title, question, remedy } = rule;
  const settings = name === budgetRule.name ? budgetSettings(alert, config) : (config.rules[name] ?? {});
  return {
    name,
    title,
    question,
    remedy,
    settings,
    configuration: name === budgetRule.name ? budgetYaml(settings) : `rules:\n  ${name}:\n    enabled: false`,
    help: `${home}/docs/runbooks/${name}.md`,
  };
}

function budgetSettings(alert: Alert, config: Config): Readonly<Record<string, unknown>> {
  const budget = config.budgets.find(({ name }) => name === alert.labels['budget']);
  return budget === undefined ? {} : { ...budget };
}

/** The budget as it would stand in the configuration file, one setting a line. JSON values are YAML values. */
function budgetYaml(settings: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `budgets:\n  - ${lines.join('\n    ')}`;
}
