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
