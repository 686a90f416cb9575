import { describe, expect, test } from 'vitest';
import { density, shareAbove } from './student.ts';

describe('shareAbove', () => {
  // One-sided critical values of Student's t, from the table in NIST/SEMATECH e-Handbook 1.3.6.7.2.
  test.each([
    [6.314, 1, 0.05],
    [2.92, 2, 0.05],
    [2.353, 3, 0.05],
    [2.132, 4, 0.05],
    [3.707, 6, 0.005],
    [1.697, 30, 0.05],
    [3.385, 30, 0.001],
  ])('of %s with %s degrees of freedom is that of the table', (deviation, freedom, share) => {
    expect(shareAbove(deviation, freedom) / share).toBeCloseTo(1, 2);
    expect(shareAbove(-deviation, freedom)).toBeCloseTo(1 - share, 4);
  });

  test('is half in the middle and nothing without end', () => {
    expect([shareAbove(0, 3), shareAbove(0, 30), shareAbove(1e200, 30), shareAbove(-1e200, 6)]).toEqual([
      0.5, 0.5, 0, 1,
    ]);
  });
});

describe('density', () => {
  test('of one degree of freedom is that of Cauchy, of many nearly that of the normal distribution', () => {
    // 1 / (π (1 + x²)), and exp(−x² / 2) / √(2π).
    expect(density(4, 1)).toBeCloseTo(1 / (5 * Math.PI), 12);
    expect(density(1, 1e4)).toBeCloseTo(Math.exp(-0.5) / Math.sqrt(2 * Math.PI), 4);
  });
});
