import { describe, expect, test } from 'vitest';
import { fitCounts, highestUsual, meanOf, shareAbove } from './count-mixture.ts';

const repeated = (counts: readonly number[], times: number): readonly number[] =>
  Array.from({ length: times }, () => counts).flat();

describe('fitCounts', () => {
  test('comes to Poisson where counts are Poisson', () => {
    // 100 counts in the proportions of Poisson with mean 2: 13.5, 27.1, 27.1, 18.0, 9.0, 3.6, 1.2 % and so on.
    const counts = [14, 27, 27, 18, 9, 4, 1].flatMap((times, count) => new Array<number>(times).fill(count));
    const mixture = fitCounts(repeated(counts, 5));
    expect(meanOf(mixture)).toBeCloseTo(1.97, 1);
    // P(X > 7) + P(X = 7) / 2 of Poisson with mean 2 is 0.0028.
    expect(shareAbove(mixture, 7)).toBeGreaterThan(0.002);
    expect(shareAbove(mixture, 7)).toBeLessThan(0.004);
    // P(X > 6) = 0.0045, P(X > 7) = 0.0011, P(X > 8) = 0.0002.
    expect(highestUsual(mixture, 0.001)).toBe(8);
  });

  test('knows that nothing happens on most days, and what happens on the others', () => {
    // Nothing on 60 of 100 points, Poisson with mean 2 on the others; a negative binomial fit would have far more above 8.
    const others = [5, 11, 11, 7, 4, 2].flatMap((times, count) => new Array<number>(times).fill(count));
    const sometimes = fitCounts([...new Array<number>(60).fill(0), ...others]);
    expect(shareAbove(sometimes, 8)).toBeLessThan(0.001);
    expect(shareAbove(sometimes, 3)).toBeGreaterThan(0.05);
  });

  test('leaves more above the same count the less it has seen', () => {
    const shares = [1, 3, 12].map((times) => shareAbove(fitCounts(repeated([2, 1, 3, 0, 2, 4, 1], times)), 10));
    expect([...shares].sort((a, b) => b - a)).toEqual(shares);
  });

  test('answers to nothing but zeros, to one point and to counts without bound', () => {
    expect(shareAbove(fitCounts(new Array<number>(30).fill(0)), 3)).toBeLessThan(0.01);
    expect(shareAbove(fitCounts([4]), 0)).toBeGreaterThan(0.7);
    const wild = fitCounts([...new Array<number>(40).fill(0), ...new Array<number>(20).fill(1e15)]);
    expect(shareAbove(wild, 1e5)).toBeLessThan(0.01);
    expect(highestUsual(wild, 0.001)).toBeGreaterThan(100);
  });
});

describe('shareAbove', () => {
  test('falls with the count to the far end, and is never negative', () => {
    const mixture = fitCounts(repeated([0, 1, 0, 2, 5, 0, 1, 1], 6));
    const shares = [0, 1, 2, 4, 8, 16, 40, 100, 400, 4_000].map((count) => shareAbove(mixture, count));
    expect([...shares].sort((a, b) => b - a)).toEqual(shares);
    expect(shares.at(-1)).toBeGreaterThanOrEqual(0);
    expect(shares[0]).toBeLessThanOrEqual(1);
  });
});
