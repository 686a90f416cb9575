import { describe, expect, test } from 'vitest';
import { formatMoment, formatNumber, formatQuantity } from './quantity.ts';

describe('formatQuantity', () => {
  test.each([
    [96.2, 'usd', '$96.20'],
    [0.375, 'ratio', '37.5 %'],
    [1, 'ratio', '100 %'],
    [1_234_567, 'tokens', '1.2 M tokens'],
    [1, 'runs', '1 run'],
    [2, 'sessions', '2 sessions'],
    [90_000, 'ms', '1 min 30 s'],
    [250, 'ms', '250 ms'],
    [12, 'count', '12'],
    [null, 'usd', 'unknown'],
    [Number.NaN, 'runs', 'unknown'],
  ] as const)('%s %s reads %s', (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });
});

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [9_999, '9,999'],
    [52_340, '52.3 k'],
    [999_960, '1 M'],
    [3_400_000_000, '3.4 G'],
    [-12_000, '-12 k'],
  ])('%s reads %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

test('a moment reads as day and minute', () => {
  expect(formatMoment('2026-11-21T09:30:59.999Z')).toBe('2026-11-21 09:30 UTC');
});
