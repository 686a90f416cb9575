import { describe, expect, test } from 'vitest';
import { dice, MONDAY } from '../../../test/kit/series.ts';
import { DAY } from '../../core/time.ts';
import { expectBaseline, newBaseline } from './baseline.ts';
import { type Days, expectDay, expectNextDay, learnDay, learnDays, stillMeasures } from './weekly.ts';

const FIRST = Math.floor(MONDAY / DAY);

function daysOf(amounts: readonly number[]): Days {
  return { days: amounts.map((_, i) => FIRST + i), amounts };
}

function noisy(seed: number, days: number, level: (i: number) => number, noise: number): readonly number[] {
  const { normal } = dice(seed);
  return Array.from({ length: days }, (_, i) => level(i) * Math.exp(noise * normal()));
}

describe('learnDay', () => {
  test.each([
    ['amounts by weekday', noisy(1, 60, (i) => (i % 7 > 4 ? 8 : 40), 0.25)],
    ['amounts with days of nothing', noisy(2, 60, (i) => (i % 5 === 0 ? 0 : 40), 0.25)],
    ['amounts below zero', noisy(3, 60, (i) => (i % 2 === 0 ? -5 : 5), 0.25)],
    ['nothing but zeros', new Array<number>(60).fill(0)],
  ])('comes to the same whether it is asked about each day or not: %s', (_name, amounts) => {
    const [asked, silent] = [amounts, amounts].map((all) => learnDays(daysOf(all.slice(0, 30)), 30));
    if (asked === undefined || silent === undefined) throw new Error('there are two models');
    for (const [i, amount] of amounts.entries()) {
      if (i < 30) continue;
      expectNextDay(asked, (FIRST + i) * DAY, amount);
      learnDay(asked, FIRST + i, amount);
      learnDay(silent, FIRST + i, amount);
    }
    const [one, other] = [asked, silent].map((model) => expectNextDay(model, (FIRST + 60) * DAY, 30));
    expect(one?.points).toBe(60);
    expect(one?.deviation).toBeCloseTo(other?.deviation ?? Number.NaN, 8);
    expect(one?.evidence).toBeCloseTo(other?.evidence ?? Number.NaN, 8);
  });
});

describe('stillMeasures', () => {
  const usual = noisy(4, 40, () => 40, 0.25);

  test('while amounts are about what they were', () => {
    const model = learnDays(daysOf(usual), 40);
    expect(stillMeasures(model, [...usual, 44, 35, 120], 41)).toBe(true);
  });

  test.each([
    ['an amount below zero came', usual, -1],
    ['amounts have become three times as large', [...usual.slice(30), ...usual.map((amount) => 3 * amount)], 120],
  ])('no more when %s', (_name, amounts, next) => {
    expect(stillMeasures(learnDays(daysOf(usual), 40), amounts, next)).toBe(false);
  });

  test('differences no more when they have become much larger', () => {
    const around = noisy(5, 40, (i) => (i % 2 === 0 ? -5 : 5), 0.25);
    const wide = around.map((amount) => 10 * amount);
    expect(stillMeasures(learnDays(daysOf(around), 1), around, 2)).toBe(true);
    expect(stillMeasures(learnDays(daysOf(around), 1), wide, 2)).toBe(false);
  });
});

describe('expectBaseline of days', () => {
  test('judges a year day by day nearly as each day by the two months before it alone', () => {
    const amounts = noisy(6, 365, (i) => (i % 7 > 4 ? 8 : 40) * 1.005 ** i, 0.3);
    const baseline = newBaseline();
    const apart = amounts.map((amount, i) => {
      const at = (FIRST + i) * DAY;
      const own = expectBaseline(baseline, at, amount, DAY)?.expectation;
      if (own === undefined || i < 60) return 0;
      const past = { days: daysOf(amounts).days.slice(i - 60, i), amounts: amounts.slice(i - 60, i) };
      return Math.abs(own.deviation - expectDay(past, at, amount).deviation);
    });
    // Up to 15 days more are in it, and 25 % of what is added before the logarithm.
    expect([...apart].sort((a, b) => a - b)[Math.floor(0.95 * apart.length)]).toBeLessThan(0.2);
  });

  test('keeps no more than two and a half months', () => {
    const baseline = newBaseline();
    for (const [i, amount] of noisy(7, 400, () => 40, 0.3).entries()) {
      expectBaseline(baseline, (FIRST + i) * DAY, amount, DAY);
    }
    expect(baseline.values.length).toBeLessThanOrEqual(75);
    expect(baseline.moments.length).toBe(baseline.values.length);
  });

  test('knows a level that has moved within a week, and one that is calm to a tenth', () => {
    const moved = noisy(8, 56, (i) => (i < 46 ? 40 : 100), 0.2);
    const calm = noisy(9, 56, () => 40, 0.2);
    const middleOf = (amounts: readonly number[]): number => expectDay(daysOf(amounts), (FIRST + 56) * DAY, 60).middle;
    expect(middleOf(moved)).toBeGreaterThan(75);
    expect(Math.abs(middleOf(calm) - 40)).toBeLessThan(4);
  });
});
