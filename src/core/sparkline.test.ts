import { describe, expect, test } from 'vitest';
import { sparkline, squeeze } from './sparkline.ts';

describe('sparkline', () => {
  test('heights are drawn from zero, so that half of the largest is half as high', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8])).toBe('_▁▂▃▄▅▆▇█');
    expect(sparkline([50, 100])).toBe('▄█');
  });

  test('an unknown value is a dot, a zero a thin line', () => {
    expect(sparkline([null, 0, 3, Number.NaN])).toBe('·_█·');
  });

  test('a larger top, such as a limit, flattens the line', () => {
    expect(sparkline([25, 50], 100)).toBe('▂▄');
  });

  test('nothing but zeros is a flat line; nothing is nothing', () => {
    expect(sparkline([0, 0, -1])).toBe('___');
    expect(sparkline([])).toBe('');
  });
});

describe('squeeze', () => {
  test('neighbours are summed from the newest backwards', () => {
    expect(squeeze([1, 2, 3, 4, 5], 3)).toEqual([1, 5, 9]);
  });

  test('values that fit stay as they are', () => {
    expect(squeeze([1, null, 3], 3)).toEqual([1, null, 3]);
    expect(squeeze([1, null, 3], 10)).toEqual([1, null, 3]);
  });

  test('a group is unknown only when all of it is', () => {
    expect(squeeze([null, null, null, 4], 2)).toEqual([null, 4]);
  });

  test('a width of nothing still gives one group', () => {
    expect(squeeze([1, 2], 0)).toEqual([3]);
  });
});
