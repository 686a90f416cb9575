import { describe, expect, test } from 'vitest';
import { expectRate, type Trials } from './rates.ts';

const steady = (days: number, all: number, hits: number): readonly Trials[] =>
  Array.from({ length: days }, () => ({ all, hits }));

describe('what is expected of a rate', () => {
  test('where days do not differ, it is nearly binomial: 6 of 40 at 5 % are one in seventy', () => {
    // P(X > 6) + P(X = 6) / 2 of Binomial(40, 0.05) = 0.0034 + 0.0105 / 2 = 0.0086, summed by hand; a little wider here.
    const digits = expectRate(steady(2_000, 40, 2), { all: 40, hits: 6 })?.digits ?? 0;
    expect(10 ** -digits).toBeGreaterThan(0.0086);
    expect(10 ** -digits).toBeLessThan(0.0105);
  });

  test('30 % failures of 40 after weeks at 5 % are no chance; 5 % are', () => {
    expect(expectRate(steady(30, 40, 2), { all: 40, hits: 12 })?.digits).toBeGreaterThan(4);
    expect(expectRate(steady(30, 40, 2), { all: 40, hits: 2 })?.digits).toBeLessThan(1);
  });

  test('the same rate is weaker evidence where days differ, or where few trials are known', () => {
    const wild = Array.from({ length: 30 }, (_, day) => ({ all: 40, hits: day % 5 === 0 ? 10 : 0 }));
    const now = { all: 40, hits: 12 };
    const calm = expectRate(steady(30, 40, 2), now)?.digits ?? 0;
    expect(expectRate(wild, now)?.digits).toBeLessThan(calm / 2);
    expect(expectRate(steady(2, 40, 2), now)?.digits).toBeLessThan(calm);
  });

  test('a past without a single failure makes one no surprise, and ten of ten one', () => {
    expect(expectRate(steady(20, 10, 0), { all: 10, hits: 1 })?.digits).toBeLessThan(2);
    expect(expectRate(steady(20, 10, 0), { all: 10, hits: 10 })?.digits).toBeGreaterThan(4);
  });

  test('the expected range ends where one rate in a thousand lies above it', () => {
    const { low, middle, high } = expectRate(steady(30, 100, 5), { all: 100, hits: 5 }) ?? {};
    expect(low).toBe(0);
    expect(middle).toBeCloseTo(0.05, 2);
    expect(high).toBeGreaterThan(0.1);
    expect(high).toBeLessThan(0.2);
  });

  test('a million calls cost no more than two thousand, and say as much', () => {
    const large = expectRate(steady(30, 1e6, 5e4), { all: 1e6, hits: 3e5 });
    expect(large?.digits).toBeGreaterThan(6);
    expect(large?.deviation).toBeGreaterThan(0);
  });

  test.each<[string, readonly Trials[], Trials]>([
    ['no past', [], { all: 10, hits: 1 }],
    ['a past without trials', steady(9, 0, 0), { all: 10, hits: 1 }],
    ['a present without trials', steady(9, 10, 1), { all: 0, hits: 0 }],
    ['more hits than trials', steady(9, 10, 1), { all: 10, hits: 11 }],
    ['NaN', steady(9, 10, 1), { all: Number.NaN, hits: 1 }],
    ['a negative number', steady(9, 10, 1), { all: 10, hits: -1 }],
    ['infinity', steady(9, 10, 1), { all: Number.POSITIVE_INFINITY, hits: 1 }],
  ])('%s: no answer', (_name, past, now) => {
    expect(expectRate(past, now)).toBeNull();
  });

  test('days that are no numbers are left out of the past', () => {
    const dirty = [...steady(9, 10, 1), { all: Number.NaN, hits: 0 }, { all: 1, hits: 5 }];
    expect(expectRate(dirty, { all: 10, hits: 1 })).toEqual(expectRate(steady(9, 10, 1), { all: 10, hits: 1 }));
  });
});
