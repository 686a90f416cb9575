import { writtenBudget } from '../../budgets/budget.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import type { Config } from '../../config/schema.ts';
import { plainLine } from '../../core/text.ts';
import type { ConditionRule } from '../../rules/conditions/rule.ts';
import { RULES } from '../../rules/registry.ts';
import { settingText } from '../judge/setting-text.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { loadWholeConfig, readLocalText } from '../shell/load-config.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';

const VERBS = ['list', 'check', 'test', 'explain', 'export'];

/** The verbs that take a flag; every verb takes `--config`. */
const VERBS_OF: Readonly<Record<string, readonly string[]>> = {
  'allow-missing-channels': ['check'],
  format: ['export'],
  ledger: ['explain', 'export'],
  now: ['explain', 'export'],
  json: ['list', 'check', 'test', 'explain'],
};

function refuseStrayFlags(verb: string, invocation: Invocation): void {
  for (const [flag, verbs] of Object.entries(VERBS_OF)) {
    if (!invocation.has(flag) || verbs.includes(verb)) continue;
    throw new UsageError(`--${flag} goes with ${verbs.map((each) => `'rules ${each}'`).join(', ')} only.`);
  }
}

/** `checkrein rules list | check FILE | test FILE | explain ALERT | export`. */
export async function rulesCommand(invocation: Invocation, world: World): Promise<number> {
  const [verb, file, ...extra] = invocation.operands;
  if (extra.length > 0)
    throw new UsageError(`${quoted(`rules ${verb}`)} takes no further words, but got ${unexpected(extra)}.`);
  if (verb !== undefined && VERBS.includes(verb)) refuseStrayFlags(verb, invocation);
  switch (verb) {
    case 'list':
      if (file !== undefined) throw new UsageError("'rules list' takes no file; use --config PATH.");
      return list((await loadWholeConfig(invocation.value('config'))).config, invocation.has('json'), world);
    case 'check':
      return check(file ?? invocation.value('config') ?? CONFIG_PATH, invocation, world);
    default:
      return await other(verb, file, invocation, world);
  }
}

/** The verbs whose code is loaded only for them. */
async function other(
  verb: string | undefined,
  file: string | undefined,
  invocation: Invocation,
  world: World,
): Promise<number> {
  switch (verb) {
    case 'test':
      if (file === undefined) throw new UsageError("'rules test' needs the FILE with the timelines.");
      return (await import('./test-command.ts')).rulesTestCommand(file, invocation, world);
    case 'explain':
      if (file === undefined) throw new UsageError("'rules explain' needs the name or the fingerprint of an ALERT.");
      return (await import('./explain.ts')).rulesExplain(file, invocation, world);
    case 'export':
      if (file !== undefined) throw new UsageError("'rules export' takes no file; use --config PATH.");
      return (await import('./export.ts')).rulesExport(invocation, world);
    default:
      throw new UsageError(
        `'rules' wants one of ${VERBS.join(', ')}${verb === undefined ? '.' : `, not ${quoted(verb)}.${didYouMean(verb, VERBS)}`}`,
      );
  }
}

/** One rule with its settings in force. */
interface ListedRule {
  readonly name: string;
  readonly question: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

function list(config: Config, json: boolean, world: World): number {
  const rules: readonly ListedRule[] = [
    ...BUDGET_RULES.map(({ name, question }) => ({
      ...{ name, question },
      settings: { ...config.rules[name], ...(name === 'budget' ? { budgets: config.budgets.map(writtenBudget) } : {}) },
    })),
    ...RULES.map(({ name, question }) => ({ name, question, settings: config.rules[name] ?? {} })),
    ...config.alerts.rules.map(listedCondition),
  ];
  world.out.write(json ? jsonLine({ rules }) : rules.map(ruleText).join('\n'));
  return EXIT.done;
}

/** A rule that people wrote, as written and with its defaults. */
function listedCondition(rule: ConditionRule): ListedRule {
  const { name, severity, condition, mode, noData, forEach, labels, channels } = rule;
  const each = forEach === null ? {} : { for_each: forEach };
  const wait = { for: `${rule.for / 1_000}s`, for_mode: mode };
  const settings = { severity, condition: condition.source, ...wait, no_data: noData, ...each, labels, channels };
  return { name, question: `Does this hold: ${plainLine(condition.source, 300)} ?`, settings };
}

function ruleText({ name, question, settings }: ListedRule): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'object')
      ? [`${key}:`, ...value.map((entry) => `  - ${settingText(entry)}`)]
      : [`${key}: ${settingText(value)}`],
  );
  return `${[name, ...[question, ...lines].map((line) => `  ${line}`)].join('\n')}\n`;
}

async function check(file: string, invocation: Invocation, world: World): Promise<number> {
  const json = invocation.has('json');
  const text = await readLocalText(file);
  if (typeof text !== 'string') return unreadable(text.reason, json, world);
  const { checkRules, checkText } = await import('./check.ts');
  const config = file === invocation.value('config') ? null : invocation.value('config');
  const terms = { config, allowMissingChannels: invocation.has('allow-missing-channels') };
  const checked = await checkRules(text, file, terms);
  const { ok, rules } = checked;
  world.out.write(json ? jsonLine({ ok, rules }) : checkText(file, checked));
  return ok ? EXIT.done : EXIT.usage;
}

/** Programs get an answer of the usual shape even when there is no file to check. */
function unreadable(reason: string, json: boolean, world: World): number {
  if (!json) throw new UsageError(reason);
  const errors = [{ message: reason, line: null, column: null }];
  world.out.write(jsonLine({ ok: false, rules: [{ name: 'configuration', severity: null, ok: false, errors }] }));
  return EXIT.usage;
}
