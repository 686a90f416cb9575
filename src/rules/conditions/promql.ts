import { plainLine } from '../../core/text.ts';
import { exposedName } from '../../metrics/exposition.ts';
import type { Condition } from '../language/condition.ts';
import type { Expression } from '../language/syntax.ts';
import type { ConditionRule } from './rule.ts';
import type { Vars } from './scope.ts';

/** Thrown only inside this file: a part of a condition has no counterpart in PromQL. */
class NoCounterpart extends Error {
  override readonly name = 'NoCounterpart';
}

interface Writer {
  readonly condition: Condition;
  readonly vars: Vars;
}

/**
 * The rules as a Prometheus rule file over the metrics of `metrics/exposition.ts`. Rules without a counterpart become a comment.
 */
export function prometheusRules(rules: readonly ConditionRule[], vars: Vars): string {
  const written = rules.map((rule) => {
    const expression = rule.mode === 'event' ? 'it is about an event' : promQlOf({ condition: rule.condition, vars });
    return typeof expression === 'string' ? comment(rule, expression) : ruleYaml(rule, expression.text);
  });
  const some = written.some((text) => text.includes('- alert:'));
  return ['groups:', '  - name: checkrein', some ? '    rules:' : '    rules: []', ...written].join('\n').concat('\n');
}

function comment({ name }: ConditionRule, why: string): string {
  return `      # ${plainLine(name)} has no counterpart in Prometheus: ${plainLine(why, 200)}`;
}

function ruleYaml(rule: ConditionRule, expression: string): string {
  const { name, severity, labels, runbook, condition } = rule;
  const pairs = Object.entries({ ...labels, severity }).map(([label, value]) => `${label}: ${JSON.stringify(value)}`);
  const annotations = [
    `summary: ${JSON.stringify(plainLine(condition.source, 300))}`,
    ...(runbook === null ? [] : [`runbook_url: ${JSON.stringify(runbook)}`]),
  ];
  return [
    `      - alert: ${JSON.stringify(name)}`,
    `        expr: ${JSON.stringify(expression)}`,
    ...(rule.for === 0 ? [] : [`        for: ${Math.ceil(rule.for / 1_000)}s`]),
    ...(rule.keepFiringFor === null ? [] : [`        keep_firing_for: ${Math.ceil(rule.keepFiringFor / 1_000)}s`]),
    `        labels: { ${pairs.join(', ')} }`,
    `        annotations: { ${annotations.join(', ')} }`,
  ].join('\n');
}

/** The condition in PromQL, or why there is none. */
function promQlOf(writer: Writer): { readonly text: string } | string {
  try {
    return { text: write(writer.condition.expression, writer) };
  } catch (error) {
    if (error instanceof NoCounterpart) return error.message;
    throw error;
  }
}

function write(node: Expression, writer: Writer): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'name':
    case 'member':
    case 'index':
    case 'wildcard':
      return selector(node, writer);
    case 'negative':
      return `-(${write(node.operand, writer)})`;
    case 'arithmetic':
      return `(${write(node.left, writer)} ${node.operator} ${write(node.right, writer)})`;
    case 'comparison':
      return comparison(node, writer);
    case 'and':
      return `((${write(node.left, writer)}) and on(repo) (${write(node.right, writer)}))`;
    case 'or':
      return `((${write(node.left, writer)}) or (${write(node.right, writer)}))`;
    case 'call':
      return call(node, writer);
    default:
      throw new NoCounterpart(`'${part(node, writer)}' cannot be said in PromQL`);
  }
}

function part({ at, length }: Expression, { condition }: Writer): string {
  return plainLine(condition.source.slice(at, at + length), 80);
}

function comparison(node: Extract<Expression, { readonly kind: 'comparison' }>, writer: Writer): string {
  const { operator, left, right } = node;
  const types = [left, right].map((side) => writer.condition.types.get(side)?.kind);
  if (operator === 'in' || types.some((kind) => kind !== 'num')) return wordComparison(node, writer);
  return `${write(left, writer)} ${operator} ${write(right, writer)}`;
}

/** A metric whose value is a word becomes one series per word, 1 for the current one. */
function wordComparison(node: Extract<Expression, { readonly kind: 'comparison' }>, writer: Writer): string {
  const { operator, left, right } = node;
  if (right.kind !== 'string' || (operator !== '==' && operator !== '!=')) {
    throw new NoCounterpart(`'${part(node, writer)}' cannot be said in PromQL`);
  }
  const { name, matchers } = series(left, writer);
  const all = [...matchers, `status=${JSON.stringify(right.value)}`];
  return `${name}{${all.join(', ')}} == ${operator === '==' ? 1 : 0}`;
}

function selector(node: Expression, writer: Writer): string {
  if (node.kind === 'name') {
    const value = Object.hasOwn(writer.vars, node.name) ? writer.vars[node.name] : undefined;
    if (typeof value === 'number') return String(value);
  }
  const { name, matchers, scale } = series(node, writer);
  const chosen = matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
  return scale === 1 ? chosen : `(${chosen} * ${1 / scale})`;
}

interface SeriesName {
  readonly name: string;
  readonly matchers: readonly string[];
  readonly scale: number;
}

function series(node: Expression, writer: Writer): SeriesName {
  const steps = stepsOf(node, writer);
  const path = steps.map(({ name, isKey }) => (isKey ? '*' : name));
  if (path[0] !== 'metrics' && path[0] !== 'health') throw new NoCounterpart(`'${part(node, writer)}' is no metric`);
  const type = writer.condition.types.get(node);
  const unit = type?.kind === 'num' ? type.unit : null;
  const { name, labels, scale } = exposedName(path.slice(path[0] === 'metrics' ? 1 : 0).join('.'), unit);
  const keys = steps.filter(({ isKey }) => isKey).map((step) => step.name);
  const matchers = labels.flatMap((label, i) => (keys[i] === '*' ? [] : [`${label}=${JSON.stringify(keys[i])}`]));
  return { name, matchers, scale };
}

interface Step {
  readonly name: string;
  /** Whether the name comes from outside. */
  readonly isKey: boolean;
}

function stepsOf(node: Expression, writer: Writer): readonly Step[] {
  if (node.kind === 'name') return [{ name: node.name, isKey: false }];
  if (node.kind !== 'member' && node.kind !== 'index' && node.kind !== 'wildcard') {
    throw new NoCounterpart(`'${part(node, writer)}' is no metric`);
  }
  const isKey = writer.condition.types.get(node.of)?.kind !== 'record';
  const above = stepsOf(node.of, writer);
  if (node.kind === 'wildcard') return [...above, { name: '*', isKey }];
  if (node.kind === 'member') return [...above, { name: node.name, isKey }];
  if (node.index.kind !== 'string') throw new NoCounterpart(`'${part(node, writer)}' is no metric`);
  return [...above, { name: node.index.value, isKey }];
}

const OVER_SERIES: Readonly<Record<string, string>> = { sum: 'sum', avg: 'avg', min: 'min', max: 'max', abs: 'abs' };

/** An `any` over entries becomes the comparison of their series, which fires for each that matches. */
function call(node: Extract<Expression, { readonly kind: 'call' }>, writer: Writer): string {
  const [arg] = node.args;
  const over = Object.hasOwn(OVER_SERIES, node.name) ? OVER_SERIES[node.name] : undefined;
  if (arg !== undefined && arg.kind !== 'list') {
    if (node.name === 'any') return write(arg, writer);
    if (over !== undefined) return `${over}(${write(arg, writer)})`;
  }
  throw new NoCounterpart(`'${part(node, writer)}' cannot be said in PromQL`);
}
