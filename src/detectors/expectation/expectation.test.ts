import { describe, expect, test } from 'vitest';
import { dice, MONDAY } from '../../../test/kit/series.ts';
import { DAY, HOUR } from '../../core/time.ts';
import { expectCount, isCount, unitOf } from './counts.ts';
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

describe('isCount', () => {
  test.each([
    ['small numbers', [0, 3, 0, 1], true],
    ['small numbers and one incident', [0, 3, 0, 1, 0, 0, 2, 0, 0, 1, 0, 9_000], true],
    ['large numbers', [40, 60, 50], false],
    ['nothing and large numbers in turn', [0, 0, 1e15, 0, 0, 1e15, 0, 0, 1e15], false],
  ])('of %s', (_name, values, answer) => {
    expect(isCount(values, 1)).toBe(answer);
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

  test('follows weekdays where there is no noise', () => {
    const { middle, deviation } = expectDay(
      past((i) => (i % 7 > 4 ? 10 : 40)),
      (day + 61) * DAY,
      10,
    );
    // Five days on: a Saturday. What one Saturday more could teach is not yet believed.
    expect(Math.abs(middle - 10)).toBeLessThan(0.1);
    expect(Math.abs(deviation)).toBeLessThan(0.1);
  });

  test('finds three times the usual at a quarter of noise within a month, and twice not for certain', () => {
    const { normal } = dice(3);
    const month = { days: Array.from({ length: 30 }, (_, i) => day + i), amounts: [] as number[] };
    for (let i = 0; i < 30; i += 1) month.amounts.push(40 * (i % 7 > 4 ? 0.2 : 1) * Math.exp(0.25 * normal()));
    const digits = [1, 2, 3, 0.1].map((factor) => expectDay(month, (day + 30) * DAY, 40 * factor).digits);
    // ln 2 and ln 3 are 2.8 and 4.4 times a quarter: 2.3 and 5 digits of the normal distribution, less of one that is estimated.
    expect(digits[0]).toBeLessThan(0.7);
    expect(digits[1]).toBeGreaterThan(1.2);
    expect(digits[1]).toBeLessThan(2.8);
    expect(digits[2]).toBeGreaterThan(2.3);
    expect(digits[3]).toBeGreaterThan(3);
  });

  test('is not blinded by one old incident', () => {
    const spiked = past((i) => (i === 40 ? 400 : 40 * (1 + ((i * 7_919) % 101) / 200)));
    expect(expectDay(spiked, (day + 56) * DAY, 150).digits).toBeGreaterThan(2.3);
  });

  test('lets an agent rest at weekends, and says when it works on one or rests on a working day', () => {
    const working = past((i) => (i % 7 > 4 ? 0 : 40 * (1 + ((i * 7_919) % 101) / 200)));
    const digits = (ahead: number, amount: number): number =>
      expectDay(working, (day + 56 + ahead) * DAY, amount).digits;
    expect([digits(0, 50), digits(5, 0)].every((own) => own < 1)).toBe(true);
    expect(digits(0, 0)).toBeGreaterThan(2.3);
    expect(digits(5, 50)).toBeGreaterThan(1);
    expect(digits(0, 400)).toBeGreaterThan(3);
  });

  test('takes days without any for what they are where they come at random', () => {
    const { even, normal } = dice(5);
    const idle = past(() => (even() < 0.4 ? 0 : 40 * Math.exp(0.25 * normal())));
    const { digits, low, high } = expectDay(idle, (day + 56) * DAY, 0);
    expect([digits < 0.7, low, high < 120]).toEqual([true, 0, true]);
    expect(expectDay(idle, (day + 56) * DAY, 200).digits).toBeGreaterThan(2.3);
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
