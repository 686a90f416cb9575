import { plainLine } from '../../core/text.ts';
import { combine } from './aggregate.ts';
import type { OfKind } from './checker.ts';
import type { Condition } from './condition.ts';
import { evidenceOf, type Leaf } from './evidence.ts';
import { MOST_STEPS } from './limits.ts';
import { among, arithmetic, compare, sizeOf, textCall } from './operators.ts';
import { type Aggregate, type Expression, isAggregate } from './syntax.ts';
import type { Type } from './types.ts';
import { isGroup, known, lookUp, type Value } from './value.ts';
import { pathText, wildcardsOf } from './walk.ts';

/** A condition's value at a moment (true, false, or null for no data) and what decided it. */
export interface Answer {
  readonly value: boolean | null;
  /** The leaves that decided, at most 20. */
  readonly evidence: readonly Leaf[];
  /** How many more leaves decided. */
  readonly more: number;
  /** True if the evaluation was abandoned because it took too many steps. Then there is no answer. */
  readonly exceeded: boolean;
}

/** Evaluates a condition over values. Never throws, whatever the values are. Reads own properties only. */
export function evaluate(condition: Condition, scope: unknown): Answer {
  const run: Run = { ...condition, scope, leaves: [], steps: 0, key: null, element: null };
  const value = worth(condition.expression, run);
  const exceeded = run.steps > MOST_STEPS;
  const answer = exceeded || typeof value !== 'boolean' ? null : value;
  return { value: answer, exceeded, ...evidenceOf(run.leaves) };
}

interface Run {
  readonly source: string;
  readonly types: ReadonlyMap<Expression, Type>;
  readonly scope: unknown;
  leaves: Leaf[];
  steps: number;
  /** What the wildcard of the innermost aggregate is bound to. */
  key: string | null;
  element: Value;
}

function worth(node: Expression, run: Run): Value {
  run.steps++;
  if (run.steps > MOST_STEPS) return null;
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'boolean':
      return node.value;
    case 'null':
      return null;
    case 'name':
    case 'member':
    case 'index':
    case 'wildcard':
      return leafOf(node, run);
    case 'list':
      return node.items.map((item) => worth(item, run));
    case 'call':
      return isAggregate(node.name) ? aggregateOf(node, node.name, run) : callOf(node, run);
    default:
      return operatorOf(node, run);
  }
}

function operatorOf(
  node: OfKind<'not' | 'negative' | 'arithmetic' | 'comparison' | 'and' | 'or' | 'choice'>,
  run: Run,
): Value {
  switch (node.kind) {
    case 'not': {
      const value = worth(node.operand, run);
      return typeof value === 'boolean' ? !value : null;
    }
    case 'negative': {
      const value = worth(node.operand, run);
      return typeof value === 'number' ? known(-value) : null;
    }
    case 'arithmetic':
      return arithmetic(node.operator, worth(node.left, run), worth(node.right, run));
    case 'comparison':
      return comparison(node, run);
    case 'and':
      return decided(node, false, run);
    case 'or':
      return decided(node, true, run);
    case 'choice':
      return choice(node, run);
    default:
      return node satisfies never;
  }
}

function choice(node: OfKind<'choice'>, run: Run): Value {
  const test = worth(node.test, run);
  return typeof test === 'boolean' ? worth(test ? node.yes : node.no, run) : null;
}

/** Reads a path, and records what was read if it is a single value or nothing. */
function leafOf(node: OfKind<'name' | 'member' | 'index' | 'wildcard'>, run: Run): Value {
  const value = read(node, run);
  if (value === null || !isGroup(value)) keep(node, pathText(node) ?? '', value, run);
  return value;
}

function keep(node: Expression, path: string, value: Value, run: Run): void {
  const type = run.types.get(node);
  const key = wildcardsOf(node).length > 0 ? run.key : null;
  const single = value === null || isGroup(value) ? null : value;
  run.leaves.push({
    path,
    key,
    value: single,
    unit: type?.kind === 'num' ? type.unit : null,
    operator: null,
    other: null,
  });
}

function read(node: Expression, run: Run): Value {
  run.steps++;
  switch (node.kind) {
    case 'name':
      return lookUp(run.scope, node.name);
    case 'member':
      return lookUp(read(node.of, run), node.name);
    case 'index': {
      const key = worth(node.index, run);
      return typeof key === 'string' || typeof key === 'number' ? lookUp(read(node.of, run), key) : null;
    }
    case 'wildcard':
      return run.element;
    default:
      return worth(node, run);
  }
}

/** `&&` is decided by one false, `||` by one true. A missing side that could still decide results in no data. */
function decided(node: OfKind<'and' | 'or'>, by: boolean, run: Run): Value {
  const before = run.leaves.length;
  const left = worth(node.left, run);
  if (left === by) return by;
  const middle = run.leaves.length;
  const right = worth(node.right, run);
  if (right === by) {
    run.leaves.splice(before, middle - before);
    return by;
  }
  if (left !== null && right !== null) return !by;
  // The missing value is the reason there is no answer.
  if (right !== null) run.leaves.splice(middle);
  else if (left !== null) run.leaves.splice(before, middle - before);
  return null;
}

function comparison(node: OfKind<'comparison'>, run: Run): Value {
  const before = run.leaves.length;
  const left = worth(node.left, run);
  const middle = run.leaves.length;
  const right = worth(node.right, run);
  witness(node, { left, right }, { before, middle }, run);
  if (left === null || right === null) return null;
  if (node.operator === 'in') return among(left, right);
  if (isGroup(left) || isGroup(right) || typeof left !== typeof right) return null;
  return compare(node.operator, left, right);
}

const FLIPPED = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** Records with the leaf what it was compared with. A sum or a product of leaves becomes a line of its own. */
function witness(
  node: OfKind<'comparison'>,
  values: { readonly left: Value; readonly right: Value },
  { before, middle }: { readonly before: number; readonly middle: number },
  run: Run,
): void {
  const { operator, left, right } = node;
  if (pathText(left) !== null) {
    against(run, middle - 1, operator, shownValue(values.right, right, run));
  } else if (pathText(right) !== null && operator !== 'in') {
    against(run, run.leaves.length - 1, FLIPPED[operator], shownValue(values.left, left, run));
  } else if (run.leaves.length > before) {
    keep(left, textOf(left, run), values.left, run);
    const own = run.leaves.pop();
    if (own === undefined) return;
    run.leaves.splice(before, 0, { ...own, operator, other: shownValue(values.right, right, run) });
  }
}

function against(run: Run, at: number, operator: Leaf['operator'], other: Leaf['other']): void {
  const leaf = run.leaves[at];
  if (leaf !== undefined && leaf.operator === null) run.leaves[at] = { ...leaf, operator, other };
}

function shownValue(value: Value, node: Expression, run: Run): Leaf['other'] {
  return value === null || !isGroup(value) ? value : textOf(node, run);
}

function textOf({ at, length }: Expression, { source }: Run): string {
  return plainLine(source.slice(at, at + Math.min(length, 200)));
}

function callOf(node: OfKind<'call'>, run: Run): Value {
  const [first, second] = node.args;
  if (first === undefined) return null;
  if (node.name === 'has') {
    const value = read(first, run);
    keep(first, `has(${pathText(first) ?? ''})`, value !== null, run);
    return value !== null;
  }
  const value = worth(first, run);
  if (node.name === 'abs') return typeof value === 'number' ? Math.abs(value) : null;
  if (node.name === 'size') return sizeOf(value);
  const part = second === undefined ? null : worth(second, run);
  return typeof value === 'string' && typeof part === 'string' ? textCall(node.name, value, part) : null;
}

function aggregateOf(node: OfKind<'call'>, name: Aggregate, run: Run): Value {
  const [arg] = node.args;
  if (arg === undefined) return null;
  const [wildcard] = wildcardsOf(arg);
  const group = wildcard === undefined ? worth(arg, run) : read(wildcard.of, run);
  if (group === null || !isGroup(group)) {
    if (wildcard !== undefined) keep(wildcard.of, pathText(wildcard.of) ?? '', null, run);
    return null;
  }
  if (wildcard === undefined) return combine(name, Array.isArray(group) ? group : []).value;
  return overEntries(arg, name, group, run);
}

/** Evaluates the inside once per entry, and keeps the leaves of the entries that decided. */
function overEntries(arg: Expression, name: Aggregate, group: Extract<Value, object>, run: Run): Value {
  const outer = { key: run.key, element: run.element, leaves: run.leaves };
  const values: Value[] = [];
  const leaves: Leaf[][] = [];
  for (const key of Object.keys(group)) {
    if (run.steps > MOST_STEPS) break;
    run.leaves = [];
    run.key = key;
    run.element = lookUp(group, key);
    values.push(worth(arg, run));
    leaves.push(run.leaves);
  }
  Object.assign(run, outer);
  const { value, decided: deciding } = combine(name, values);
  for (const [i, own] of leaves.entries()) if (deciding(values[i] ?? null)) run.leaves.push(...own);
  return value;
}
