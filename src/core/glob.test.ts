import { expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';

test.each([
  ['src/**', 'src/a/b.ts', true],
  ['src/**/*.ts', 'src/a.ts', true],
  ['src/**/*.ts', 'src/a/b/c.ts', true],
  ['src/*.ts', 'src/a/b.ts', false],
  ['**/package.json', 'package.json', true],
  ['**/package.json', 'a/b/package.json', true],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['README.md', 'readme.md', true],
  ['a.c', 'abc', false],
  ['(x)+[y]', '(x)+[y]', true],
  ['', '', true],
  ['*', '', true],
  ['docs/**', 'docs', false],
])('%s and %s: %s', (glob, text, fits) => {
  expect(matchesGlob(glob, text)).toBe(fits);
});
