import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';

describe('canonical JSON', () => {
  test('orders keys by code units at every depth, without spaces', () => {
    const value = { b: [{ z: 1, a: null }], a: 'x', B: true, é: 1, 10: 2, 9: 3 };
    expect(canonicalJson(value)).toBe('{"10":2,"9":3,"B":true,"a":"x","b":[{"a":null,"z":1}],"é":1}');
  });

  test('leaves out what is undefined in an object, and keeps its place in a list', () => {
    expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
    expect(canonicalJson({})).toBe('{}');
  });

  test('orders keys like numbers at any depth, wherever the same object stands again', () => {
    const numbered = { 9: 'a', 10: { b: 2, a: 1 } };
    expect(canonicalJson({ z: [numbered], a: numbered, '-': 0 })).toBe(
      '{"-":0,"a":{"10":{"a":1,"b":2},"9":"a"},"z":[{"10":{"a":1,"b":2},"9":"a"}]}',
    );
    expect(canonicalJson({ 10: 1, '-': 0 })).toBe('{"-":0,"10":1}');
  });

  test('keeps a member by the name of the prototype', () => {
    expect(canonicalJson(JSON.parse('{"b":{"z":1,"__proto__":[{"y":1,"x":2}]},"a":0}'))).toBe(
      '{"a":0,"b":{"__proto__":[{"x":2,"y":1}],"z":1}}',
    );
  });

  test('is read back as the same value, and is the same text whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(turned(JSON.parse(text)))).toBe(text);
      }),
    );
  });
});

/** The same value with the keys of every object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}
