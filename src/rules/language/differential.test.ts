import { isCelError, run } from '@bufbuild/cel';
import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { evaluate } from './evaluate.ts';
import { BOOL, NUM, record, type Scope, STR } from './types.ts';

const SCOPE: Scope = {
  n: record({ a: NUM, b: NUM, c: NUM }),
  p: record({ x: BOOL, y: BOOL, z: BOOL }),
  s: record({ t: STR, u: STR }),
  m: { kind: 'map', of: record({ v: NUM, w: NUM }) },
};

/** Numbers of a fixed sequence (Mulberry32), so that a failure can be seen again. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One expression in our language and in CEL. */
interface Twin {
  readonly ours: string;
  readonly cel: string;
}

/** Writes random conditions by the grammar, with parentheses only here and there. */
function writer(random: () => number) {
  const pick = <T>(...options: readonly T[]): T => options[Math.floor(random() * options.length)] as T;
  const same = (text: string): Twin => ({ ours: text, cel: text });
  const join = (a: Twin, sign: string, b: Twin): Twin => ({
    ours: `${a.ours} ${sign} ${b.ours}`,
    cel: `${a.cel} ${sign} ${b.cel}`,
  });
  const wrap = (a: Twin): Twin => ({ ours: `(${a.ours})`, cel: `(${a.cel})` });
  const entry = (field: string): Twin => ({ ours: `m.*.${field}`, cel: `m[k].${field}` });
  const leaf = (inside: boolean): Twin => {
    if (inside && random() < 0.6) return entry(pick('v', 'w'));
    return same(pick('n.a', 'n.b', 'n.c', '0.0', '1.0', '2.5', '7.0'));
  };
  const product = (depth: number, inside: boolean): Twin => {
    const one = random() < 0.15 && depth > 0 ? wrap(sum(depth - 1, inside)) : leaf(inside);
    const signed = random() < 0.1 ? { ours: `-${one.ours}`, cel: `-${one.cel}` } : one;
    if (random() < 0.2) return join(signed, '*', leaf(inside));
    return random() < 0.1 ? join(signed, '/', same('2.0')) : signed;
  };
  const sum = (depth: number, inside: boolean): Twin => {
    const first = product(depth, inside);
    return random() < 0.3 ? join(first, pick('+', '-'), product(depth, inside)) : first;
  };
  const call = (depth: number): Twin => {
    const [word, method] = pick(['any', 'exists'] as const, ['all', 'all'] as const);
    const inner = or(Math.min(depth - 1, 1), true);
    // What is inside must name the wildcard, else it is no aggregate of ours.
    const bound = join(join(entry('v'), '>', leaf(true)), pick('||', '&&'), wrap(inner));
    return { ours: `${word}(${bound.ours})`, cel: `m.${method}(k, ${bound.cel})` };
  };
  const text = (): Twin => {
    const [name, method] = pick(['startsWith', 'startsWith'], ['endsWith', 'endsWith'], ['contains', 'contains']);
    const [of, part] = [pick('s.t', 's.u'), pick("'a'", "'b'", "''")];
    return { ours: `${name}(${of}, ${part})`, cel: `${of}.${method}(${part})` };
  };
  const comparison = (depth: number, inside: boolean): Twin => {
    const dice = random();
    if (dice < 0.15) return same(pick('p.x', 'p.y', 'p.z', 'true', 'false'));
    if (dice < 0.2) return text();
    if (dice < 0.25) return same(`has(${pick('n.a', 'n.b', 'n.c', 'p.z', 's.u')})`);
    if (dice < 0.3) return join(same(pick('s.t', 's.u')), pick('==', '!='), same(pick("'ab'", "'b'", 's.t')));
    if (dice < 0.34) return join(same(pick('n.a', 'n.b', '1.0')), 'in', same('[1.0, n.b, 3.0]'));
    if (dice < 0.38) return join(same(pick("'k1'", "'k9'", 's.u')), 'in', same('m'));
    if (dice < 0.45 && depth > 0 && !inside) return call(depth);
    if (dice < 0.55 && depth > 0) return wrap(or(depth - 1, inside));
    if (dice < 0.62) {
      const inner = wrap(comparison(0, inside));
      return { ours: `!${inner.ours}`, cel: `!${inner.cel}` };
    }
    return join(sum(1, inside), pick('==', '!=', '<', '<=', '>', '>='), sum(1, inside));
  };
  const and = (depth: number, inside: boolean): Twin => {
    const first = comparison(depth, inside);
    return random() < 0.35 ? join(first, '&&', comparison(depth, inside)) : first;
  };
  const or = (depth: number, inside: boolean): Twin => {
    const first = and(depth, inside);
    return random() < 0.35 ? join(first, '||', and(depth, inside)) : first;
  };
  const whole = (): Twin => {
    const test = or(3, false);
    if (random() > 0.1) return test;
    const [yes, no] = [or(1, false), or(1, false)];
    return { ours: `${test.ours} ? ${yes.ours} : ${no.ours}`, cel: `${test.cel} ? ${yes.cel} : ${no.cel}` };
  };
  const values = () => {
    const number = (): number => pick(0, 1, 2.5, -3, 7, 100);
    const some = <T>(value: () => T): { readonly value?: T } => (random() < 0.75 ? { value: value() } : {});
    const group = <T>(names: readonly string[], value: () => T) =>
      Object.fromEntries(names.flatMap((name) => Object.values(some(value)).map((one) => [name, one])));
    const keys = ['k1', 'k2', 'k3'].filter(() => random() < 0.6);
    return {
      n: group(['a', 'b', 'c'], number),
      p: group(['x', 'y', 'z'], () => random() < 0.5),
      s: group(['t', 'u'], () => pick('a', 'ab', 'b', 'k1', '')),
      m: Object.fromEntries(keys.map((key) => [key, group(['v', 'w'], number)])),
    };
  };
  return { whole, values };
}

function ours(source: string, values: unknown): boolean | null {
  const compiled = compileCondition(source, SCOPE);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.problems.map(({ message }) => message).join('; ')}`);
  return evaluate(compiled.condition, values).value;
}

function cel(source: string, values: Parameters<typeof run>[1]): boolean | null {
  const answer = run(source, values);
  if (isCelError(answer)) return null;
  if (typeof answer !== 'boolean') throw new Error(`CEL gave ${String(answer)} for ${source}`);
  return answer;
}

describe('beside the CEL of @bufbuild/cel', () => {
  test('20,000 random conditions have the same answer, no data where CEL has an error', () => {
    const { whole, values } = writer(sequence(20_261_121));
    const answers = { true: 0, false: 0, null: 0 };
    for (let i = 0; i < 20_000; i++) {
      const twin = whole();
      const scope = values();
      const answer = ours(twin.ours, scope);
      answers[`${answer}`]++;
      if (answer !== cel(twin.cel, scope)) {
        expect({ source: twin.ours, cel: twin.cel, scope, answer }).toEqual({
          source: twin.ours,
          cel: twin.cel,
          scope,
          answer: cel(twin.cel, scope),
        });
      }
    }
    // A test that only ever met one answer would show nothing.
    for (const times of Object.values(answers)) expect(times).toBeGreaterThan(2_000);
  });

  test.each<[string, string, Record<string, never> | object, boolean | null, boolean | null]>([
    ['division by zero', 'n.a / 0.0 > 1.0', { n: { a: 1 } }, null, true],
    ['overflow', 'n.a * 1e308 > 1.0', { n: { a: 100 } }, null, true],
    ['a number that is none', 'n.a == n.a', { n: { a: Number.NaN } }, null, false],
    ['the rest of a division of doubles', 'n.a % 2.0 == 1.0', { n: { a: 3 } }, true, null],
    ['a whole number beside a double', 'n.a + 1 > 1.0', { n: { a: 3 } }, true, null],
  ])('differs in %s', (_name, source, scope, here, there) => {
    expect(ours(source, scope)).toBe(here);
    expect(cel(source, scope as Parameters<typeof run>[1])).toBe(there);
  });

  test('differs in null, which cannot be written here', () => {
    expect(compileCondition('n.a == null', SCOPE).ok).toBe(false);
    expect(cel('n.a == null', { n: { a: null } })).toBe(true);
  });
});
