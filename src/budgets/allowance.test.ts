import { describe, expect, test } from 'vitest';
import { stageOf } from './allowance.ts';

const BUDGET = { limit: 50, warn_at: [0.5, 0.8] };

describe('stages of a budget', () => {
  test.each([
    [0, null],
    [24.99, null],
    [25, 'info'],
    [39.99, 'info'],
    [40, 'warning'],
    [49.99, 'warning'],
    [50, 'critical'],
    [5_000, 'critical'],
  ])('%d of 50 dollars is %s', (usd, severity) => {
    expect(stageOf(BUDGET, usd)?.severity ?? null).toBe(severity);
  });

  test.each([
    [[], 49, null],
    [[], 50, 'critical'],
    [[0.5], 25, 'warning'],
    [[0.9, 0.5, 0.7], 25, 'info'],
    [[0.9, 0.5, 0.7], 40, 'info'],
    [[0.9, 0.5, 0.7], 45, 'warning'],
  ])('with warnings at %j, %d of 50 dollars is %s', (warn_at, usd, severity) => {
    expect(stageOf({ ...BUDGET, warn_at }, usd)?.severity ?? null).toBe(severity);
  });

  test('a sum of cents that misses the limit only by rounding has reached it', () => {
    const sum = Array(10)
      .fill(0.1)
      .reduce((total: number, part: number) => total + part, 0);
    expect(sum).toBeLessThan(1);
    expect(stageOf({ ...BUDGET, limit: 1 }, sum)?.severity).toBe('critical');
  });
});
