import { describe, expect, test } from 'vitest';
import { MONDAY } from '../../../test/kit/series.ts';
import { DAY, HOUR } from '../../core/time.ts';
import { expectCount, unitOf } from './counts.ts';
import { digitsOf, medianOf, studentDigits } from './expectation.ts';
import { expectNext, newRhythm } from './rhythm.ts';
import { expectDay } from './weekly.ts';

describe('studentDigits', () => {
  // Two-sided critical values of Student's t with 5 degrees of freedom, from the table in NIST/SEMATECH e-Handbook 1.3.6.7.2.
  test.each([
    [2.015, 0.1],
    [2.571, 0.05],
    [4.032, 0.01],
    [6.869, 0.001],
  ])('of t = %s is that of a probability of %s', (t, probability) => {
    expect(studentDigits(t)).toBeCloseTo(-Math.log10(probability), 2);
    expect(studentDigits(-t)).toBe(studentDigits(t));
  });

  test('ends at twelve digits and begins at none', () => {
    expect([studentDigits(0), studentDigits(1e300), digitsOf(0), digitsOf(1)]).toEqual([0, 12, 12, 0]);
  });
});

describe('medianOf', () => {
  test('of none, one, two and three', () => {
    expect([medianOf([]), medianOf([4]), medianOf([4, 1]), medianOf([9, 1, 4])]).toEqual([0, 4, 2.5, 4]);
  });

  test('leaves what it is given as it is', () => {
    expect(medianOf(Object.freeze([3, 1, 2]))).toBe(2);
  });
});

describe('unitOf', () => {
  test.each([
    ['whole numbers', [0, 3, 12], 1],
    ['nothing but zeros', [0, 0], 1],
    ['shares of 40', [0, 0.025, 0.1, 0.375], 0.025],
    ['shares without a single one', [0.05, 0.075], 0.025],
    ['amounts', [1.37, 2.81, 0.44, 9.123], null],
    ['negative numbers', [-1, 2], null],
  ])('of %s', (_name, values, unit) => {
    const found = unitOf(values);
    if (unit === null || found === null) expect(found).toBe(unit);
    else expect(found).toBeCloseTo(unit, 12);
  });
});

describe('expectCount', () => {
  test('of a steady rate is close to Poisson', () => {
    // 1,000 points that have mean and variance 2: P(X > 7) + P(X = 7) / 2 = 0.00280 of Poisson(2).
    const counts = [0, 1, 2, 3, 4, 1, 2, 3, 1, 3].flatMap((count) => new Array(100).fill(count));
    const { digits, middle } = expectCount(counts, 7, 1);
    expect(middle).toBeCloseTo(2, 2);
    expect(digits).toBeGreaterThan(2.2);
    expect(digits).toBeLessThan(2.7);
  });

  test('grows with the count, far out too, and ends at twelve digits', () => {
    const past = new Array(60).fill(0).map((_, i) => (i % 3 === 0 ? 1 : 0));
    const digits = [1, 2, 4, 8, 16, 1e6, 1e150].map((count) => expectCount(past, count, 1).digits);
    expect([...digits].sort((a, b) => a - b)).toEqual(digits);
    expect(digits.at(-1)).toBe(12);
    expect(digits[0]).toBeLessThanOrEqual(1);
  });
});

describe('expectDay', () => {
  const day = Math.floor(MONDAY / DAY);
  const past = (amount: (i: number) => number): Parameters<typeof expectDay>[0] => ({
    days: Array.from({ length: 56 }, (_, i) => day + i),
    amounts: Array.from({ length: 56 }, (_, i) => amount(i)),
  });

  test('follows weekdays exactly where there is no noise', () => {
    const { middle, deviation } = expectDay(
      past((i) => (i % 7 > 4 ? 10 : 40)),
      (day + 61) * DAY,
      10,
    );
    // Five days on: a Saturday.
    expect(middle).toBeCloseTo(10, 6);
    expect(deviation).toBeCloseTo(0, 6);
  });

  test('follows growth, which the mean of the past cannot', () => {
    const { middle } = expectDay(
      past((i) => 100 * 1.02 ** i),
      (day + 56) * DAY,
      300,
    );
    // 100 × 1.02^56 = 303.
    expect(middle).toBeGreaterThan(290);
    expect(middle).toBeLessThan(316);
  });

  test('compares differences where amounts can be negative', () => {
    const { middle, low, high } = expectDay(
      past((i) => (i % 2 === 0 ? -5 : 5)),
      (day + 56) * DAY,
      0,
    );
    expect(Math.abs(middle)).toBeLessThan(6);
    expect(low).toBeLessThan(-5);
    expect(high).toBeGreaterThan(5);
  });
});

describe('expectNext', () => {
  test('finds out that a day has a rhythm, and how much of the error that takes away', () => {
    const rhythm = newRhythm();
    let last = null;
    for (let i = 0; i < 24 * 30; i += 1) {
      const noise = 1 + ((i * 7_919) % 101) / 2_000;
      last = expectNext(rhythm, MONDAY + i * HOUR, (i % 24 < 12 ? 100 : 10) * (1 + (i % 24) / 10) * noise, HOUR);
    }
    expect(last?.strength).toBeGreaterThan(0.5);
    expect(last?.digits).toBeLessThan(2);
  });

  test('expects nothing before a predictor was tried', () => {
    const rhythm = newRhythm();
    const answers = Array.from({ length: 20 }, (_, i) => expectNext(rhythm, MONDAY + i * HOUR, 5 + (i % 3), HOUR));
    expect(answers.findIndex((answer) => answer !== null)).toBe(13);
  });
});
