import { budgetRule } from '../budgets/budget-rule.ts';
import type { Config } from '../config/schema.ts';
import { RULES } from '../rules/registry.ts';
import { type Invocation, unexpected } from './command-line.ts';
import { didYouMean } from './did-you-mean.ts';
import { CONFIG_PATH, loadLocalConfig, readLocalText } from './load-config.ts';
import { jsonLine } from './screen.ts';
import { settingText } from './setting-text.ts';
import { EXIT, UsageError, type World } from './world.ts';

const VERBS = ['list', 'check'];

/** `checkrein rules list | check FILE`. */
export async function rulesCommand(invocation: Invocation, world: World): Promise<number> {
  const [verb, file, ...extra] = invocation.operands;
  if (extra.length > 0) throw new UsageError(`'rules ${verb}' takes no further words, but got ${unexpected(extra)}.`);
  switch (verb) {
    case 'list':
      if (file !== undefined) throw new UsageError("'rules list' takes no file; use --config PATH.");
      return list((await loadLocalConfig(invocation.value('config'))).config, invocation.has('json'), world);
    case 'check':
      return check(file ?? invocation.value('config') ?? CONFIG_PATH, invocation, world);
    default:
      throw new UsageError(
        `'rules' wants one of ${VERBS.join(', ')}${verb === undefined ? '.' : `, not '${verb}'.${didYouMean(verb, VERBS)}`}`,
      );
  }
}

/** One rule with its settings as they are in force. */
interface ListedRule {
  readonly name: string;
  readonly question: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

function list(config: Config, json: boolean, world: World): number {
  const rules: readonly ListedRule[] = [
    {
      name: budgetRule.name,
      question: budgetRule.question,
      settings: { ...config.rules[budgetRule.name], budgets: config.budgets },
    },
    ...RULES.map(({ name, question }) => ({ name, question, settings: config.rules[name] ?? {} })),
  ];
  world.out.write(json ? jsonLine({ rules }) : rules.map(ruleText).join('\n'));
  return EXIT.done;
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
  const { checkRules, checkText } = await import('./rules-check.ts');
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
