import { writtenBudget } from '../../budgets/budget.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import type { Config } from '../../config/schema.ts';
import type { Alert } from '../../core/alert.ts';
import { OWN_VOICES, type OwnVoice, WATCHDOG } from '../../core/own-voice.ts';
import type { RuleCard } from '../../responses/issue/controls.ts';
import { RULES } from '../../rules/registry.ts';
import { settingText } from './setting-text.ts';

/** What an issue says about the rule behind an alert; null when this version has no such rule. Pure. */
export function ruleCard(alert: Alert, config: Config, home: string): RuleCard | null {
  const rule = [...BUDGET_RULES, ...RULES].find(({ name }) => name === alert.name);
  if (rule === undefined) return voiceCard(alert, config, home) ?? ownCard(alert, config, home);
  const { name, title, question, remedy } = rule;
  const ofBudget = BUDGET_RULES.some((each) => each.name === name);
  const inForce = config.rules[name] ?? {};
  return {
    name,
    title,
    question,
    remedy,
    settings: ofBudget ? { ...inForce, ...budgetSettings(alert, config) } : inForce,
    configuration: [...(ofBudget ? budgetLines(config) : []), ...ruleLines(name, inForce)].join('\n'),
    help: `${home}/docs/runbooks/${name}.md`,
  };
}

/** The card for what Checkrein reports about itself; null for anything else. */
function voiceCard({ name }: Alert, { policy }: Config, home: string): RuleCard | null {
  const voice = OWN_VOICES.find((own) => own.name === name);
  if (voice === undefined) return null;
  const { title, question, remedy } = voice;
  const settings = voiceSettings(voice, policy);
  const lines = Object.entries(settings).map(([key, value]) => `  ${key}: ${settingText(value)}`);
  const configuration = ['policy:', ...lines].join('\n');
  return { name, title, question, remedy, settings, configuration, help: `${home}/docs/runbooks/${name}.md` };
}

function voiceSettings(
  { name }: OwnVoice,
  { watchdog, fallback }: Config['policy'],
): Readonly<Record<string, unknown>> {
  return name === WATCHDOG.name ? { watchdog } : { fallback };
}

/** The card of a rule that people wrote; null when the configuration has none of that name. */
function ownCard({ name }: Alert, { alerts }: Config, home: string): RuleCard | null {
  const rule = alerts.rules.find((own) => own.name === name);
  if (rule === undefined) return null;
  const { severity, condition, mode, channels, runbook, noData } = rule;
  const wait = `${rule.for / 1_000}s`;
  const written = { name, condition: condition.source, ...(mode === 'event' ? {} : { duration: wait }), channels };
  return {
    name,
    title: name,
    question: 'Does the condition of this rule hold?',
    remedy: [
      'See which values decided, above, and what changed about them.',
      `Ask \`checkrein rules explain ${name}\` why it fires and when the next message goes out.`,
    ],
    settings: { condition: condition.source, severity, for: wait, for_mode: mode, no_data: noData },
    configuration: ['alerts:', `  ${severity}:`, `    - ${settingText(written)}`].join('\n'),
    help: runbook ?? `${home}/docs/alerts-language.md`,
  };
}

function budgetSettings(alert: Alert, config: Config): Readonly<Record<string, unknown>> {
  const budget = config.budgets.find(({ name }) => name === alert.labels['budget']);
  return budget === undefined ? {} : writtenBudget(budget);
}

/** An issue has room for 60 lines of configuration. */
const MAX_BUDGETS = 50;

/** The whole list in force: a single entry pasted into a file would remove all others. */
function budgetLines({ budgets }: Config): readonly string[] {
  if (budgets.length > MAX_BUDGETS) return [`# Change your list of budgets where it stands: it has ${budgets.length}.`];
  if (budgets.length === 0) return ['budgets: []'];
  const list = budgets.map((budget) => `  - ${settingText(writtenBudget(budget))}`);
  return ['# All that are in force: a list of budgets replaces the list before it.', 'budgets:', ...list];
}

function ruleLines(name: string, settings: Readonly<Record<string, unknown>>): readonly string[] {
  const lines = Object.entries(settings).map(([key, value]) => {
    return `    ${key}: ${settingText(value)}${key === 'enabled' ? ' # false turns it off' : ''}`;
  });
  return ['rules:', `  ${name}:`, ...lines];
}
