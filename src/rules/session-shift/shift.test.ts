import { describe, expect, test } from 'vitest';
import { rowsOf, shiftOf, type Usual, usualOf } from './shift.ts';

const HALF_TO_DOUBLE = [0.5, 0.7, 1, 1.4, 2].flatMap((size) => Array<number>(10).fill(size * 1_000));

function usual(values: readonly number[]): Usual {
  const found = usualOf(values);
  if (found === null) throw new Error('nothing is usual');
  return found;
}

describe('how far sessions lie from what is usual', () => {
  test('the usual ones lie nowhere, and a row of larger ones lies farther than each of them', () => {
    const known = usual(HALF_TO_DOUBLE);
    expect(Math.abs(shiftOf([500, 700, 1_000, 1_400, 2_000], known).deviation)).toBeLessThan(0.1);
    const [one, four] = [shiftOf([3_000], known), shiftOf([3_000, 3_000, 3_000, 3_000], known)];
    expect(one.ratio).toBeCloseTo(four.ratio, 10);
    expect(four.deviation).toBeGreaterThan(1.8 * one.deviation);
  });

  test('one enormous session among usual ones is no shift of them', () => {
    const known = usual(HALF_TO_DOUBLE);
    expect(shiftOf([1_000, 1_000, 1_000, 1_000_000], known).ratio).toBeLessThan(2.5);
    expect(shiftOf([1_000_000], known).ratio).toBeGreaterThan(500);
  });

  test('sessions that were all alike may differ by a fifth, and those that were nothing tell nothing', () => {
    expect(usual(Array<number>(100).fill(7)).sigma).toBeCloseTo(0.22, 10);
    expect(usualOf([0, 0, 0])).toBeNull();
    expect(usualOf([])).toBeNull();
  });

  test('few sessions are believed less than many', () => {
    const few = usual(HALF_TO_DOUBLE.filter((_, i) => i % 10 === 0));
    expect(few.sigma).toBeGreaterThan(usual(HALF_TO_DOUBLE).sigma);
  });

  test('rows end with one of the fresh sessions and are no longer than what is there', () => {
    expect(rowsOf([1, 2, 3], 1)).toEqual([[3], [2, 3], [1, 2, 3]]);
    expect(rowsOf([1, 2, 3], 0)).toEqual([]);
    expect(rowsOf([], 4)).toEqual([]);
  });
});
