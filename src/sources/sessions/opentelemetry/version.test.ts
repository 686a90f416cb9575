import { expect, test } from 'vitest';
import { isBefore } from './version.ts';

test.each([
  ['2.1.213', '2.1.214', true],
  ['2.1.214', '2.1.214', false],
  ['2.2', '2.1.214', false],
  ['2.1', '2.1.214', true],
  ['1.9.999', '2.1.214', true],
  ['10.0.0', '2.1.214', false],
  ['2.1.38-beta.1', '2.1.214', true],
  ['newest', '2.1.214', false],
])('%s is before %s: %s', (version, other, expected) => {
  expect(isBefore(version, other)).toBe(expected);
});
