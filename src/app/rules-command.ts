import { readFile } from 'node:fs/promises';
import { budgetRule } from '../budgets/budget-rule.ts';
import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import { type ConfigProblem, formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { RULES } from '../rules/registry.ts';
import type { Invocation } from './command-line.ts';
import { CONFIG_PATH, loadLocalConfig } from './load-config.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** `checkrein rules list | check FILE`. */
export async function rulesCommand(invocation: Invocation, world: World): Promise<number> {
  const [verb, file, ...extra] = invocation.operands;
  if (extra.length > 0) throw new UsageError(`'rules ${verb}' takes no further words, but got '${extra.join(' ')}'.`);
  switch (verb) {
    case 'list':
      if (file !== undefined) throw new UsageError("'rules list' takes no file; use --config PATH.");
      return list((await loadLocalConfig(invocation.value('config'))).config, invocation.has('json'), world);
    case 'check':
      return check(file ?? invocation.value('config') ?? CONFIG_PATH, invocation.has('json'), world);
    default:
      throw new UsageError(`'rules' wants one of list, check${verb === undefined ? '' : `, not '${verb}'`}.`);
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
    { name: budgetRule.name, question: budgetRule.question, settings: { budgets: config.budgets } },
    ...RULES.map(({ name, question }) => ({ name, question, settings: config.rules[name] ?? {} })),
  ];
  const text = rules.map(
    ({ name, question, settings }) =>
      `${name}\n  ${question}\n${Object.entries(settings)
        .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`)
        .join('')}`,
  );
  world.out.write(json ? `${JSON.stringify({ rules })}\n` : text.join('\n'));
  return EXIT.done;
}

async function check(file: string, json: boolean, world: World): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`The configuration ${file} cannot be read (${error.code ?? error.message}).`);
  });
  const parsed = parseConfig(text, file);
  const problems = parsed.ok ? parsed.warnings : parsed.errors;
  if (json) world.out.write(`${JSON.stringify(checkReport(parsed))}\n`);
  else
    world.out.write([...problems.map(formatProblem), parsed.ok ? `${file}: good` : `${file}: not good`, ''].join('\n'));
  return parsed.ok ? EXIT.done : EXIT.usage;
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
  const names = [budgetRule.name, ...RULES.map(({ name }) => name)];
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
  if (path.startsWith('budgets')) return budgetRule.name;
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
