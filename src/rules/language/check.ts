import { plainLine } from '../../core/text.ts';
import { entryType, sameWildcard } from './check-aggregate.ts';
import { equality, membership } from './check-comparison.ts';
import { type Checker, complain, type OfKind } from './checker.ts';
import { FUNCTIONS } from './functions.ts';
import { type LanguageProblem, type Span, suggestion } from './problem.ts';
import { AGGREGATES, type Aggregate, type Expression, isAggregate } from './syntax.ts';
import { ANY, BOOL, NUM, type Scope, STR, type Type, typeName } from './types.ts';
import { pathText, wildcardsOf } from './walk.ts';

/** What is known about a condition before it is evaluated. */
export interface Checked {
  readonly type: Type;
  readonly types: ReadonlyMap<Expression, Type>;
  readonly problems: readonly LanguageProblem[];
}

/** Checks a condition against the available names and types, and reports everything that is wrong with it at once. */
export function checkCondition(expression: Expression, scope: Scope): Checked {
  const checker: Checker = { scope, types: new Map(), problems: [], aggregate: false };
  const type = typeOf(expression, checker);
  if (type.kind !== 'bool' && type.kind !== 'any') {
    complain(checker, expression, `a condition must be bool, this is ${typeName(type)}`);
  }
  return { type, types: checker.types, problems: [...checker.problems].sort((a, b) => a.at - b.at) };
}

function typeOf(node: Expression, checker: Checker): Type {
  const type = judge(node, checker);
  checker.types.set(node, type);
  return type;
}

function judge(node: Expression, checker: Checker): Type {
  switch (node.kind) {
    case 'number':
      return NUM;
    case 'string':
      return STR;
    case 'boolean':
      return BOOL;
    case 'null':
      return complain(checker, node, "there is no null here: what is missing is no data; ask for it with 'has(x)'");
    case 'name':
      return nameType(node, checker);
    case 'member':
      return memberType(typeOf(node.of, checker), node.name, { at: node.nameAt, length: node.name.length }, checker);
    case 'index':
      return indexType(node, checker);
    case 'wildcard':
      return wildcardType(node, checker);
    case 'list':
      return listType(node, checker);
    case 'call':
      return callType(node, checker);
    default:
      return operatorType(node, checker);
  }
}

function operatorType(
  node: OfKind<'not' | 'negative' | 'arithmetic' | 'comparison' | 'and' | 'or' | 'choice'>,
  checker: Checker,
): Type {
  switch (node.kind) {
    case 'not':
      wants(node.operand, 'bool', "behind '!'", checker);
      return BOOL;
    case 'negative':
      return wants(node.operand, 'num', "behind '-'", checker);
    case 'arithmetic':
      return arithmeticType(node, checker);
    case 'comparison':
      return comparisonType(node, checker);
    case 'and':
    case 'or':
      wants(node.left, 'bool', `beside '${node.kind === 'and' ? '&&' : '||'}'`, checker);
      wants(node.right, 'bool', `beside '${node.kind === 'and' ? '&&' : '||'}'`, checker);
      return BOOL;
    case 'choice':
      return choiceType(node, checker);
    default:
      return node satisfies never;
  }
}

/** The type of a part that must be of a certain kind; its own type if it is. */
function wants(node: Expression, kind: 'bool' | 'num' | 'str', where: string, checker: Checker): Type {
  const type = typeOf(node, checker);
  if (type.kind === kind || type.kind === 'any') return type;
  return complain(checker, node, `expected ${kind} ${where}, this is ${typeName(type)}`);
}

function nameType(node: OfKind<'name'>, checker: Checker): Type {
  const { scope } = checker;
  const type = Object.hasOwn(scope, node.name) ? scope[node.name] : undefined;
  const hint = (): string => suggestion(node.name, Object.keys(scope));
  return type ?? complain(checker, node, `unknown name '${plainLine(node.name)}'${hint()}`);
}

function memberType(of: Type, name: string, span: Span, checker: Checker): Type {
  switch (of.kind) {
    case 'any':
      return ANY;
    case 'map':
      return of.of;
    case 'record': {
      const field = Object.hasOwn(of.fields, name) ? of.fields[name] : undefined;
      if (field !== undefined) return field;
      return complain(checker, span, `unknown field '${plainLine(name)}'${suggestion(name, Object.keys(of.fields))}`);
    }
    default:
      return complain(checker, span, `a ${typeName(of)} has no fields, so there is no '${plainLine(name)}' in it`);
  }
}

function indexType(node: OfKind<'index'>, checker: Checker): Type {
  const of = typeOf(node.of, checker);
  const index = typeOf(node.index, checker);
  if (of.kind === 'any' || index.kind === 'any') return of.kind === 'map' || of.kind === 'list' ? of.of : ANY;
  if (of.kind === 'record') {
    if (node.index.kind === 'string') return memberType(of, node.index.value, node.index, checker);
    return complain(checker, node.index, 'a group takes a name in quotes here, known before it is evaluated');
  }
  if (of.kind !== 'map' && of.kind !== 'list') {
    return complain(checker, node, `a ${typeName(of)} cannot be looked into with [ ]`);
  }
  const key = of.kind === 'map' ? 'str' : 'num';
  if (index.kind !== key) complain(checker, node.index, `a ${of.kind} takes a ${key} here, this is ${typeName(index)}`);
  return of.of;
}

function wildcardType(node: OfKind<'wildcard'>, checker: Checker): Type {
  const star = { at: node.at + node.length - 1, length: 1 };
  if (!checker.aggregate) {
    const names = AGGREGATES.slice(0, 3).map((name) => `${name}()`);
    complain(checker, star, `a wildcard '.*' must be inside ${names.join(', ')}, …`);
  }
  if (wildcardsOf(node.of).length > 0) complain(checker, star, "a path has at most one wildcard '.*'");
  const of = typeOf(node.of, checker);
  if (of.kind === 'map' || of.kind === 'list') return of.of;
  if (of.kind === 'any') return ANY;
  return complain(checker, star, `a wildcard '.*' needs a map or a list before it, this is ${typeName(of)}`);
}

function listType(node: OfKind<'list'>, checker: Checker): Type {
  const types = node.items.map((item) => typeOf(item, checker));
  const first = types.find(({ kind }) => kind !== 'any') ?? ANY;
  const odd = node.items.find((_item, i) => {
    const kind = types[i]?.kind ?? 'any';
    return kind !== 'any' && kind !== first.kind;
  });
  if (odd !== undefined) complain(checker, odd, `a list holds values of one type, this one is of ${typeName(first)}`);
  return { kind: 'list', of: first };
}

function arithmeticType(node: OfKind<'arithmetic'>, checker: Checker): Type {
  const where = `beside '${node.operator}'`;
  const left = wants(node.left, 'num', where, checker);
  const right = wants(node.right, 'num', where, checker);
  const units = [left, right].flatMap((type) => (type.kind === 'num' && type.unit !== null ? [type.unit] : []));
  const [unit, other] = units;
  // Dollars times dollars are not dollars, but twice as many dollars are.
  const keeps =
    unit !== undefined && (other === undefined ? node.operator !== '/' || left.kind === 'num' : other === unit);
  const ratio = other !== undefined && (node.operator === '*' || node.operator === '/');
  return { kind: 'num', unit: keeps && !ratio ? unit : null };
}

function comparisonType(node: OfKind<'comparison'>, checker: Checker): Type {
  const { operator, left, right } = node;
  if (left.kind === 'null' || right.kind === 'null') return nullComparison(node, checker);
  const types: readonly [Type, Type] = [typeOf(left, checker), typeOf(right, checker)];
  if (types.some(({ kind }) => kind === 'any')) return BOOL;
  if (operator === 'in') return membership(node, types, checker);
  const [a, b] = types;
  if (a.kind !== b.kind) complain(checker, node, `cannot compare ${typeName(a)} with ${typeName(b)}`);
  else if (operator === '==' || operator === '!=') equality(node, types, checker);
  else if (a.kind !== 'num') complain(checker, node, `'${operator}' compares num with num, these are ${typeName(a)}`);
  return BOOL;
}

function nullComparison(node: OfKind<'comparison'>, checker: Checker): Type {
  const other = node.left.kind === 'null' ? node.right : node.left;
  const asked = pathText(other) ?? 'x';
  const answer = node.operator === '==' ? `!has(${asked})` : `has(${asked})`;
  typeOf(other, checker);
  complain(checker, node, `nothing is ever equal to null here; write '${answer}'`);
  return BOOL;
}

function choiceType(node: OfKind<'choice'>, checker: Checker): Type {
  wants(node.test, 'bool', "before '?'", checker);
  const yes = typeOf(node.yes, checker);
  const no = typeOf(node.no, checker);
  if (yes.kind === 'any' || no.kind === 'any' || yes.kind === no.kind) return yes.kind === 'any' ? no : yes;
  return complain(
    checker,
    node,
    `both answers of '?' must be of one type, these are ${typeName(yes)} and ${typeName(no)}`,
  );
}

function callType(node: OfKind<'call'>, checker: Checker): Type {
  if (isAggregate(node.name)) return aggregateType(node, node.name, checker);
  const known = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
  const args = node.args.map((arg) => typeOf(arg, checker));
  if (known === undefined) {
    const names = [...AGGREGATES, ...Object.keys(FUNCTIONS)];
    const span = { at: node.at, length: node.name.length };
    return complain(checker, span, `unknown function '${plainLine(node.name)}'${suggestion(node.name, names)}`);
  }
  if (args.length !== known.takes.length) {
    const wanted = known.takes.length === 1 ? '1 argument' : `${known.takes.length} arguments`;
    return complain(checker, node, `${node.name}() takes ${wanted}, not ${args.length}`);
  }
  for (const [i, arg] of node.args.entries()) argument(node.name, arg, args[i] ?? ANY, known.takes[i] ?? [], checker);
  return known.gives;
}

function argument(
  name: string,
  node: Expression,
  type: Type,
  takes: readonly (Type['kind'] | 'path')[],
  checker: Checker,
): void {
  if (takes.includes('path')) {
    if (pathText(node) === null) complain(checker, node, `${name}() wants a path such as metrics.sessions.total`);
    return;
  }
  if (type.kind === 'any' || takes.includes(type.kind)) return;
  complain(checker, node, `${name}() wants ${takes.join(' or ')} here, this is ${typeName(type)}`);
}

function aggregateType(node: OfKind<'call'>, name: Aggregate, checker: Checker): Type {
  const gives = name === 'any' || name === 'all' ? BOOL : NUM;
  const [arg, ...more] = node.args;
  if (arg === undefined || more.length > 0) {
    for (const each of node.args) typeOf(each, { ...checker, aggregate: true });
    complain(checker, node, `${name}() takes one expression: with a wildcard '.*', or a list as in ${name}([a, b])`);
    return gives;
  }
  const type = typeOf(arg, { ...checker, aggregate: true });
  const wildcards = wildcardsOf(arg);
  sameWildcard(wildcards, checker);
  const entry = wildcards.length > 0 ? type : type.kind === 'list' ? type.of : null;
  if (entry === null) {
    if (type.kind !== 'any') complain(checker, arg, `${name}() needs a wildcard '.*' or a list inside`);
    return gives;
  }
  return entryType(node, name, arg, entry, checker);
}
