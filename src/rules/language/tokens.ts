import { plainLine } from '../../core/text.ts';
import { type Span, SyntaxFault } from './problem.ts';

/** A word of the language and its position. */
export type Token = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'name'; readonly value: string }
    | { readonly kind: 'sign'; readonly value: string }
    | { readonly kind: 'end' }
  );

/** Longer signs first, so that `<=` is not read as `<`. */
const SIGNS = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
  '/',
  '%',
  '(',
  ')',
  '[',
  ']',
  '.',
  ',',
  '?',
  ':',
];

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

/** What people used to other languages write, and the equivalent here. */
const STRANGE: Readonly<Record<string, string>> = {
  '=': "use '=='",
  '&': "use '&&'",
  '|': "use '||'",
  '`': 'texts stand in \' or "',
};

/**
 * Splits a condition into its words.
 * @throws SyntaxFault at the first character that belongs to none.
 */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const space = matchAt(SPACE, source, at);
    at += space.length;
    if (at >= source.length) break;
    const token = tokenAt(source, at);
    tokens.push(token);
    at += token.length;
  }
  return [...tokens, { kind: 'end', at: source.length, length: 1 }];
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

function tokenAt(source: string, at: number): Token {
  const name = matchAt(NAME, source, at);
  if (name !== '') return { kind: 'name', value: name, at, length: name.length };
  const number = matchAt(NUMBER, source, at);
  if (number !== '') return numberAt(source, number, at);
  const first = source.charAt(at);
  if (first === "'" || first === '"') return textAt(source, at, first);
  const sign = SIGNS.find((candidate) => source.startsWith(candidate, at));
  if (sign !== undefined) return { kind: 'sign', value: sign, at, length: sign.length };
  const letter = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const hint = Object.hasOwn(STRANGE, first) ? ` (${STRANGE[first]})` : '';
  throw new SyntaxFault(`unexpected '${plainLine(letter)}'${hint}`, { at, length: letter.length });
}

function numberAt(source: string, text: string, at: number): Token {
  const value = Number(text);
  const span = { at, length: text.length };
  if (!Number.isFinite(value)) throw new SyntaxFault('this number is too large', span);
  const unit = matchAt(NAME, source, at + text.length);
  if (unit !== '') {
    throw new SyntaxFault(`unexpected '${plainLine(unit)}' behind a number; numbers have no units here`, {
      at: at + text.length,
      length: unit.length,
    });
  }
  return { kind: 'number', value, ...span };
}

function textAt(source: string, at: number, quote: string): Token {
  let value = '';
  for (let i = at + 1; i < source.length; i++) {
    const letter = source.charAt(i);
    if (letter === quote) return { kind: 'string', value, at, length: i + 1 - at };
    if (letter !== '\\') {
      value += letter;
      continue;
    }
    i++;
    const escaped = ESCAPES[source.charAt(i)];
    if (escaped === undefined) {
      throw new SyntaxFault('there is no such escape; known are \\n \\t \\r \\\\ \\\' \\"', { at: i - 1, length: 2 });
    }
    value += escaped;
  }
  throw new SyntaxFault(`this text has no closing ${quote}`, { at, length: source.length - at });
}
