import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { seeded } from '../../test/kit/long-run.ts';
import { expectationOf, HABIT_NEEDS, type HabitDay, habitOf } from './habit.ts';

const STEADY: readonly HabitDay[] = Array.from({ length: 28 }, (_, i) => ({ weekday: i % 7, amount: 10 }));
const WEEK = Array.from({ length: 7 }, (_, weekday) => ({ weekday, share: 1 }));

/** A standard normal number from two even ones (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How a day comes to be, by the kind of fleet; `i` counts days, weekends are 5 and 6. */
const FLEETS: Readonly<Record<string, (i: number, random: () => number) => number>> = {
  steady: (_i, random) => 20 * Math.exp(0.3 * normal(random) - 0.045),
  'weekly rhythm': (i, random) => (i % 7 > 4 ? 4 : 26) * Math.exp(0.3 * normal(random) - 0.045),
  'heavy tail': (_i, random) => 20 * Math.exp(0.9 * normal(random) - 0.405),
  'many idle days': (_i, random) => (random() < 0.4 ? 0 : 33 * Math.exp(0.4 * normal(random) - 0.08)),
  'growth of 0.5 % a day': (i, random) => 20 * 1.005 ** i * Math.exp(0.3 * normal(random) - 0.045),
  'growth of 1 % a day': (i, random) => 20 * 1.01 ** i * Math.exp(0.3 * normal(random) - 0.045),
  'growth of 2 % a day': (i, random) => 20 * 1.02 ** i * Math.exp(0.3 * normal(random) - 0.045),
  'decline of 1 % a day': (i, random) => 20 * 0.99 ** i * Math.exp(0.3 * normal(random) - 0.045),
  'weekly rhythm and growth of 1 % a day': (i, random) =>
    (i % 7 > 4 ? 4 : 26) * 1.01 ** i * Math.exp(0.3 * normal(random) - 0.045),
  'a step of half as much ten days ago': (i, random) => (i < 24 ? 20 : 30) * Math.exp(0.3 * normal(random) - 0.045),
};

/** What each trial gave, for docs/budgets.md. */
const table = new Map<string, string[]>();

afterAll(() => {
  if (process.env['CHECKREIN_TABLE'] !== 'forecast') return;
  const lines = [...table].map(([name, cells]) => `| ${name} | ${cells.join(' | ')} |`);
  process.stdout.write(`${lines.join('\n')}\n`);
});

/** The share of 400 seeded series whose next `days` days lay in the interval of 80 %, and the median error of the expectation. */
function trial(fleet: (i: number, random: () => number) => number, days: number): { inside: number; error: number } {
  let inside = 0;
  const errors: number[] = [];
  for (let seed = 1; seed <= 400; seed++) {
    const random = seeded(seed * 7919);
    const past = Array.from({ length: 34 }, (_, i) => ({ weekday: i % 7, amount: fleet(i, random) }));
    const came = Array.from({ length: days }, (_, i) => fleet(34 + i, random)).reduce((sum, value) => sum + value, 0);
    const habit = habitOf(past);
    if (habit === null) throw new Error('34 days are a habit');
    const ahead = Array.from({ length: days }, (_, i) => ({ weekday: (34 + i) % 7, share: 1 }));
    const { expected, low, high } = expectationOf(habit, ahead);
    if (came >= low && came <= high) inside++;
    errors.push(Math.abs(expected - came) / Math.max(expected, came));
  }
  errors.sort((a, b) => a - b);
  return { inside: inside / 400, error: errors[200] ?? 1 };
}

describe('the interval of 80 %', () => {
  // docs/budgets.md prints these figures.
  test.each(Object.entries(FLEETS).flatMap(([name, fleet]) => [1, 7, 20].map((days) => [name, days, fleet] as const)))(
    'of a fleet with %s over %d days holds what comes about as often as it says',
    (name, days, fleet) => {
      const { inside, error } = trial(fleet, days);
      const percent = (share: number): string => `${Math.round(share * 100)} %`;
      table.set(name, [...(table.get(name) ?? []), `${percent(inside)}, ${percent(error)}`]);
      expect(error).toBeLessThan(0.8);
      // A step is no growth: for weeks nobody can tell, and the interval is too wide.
      const isStep = name.startsWith('a step');
      expect(inside).toBeGreaterThanOrEqual(0.75);
      expect(inside).toBeLessThanOrEqual(isStep ? 0.98 : 0.9);
    },
  );
});

describe('a habit', () => {
  test('of days that are all alike is known exactly', () => {
    const habit = habitOf(STEADY);
    if (habit === null) throw new Error('28 days are a habit');
    expect(habit.level).toBeCloseTo(10, 9);
    const { expected, low, high } = expectationOf(habit, WEEK);
    expect([expected, low, high].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([70, 70, 70]);
  });

  test('grows where its weeks did, and stands where they only scattered', () => {
    const grown = (growth: number, noise: number) =>
      habitOf(
        Array.from({ length: 34 }, (_, i) => ({
          weekday: i % 7,
          amount: 10 * (1 + growth) ** i * (1 + noise * (i % 2 === 0 ? 1 : -1)),
        })),
      )?.trend.growth ?? Number.NaN;
    expect(grown(0.02, 0.1)).toBeCloseTo(Math.log(1.02), 2);
    expect(grown(-0.01, 0.1)).toBeCloseTo(Math.log(0.99), 2);
    expect(Math.abs(grown(0, 0.3))).toBeLessThan(0.001);
    // One dear week is no trend, and nothing grows faster than four percent for long.
    expect(grown(0.2, 0)).toBe(0.04);
    const calm = Array.from({ length: 34 }, (_, i) => ({ weekday: i % 7, amount: (i > 30 ? 60 : 10) + (i % 3) }));
    expect(Math.abs(habitOf(calm)?.trend.growth ?? 1)).toBeLessThan(0.01);
  });

  test('knows the weekend from the week', () => {
    const days = Array.from({ length: 28 }, (_, i) => ({ weekday: i % 7, amount: i % 7 > 4 ? 0 : 14 }));
    const habit = habitOf(days);
    if (habit === null) throw new Error('28 days are a habit');
    const monday = expectationOf(habit, [{ weekday: 0, share: 1 }]).expected;
    const sunday = expectationOf(habit, [{ weekday: 6, share: 1 }]).expected;
    expect(monday).toBeGreaterThan(2.5 * sunday);
  });

  test.each([
    ['no day', []],
    ['six days', STEADY.slice(0, HABIT_NEEDS - 1)],
    ['days on which nothing happened', STEADY.map((day) => ({ ...day, amount: 0 }))],
  ])('is not made of %s', (_what, days) => {
    expect(habitOf(days)).toBeNull();
  });

  test('expects numbers in order, never below zero, whatever the days were', () => {
    const amounts = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })), { maxLength: 40 });
    fc.assert(
      fc.property(amounts, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const habit = habitOf(values.map((amount, i) => ({ weekday: i % 7, amount })));
        if (habit === null) return;
        const { expected, low, high } = expectationOf(habit, [{ weekday: 3, share }]);
        expect([expected, low, high].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });
});
