import { plainLine } from '../../core/text.ts';
import { MOST_CHARACTERS, MOST_DEPTH, MOST_NODES } from './limits.ts';
import { type LanguageProblem, type Span, SyntaxFault } from './problem.ts';
import type { Arithmetic, Comparison, Expression } from './syntax.ts';
import { type Token, tokensOf } from './tokens.ts';

/** The result of parsing a condition. */
export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: LanguageProblem };

/**
 * Parses a condition. Never throws and never takes long, whatever it is given, because the length, the number of parts and the
 * depth are bounded.
 */
export function parseCondition(source: string): Parsed {
  try {
    if (source.length > MOST_CHARACTERS) {
      const message = `a condition has at most ${MOST_CHARACTERS} characters, not ${source.length}`;
      throw new SyntaxFault(message, { at: MOST_CHARACTERS, length: 1 });
    }
    return { ok: true, expression: whole({ tokens: tokensOf(source), next: 0, nodes: 0, depth: 0 }) };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, problem: error.problem };
    throw error;
  }
}

interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  nodes: number;
  depth: number;
}

const COMPARISONS: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];
const SUMS: readonly Arithmetic[] = ['+', '-'];
const PRODUCTS: readonly Arithmetic[] = ['*', '/', '%'];

function whole(reader: Reader): Expression {
  const expression = condition(reader);
  const rest = peek(reader);
  if (rest.kind === 'end') return expression;
  if (COMPARISONS.some((sign) => isWord(rest, sign))) {
    throw new SyntaxFault("comparisons do not chain: write 'a < b && b < c'", rest);
  }
  throw new SyntaxFault(`unexpected ${shown(rest)}`, rest);
}

function peek({ tokens, next }: Reader): Token {
  return tokens[next] ?? { kind: 'end', at: 0, length: 1 };
}

function isWord(token: Token, word: string): boolean {
  return (token.kind === 'sign' || token.kind === 'name') && token.value === word;
}

/** Takes the next word if it is this one. */
function takes(reader: Reader, word: string): boolean {
  if (!isWord(peek(reader), word)) return false;
  reader.next++;
  return true;
}

function oneOf<Word extends string>(reader: Reader, words: readonly Word[]): Word | null {
  return words.find((word) => takes(reader, word)) ?? null;
}

function expect(reader: Reader, word: string, why: string): Token {
  const token = peek(reader);
  if (!takes(reader, word)) throw new SyntaxFault(`expected '${word}' ${why}, found ${shown(token)}`, token);
  return token;
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return "'end of expression'";
    case 'number':
      return `'${token.value}'`;
    case 'string':
      return `the text '${plainLine(token.value, 40)}'`;
    case 'name':
    case 'sign':
      return `'${plainLine(token.value, 40)}'`;
    default:
      return token satisfies never;
  }
}

/** Counts the parts, so that the result stays small. */
function made<Node extends Expression>(reader: Reader, node: Node): Node {
  reader.nodes++;
  if (reader.nodes > MOST_NODES) throw new SyntaxFault(`a condition has at most ${MOST_NODES} parts`, node);
  return node;
}

function over(from: Span, to: Span): Span {
  return { at: from.at, length: to.at + to.length - from.at };
}

/** Reads something nested. Limits the depth, so that no text can exhaust the stack. */
function nested(reader: Reader, read: (reader: Reader) => Expression): Expression {
  reader.depth++;
  if (reader.depth > MOST_DEPTH) {
    throw new SyntaxFault(`a condition is nested at most ${MOST_DEPTH} deep`, peek(reader));
  }
  const expression = read(reader);
  reader.depth--;
  return expression;
}

function condition(reader: Reader): Expression {
  const test = either(reader);
  if (!takes(reader, '?')) return test;
  const yes = nested(reader, either);
  expect(reader, ':', "between the two answers of '?'");
  const no = nested(reader, condition);
  return made(reader, { kind: 'choice', test, yes, no, ...over(test, no) });
}

function either(reader: Reader): Expression {
  let left = both(reader);
  while (takes(reader, '||')) {
    const right = both(reader);
    left = made(reader, { kind: 'or', left, right, ...over(left, right) });
  }
  return left;
}

function both(reader: Reader): Expression {
  let left = comparison(reader);
  while (takes(reader, '&&')) {
    const right = comparison(reader);
    left = made(reader, { kind: 'and', left, right, ...over(left, right) });
  }
  return left;
}

function comparison(reader: Reader): Expression {
  const left = sum(reader);
  const operator = oneOf(reader, COMPARISONS);
  if (operator === null) return left;
  const right = sum(reader);
  return made(reader, { kind: 'comparison', operator, left, right, ...over(left, right) });
}

function sum(reader: Reader): Expression {
  return chain(reader, SUMS, product);
}

function product(reader: Reader): Expression {
  return chain(reader, PRODUCTS, unary);
}

function chain(reader: Reader, operators: readonly Arithmetic[], operand: (reader: Reader) => Expression): Expression {
  let left = operand(reader);
  for (let operator = oneOf(reader, operators); operator !== null; operator = oneOf(reader, operators)) {
    const right = operand(reader);
    left = made(reader, { kind: 'arithmetic', operator, left, right, ...over(left, right) });
  }
  return left;
}

function unary(reader: Reader): Expression {
  const sign = peek(reader);
  const kind = isWord(sign, '!') ? 'not' : isWord(sign, '-') ? 'negative' : null;
  if (kind === null) return postfix(reader);
  reader.next++;
  // `!-x` and `-!x` make no sense, and the grammar has neither.
  const other = kind === 'not' ? '-' : '!';
  const following = peek(reader);
  if (isWord(following, other)) throw new SyntaxFault(`unexpected '${other}'`, following);
  const operand = nested(reader, unary);
  return made(reader, { kind, operand, ...over(sign, operand) });
}

function postfix(reader: Reader): Expression {
  let of = primary(reader);
  for (;;) {
    if (takes(reader, '.')) of = member(reader, of);
    else if (takes(reader, '[')) of = index(reader, of);
    else return of;
    // A path is as deep as it is long, and code that walks it must not run out of stack.
    if (depthOf(of) > MOST_DEPTH) throw new SyntaxFault(`a path has at most ${MOST_DEPTH} parts`, of);
  }
}

function depthOf(of: Expression): number {
  let depth = 0;
  for (let node = of; 'of' in node; node = node.of) depth++;
  return depth;
}

function member(reader: Reader, of: Expression): Expression {
  const token = peek(reader);
  reader.next++;
  if (isWord(token, '*')) return made(reader, { kind: 'wildcard', of, ...over(of, token) });
  if (token.kind !== 'name') {
    throw new SyntaxFault(`expected a name or '*' behind '.', found ${shown(token)}`, token);
  }
  return made(reader, { kind: 'member', of, name: token.value, nameAt: token.at, ...over(of, token) });
}

function index(reader: Reader, of: Expression): Expression {
  if (takes(reader, '*')) {
    const end = expect(reader, ']', "behind '[*'");
    return made(reader, { kind: 'wildcard', of, ...over(of, end) });
  }
  const key = nested(reader, condition);
  const end = expect(reader, ']', "behind the key that follows '['");
  return made(reader, { kind: 'index', of, index: key, ...over(of, end) });
}

function primary(reader: Reader): Expression {
  const token = peek(reader);
  reader.next++;
  const { at, length } = token;
  switch (token.kind) {
    case 'number':
      return made(reader, { kind: 'number', value: token.value, at, length });
    case 'string':
      return made(reader, { kind: 'string', value: token.value, at, length });
    case 'name':
      return word(reader, token.value, token);
    case 'sign':
      if (token.value === '(') return group(reader, token);
      if (token.value === '[') return list(reader, token);
      throw new SyntaxFault(`expected an expression, found ${shown(token)}`, token);
    case 'end':
      throw new SyntaxFault(`expected an expression, found ${shown(token)}`, token);
    default:
      return token satisfies never;
  }
}

function word(reader: Reader, name: string, token: Token): Expression {
  const { at, length } = token;
  if (name === 'true' || name === 'false') return made(reader, { kind: 'boolean', value: name === 'true', at, length });
  if (name === 'null') return made(reader, { kind: 'null', at, length });
  if (name === 'in') throw new SyntaxFault("expected an expression, found 'in'", token);
  if (!takes(reader, '(')) return made(reader, { kind: 'name', name, at, length });
  const { items, end } = listed(reader, ')');
  return made(reader, { kind: 'call', name, args: items, ...over(token, end) });
}

/** A part in parentheses includes them, so that error markers cover all of it. */
function group(reader: Reader, open: Token): Expression {
  const inner = nested(reader, condition);
  const end = expect(reader, ')', 'to close the parenthesis');
  return { ...inner, ...over(open, end) };
}

function list(reader: Reader, open: Token): Expression {
  const { items, end } = listed(reader, ']');
  return made(reader, { kind: 'list', items, ...over(open, end) });
}

function listed(reader: Reader, close: ')' | ']'): { readonly items: readonly Expression[]; readonly end: Token } {
  const items: Expression[] = [];
  const first = peek(reader);
  if (takes(reader, close)) return { items, end: first };
  do items.push(nested(reader, condition));
  while (takes(reader, ','));
  return { items, end: expect(reader, close, "or ',' behind a part of the list") };
}
