import { BUDGET_RULES } from '../budgets/registry.ts';
import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import { type ConfigProblem, formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { plainLine } from '../core/text.ts';
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
      if (file !== undefined && invocation.has('config')) {
        throw new UsageError("'rules check' takes one file: either FILE or --config PATH.");
      }
      return check(file ?? invocation.value('config') ?? CONFIG_PATH, invocation.has('json'), world);
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
    ...BUDGET_RULES.map(({ name, question }) => ({
      ...{ name, question },
      settings: { ...config.rules[name], ...(name === 'budget' ? { budgets: config.budgets } : {}) },
    })),
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

async function check(file: string, json: boolean, world: World): Promise<number> {
  const text = await readLocalText(file);
  if (typeof text !== 'string') return unreadable(text.reason, json, world);
  const parsed = parseConfig(text, file);
  const problems = parsed.ok ? parsed.warnings : parsed.errors;
  if (json) world.out.write(jsonLine(checkReport(parsed)));
  else {
    const verdict = `${file}: ${parsed.ok ? 'good' : `not good, ${counted(problems.length)}`}`;
    world.out.write(`${[...problems.map(formatProblem), verdict].map((line) => plainLine(line, 1_000)).join('\n')}\n`);
  }
  return parsed.ok ? EXIT.done : EXIT.usage;
}

function counted(errors: number): string {
  return errors === 1 ? '1 error' : `${errors} errors`;
}

/** Programs get an answer of the usual shape even when there is no file to check. */
function unreadable(reason: string, json: boolean, world: World): number {
  if (!json) throw new UsageError(reason);
  const problem: ConfigProblem = { file: '', line: null, column: null, path: '', message: reason };
  world.out.write(jsonLine({ ok: false, rules: [checkedRule('configuration', [problem])] }));
  return EXIT.usage;
}

interface CheckedRule {
  readonly name: string;
  readonly severity: string | null;
  readonly ok: boolean;
  readonly errors: readonly {
    readonly message: string;
    readonly line: number | null;
    readonly column: number | null;
  }[];
}

/** Problems by the rule whose settings they are in; what belongs to none stands under the file itself. */
function checkReport(parsed: ParsedConfig): { readonly ok: boolean; readonly rules: readonly CheckedRule[] } {
  const errors = parsed.ok ? [] : parsed.errors;
  const names = [...BUDGET_RULES, ...RULES].map(({ name }) => name);
  const rules = names.map((name) =>
    checkedRule(
      name,
      errors.filter((error) => ruleOf(error, names) === name),
    ),
  );
  const others = errors.filter((error) => ruleOf(error, names) === null);
  return { ok: parsed.ok, rules: others.length === 0 ? rules : [...rules, checkedRule('configuration', others)] };
}

function ruleOf({ path }: ConfigProblem, names: readonly string[]): string | null {
  if (path.startsWith('budgets')) return 'budget';
  return names.find((name) => path === `rules.${name}` || path.startsWith(`rules.${name}.`)) ?? null;
}

function checkedRule(name: string, errors: readonly ConfigProblem[]): CheckedRule {
  return {
    name,
    severity: null,
    ok: errors.length === 0,
    errors: errors.map(({ path, message, line, column }) => ({
      message: path === '' ? message : `${path}: ${message}`,
      line,
      column,
    })),
  };
}
