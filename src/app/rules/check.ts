import { budgetRule } from '../../budgets/budget-rule.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import { type AlertProblem, type AlertReport, readAlertsFile } from '../../config/alerts-file.ts';
import { readYaml } from '../../config/document.ts';
import { parseConfig } from '../../config/parse.ts';
import { type ConfigProblem, formatProblem } from '../../config/problem.ts';
import { isPrometheus, readPrometheus } from '../../config/prometheus.ts';
import { plainLine } from '../../core/text.ts';
import { RULES } from '../../rules/registry.ts';
import { loadLocalConfig, readLocalText, withAlertsFile } from '../shell/load-config.ts';

/** A rule and what is wrong with it; `severity` is null when a rule has none of its own. */
export interface CheckedRule {
  readonly name: string;
  readonly severity: string | null;
  readonly ok: boolean;
  readonly errors: readonly CheckedFault[];
  /** Only for people's rules: parts that may not do what their author thinks. */
  readonly warnings?: readonly CheckedFault[];
}

interface CheckedFault {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** The result of checking a file, for people and for programs. */
export interface RulesCheck {
  readonly ok: boolean;
  readonly rules: readonly CheckedRule[];
  readonly errors: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** How to check a file. */
export interface CheckTerms {
  /** The configuration a rules file belongs to; null for the one of this folder, if there is one. */
  readonly config: string | null;
  /** Whether a missing channel is not an error. */
  readonly allowMissingChannels: boolean;
}

/** Checks the text of a configuration, of a rules file, or of a Prometheus rule file. */
export async function checkRules(text: string, file: string, terms: CheckTerms): Promise<RulesCheck> {
  const yaml = readYaml(text, file);
  if (yaml.ok && isPrometheus(yaml.value)) return prometheusCheck(yaml.value, yaml.problem);
  if (yaml.ok && isRulesFile(yaml.value)) {
    const { config } = await loadLocalConfig(terms.config);
    return alertsCheck({ ...readAlertsFile(text, file, config), own: [], ofFile: [], remarks: [] }, terms);
  }
  const parsed = parseConfig(text, file);
  const ofFile = parsed.ok ? [] : parsed.errors;
  const sound = parsed.ok ? parsed : parsed.rest;
  const report = sound === null ? { problems: [], written: [] } : await withAlertsFile(sound, readLocalText);
  return alertsCheck({ ...report, own: ownNames(), ofFile, remarks: sound?.warnings ?? [] }, terms);
}

const OF_RULES_FILES = ['alerts', 'vars', 'policy', 'inhibit', 'silences', 'escalation', 'channels'];

/** A file that holds rules and related settings, and nothing that only a configuration has. */
function isRulesFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return typeof Reflect.get(value, 'alerts') === 'object' && keys.every((key) => OF_RULES_FILES.includes(key));
}

function ownNames(): readonly string[] {
  return [...BUDGET_RULES, ...RULES].map(({ name }) => name);
}

function withOthers(rules: readonly CheckedRule[], others: readonly ConfigProblem[]): readonly CheckedRule[] {
  return others.length === 0 ? rules : [...rules, checkedRule('configuration', null, others)];
}

function ruleOf({ path }: ConfigProblem, names: readonly string[]): string | null {
  if (path.startsWith('budgets')) return budgetRule.name;
  return names.find((name) => path === `rules.${name}` || path.startsWith(`rules.${name}.`)) ?? null;
}

interface Found extends Pick<AlertReport, 'problems' | 'written'> {
  /** The built-in rules whose settings the file contains. */
  readonly own: readonly string[];
  /** What prevents the file from being used at all. */
  readonly ofFile: readonly ConfigProblem[];
  readonly remarks: readonly ConfigProblem[];
}

/** Problems by the rule whose settings they are in. Problems outside any rule are listed under the file itself. */
function alertsCheck(
  { problems, written, own, ofFile, remarks }: Found,
  { allowMissingChannels }: CheckTerms,
): RulesCheck {
  const isError = ({ weight }: AlertProblem): boolean =>
    weight !== 'warning' && (weight !== 'channel' || !allowMissingChannels);
  const ofRules = problems.filter(isError);
  const warnings = problems.filter((problem) => !isError(problem));
  const general = [...ofFile, ...ofRules.filter(({ rule }) => rule === null)];
  const ours = own.map((name) =>
    checkedRule(
      name,
      null,
      general.filter((error) => ruleOf(error, own) === name),
    ),
  );
  const names = [...new Map(written.map(({ name, severity }) => [name, severity]))];
  const theirs = names.map(([name, severity]) => {
    const of = ({ rule }: AlertProblem): boolean => rule === name;
    const soft = warnings.filter(of).map(faultOf);
    return { ...checkedRule(name, severity, ofRules.filter(of)), ...(soft.length === 0 ? {} : { warnings: soft }) };
  });
  const others = general.filter((error) => ruleOf(error, own) === null);
  const errors = [...ofFile, ...ofRules];
  return {
    ok: errors.length === 0,
    rules: withOthers([...ours, ...theirs], others),
    errors,
    warnings: [...remarks, ...warnings],
  };
}

function prometheusCheck(
  value: unknown,
  locate: (path: readonly PropertyKey[], message: string) => ConfigProblem,
): RulesCheck {
  const { rules, faults } = readPrometheus(value);
  const located = rules.map((rule) => ({
    ...rule,
    problems: rule.faults.map(({ path, message }) => locate(path, message)),
  }));
  const others = faults.map(({ path, message }) => locate(path, message));
  const errors = [...located.flatMap(({ problems }) => problems), ...others];
  const checked = located.map(({ name, severity, problems }) => checkedRule(plainLine(name), severity, problems));
  return { ok: errors.length === 0, rules: withOthers(checked, others), errors, warnings: [] };
}

function checkedRule(name: string, severity: string | null, errors: readonly ConfigProblem[]): CheckedRule {
  return { name, severity, ok: errors.length === 0, errors: errors.map(faultOf) };
}

function faultOf({ path, message, line, column }: ConfigProblem): CheckedFault {
  return { message: path === '' ? message : `${path}: ${message}`, line, column };
}

/** A check for people: each problem with its place, and the verdict last. */
export function checkText(file: string, { ok, errors, warnings }: RulesCheck): string {
  const counted = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  const lines = [
    ...warnings.map((problem) => problemText(problem, 'warning: ')),
    ...errors.map((problem) => problemText(problem, '')),
    plainLine(`${file}: ${ok ? 'good' : `not good, ${counted}`}`, 1_000),
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines of the excerpt come from the language's `formatProblem`, free of terminal control sequences. */
function problemText(problem: ConfigProblem, mark: string): string {
  const [message = '', ...picture] = problem.message.split('\n');
  const { path } = problem;
  const first = formatProblem({ ...problem, message: `${mark}${message}`, path: mark === '' ? path : '' });
  const place = mark === '' || path === '' ? first : first.replace(mark, `${mark}${path}: `);
  return [plainLine(place, 1_000), ...picture].join('\n');
}
