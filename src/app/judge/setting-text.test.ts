import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { settingText } from './setting-text.ts';

test.each([
  ['24h', '24h'],
  ['nightly-fixer', 'nightly-fixer'],
  [0.5, '0.5'],
  [null, 'null'],
  [['a', 1], '[a, 1]'],
  [{ name: 'x', agent: undefined, warn_at: [0.5, 0.8] }, '{ name: x, warn_at: [0.5, 0.8] }'],
  // Without quotes YAML reads these as a number, a truth value, nothing and a date.
  ['007', '"007"'],
  ['1e3', '"1e3"'],
  ['No', '"No"'],
  ['null', '"null"'],
  ['2026-11-21', '"2026-11-21"'],
  ['a`b\u202e\u009b', '"a\\u0060b\\u202e\\u009b"'],
])('%j is written %s', (value, text) => {
  expect(settingText(value)).toBe(text);
});

test('whatever is written is read again as the same value, on one line', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'true', '~', '.inf', '0x1F', '1_000', '- a', 'a: b', '#', '1h30m', 'a\nb'),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const text = settingText({ values });
      expect(text).not.toMatch(/[\n`]/);
      expect(parse(text)).toEqual({ values });
    }),
  );
});
