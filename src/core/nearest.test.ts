import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

// Distances are those of Levenshtein; allowed are two, or a third of the word where that is more.
test.each([
  ['wacth', ['watch', 'ingest'], 'watch'],
  ['WATCH', ['watch'], 'watch'],
  ['ab', ['cd'], 'cd'],
  ['abc', ['xyz'], null],
  ['kitten', ['sitting'], null],
  ['kitte', ['sitting', 'kitty'], 'kitty'],
  ['criticalshares', ['critical_share'], 'critical_share'],
  ['abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
  ['abcdefgh', ['abcdexyz'], null],
  ['x', [], null],
])('%s among %j is %j', (word, known, found) => {
  expect(nearest(word, known)).toBe(found);
});

test('of two that are as near, the first one is taken', () => {
  expect([nearest('lat', ['late', 'last']), nearest('lat', ['last', 'late'])]).toEqual(['late', 'last']);
});
