import { describe, expect, test } from 'vitest';
import type { OwnPrice } from '../../core/price.ts';
import { withOwnPrices } from './own-prices.ts';
import { NO_PRICES, notingPrices, type PriceList, type RequestUsage } from './price-list.ts';

const DAY = '2026-11-20T00:00:00.000Z';
const MILLION = 1_000_000;
const NONE: RequestUsage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  webSearches: 0,
  fast: false,
};
const INPUT = { ...NONE, input: MILLION };

function list(...own: readonly OwnPrice[]): PriceList {
  return withOwnPrices(own, DAY, NO_PRICES);
}

describe('prices that the configuration sets', () => {
  test('hold for every kind of token, a million at a time', () => {
    const price = list({
      model: 'm',
      input: 3,
      output: 15,
      cache_read: 0.3,
      cache_write: 3.75,
      cache_write_1h: 6,
      web_search: 0.01,
    });
    expect(price('m', INPUT, null)).toBeCloseTo(3, 9);
    expect(price('m', { ...NONE, output: MILLION }, null)).toBeCloseTo(15, 9);
    expect(price('m', { ...NONE, cacheRead: MILLION }, null)).toBeCloseTo(0.3, 9);
    expect(price('m', { ...NONE, cacheWrite5m: MILLION }, null)).toBeCloseTo(3.75, 9);
    expect(price('m', { ...NONE, cacheWrite1h: MILLION }, null)).toBeCloseTo(6, 9);
    expect(price('m', { ...NONE, webSearches: 2 }, null)).toBeCloseTo(0.02, 9);
  });

  test('charge the cache as other input where nothing else is set', () => {
    const price = list({ model: 'm', input: 3, output: 15 });
    expect(price('m', { ...NONE, cacheRead: MILLION, cacheWrite5m: MILLION, cacheWrite1h: MILLION }, null)).toBeCloseTo(
      9,
      9,
    );
  });

  test('hold from their day on, and the last that has begun counts', () => {
    const price = list(
      { model: 'm', from: '2026-11-01', input: 2, output: 1 },
      { model: 'm', from: '2026-12-01', input: 4, output: 1 },
    );
    expect(price('m', INPUT, '2026-10-31T23:59:59.999Z')).toBeNull();
    expect(price('m', INPUT, '2026-11-01T00:00:00.000Z')).toBeCloseTo(2, 9);
    expect(price('m', INPUT, '2026-11-30T23:59:59.999Z')).toBeCloseTo(2, 9);
    expect(price('m', INPUT, '2026-12-01T00:00:00.000Z')).toBeCloseTo(4, 9);
    // The day that the list was opened for.
    expect(price('m', INPUT, null)).toBeCloseTo(2, 9);
  });

  test('a name that is written out comes before one that differs in its date', () => {
    const price = list({ model: 'claude-x-20260101', input: 1, output: 1 }, { model: 'claude-x', input: 2, output: 1 });
    expect(price('claude-x-20260101', INPUT, null)).toBeCloseTo(1, 9);
    expect(price('claude-x', INPUT, null)).toBeCloseTo(2, 9);
    expect(price('anthropic/claude-x[1m]', INPUT, null)).toBeCloseTo(2, 9);
  });

  test('say nothing about a longer name', () => {
    const price = list({ model: 'claude-sonnet-5', input: 1, output: 1 });
    expect(price('claude-sonnet-5-5', INPUT, null)).toBeNull();
  });

  test('know the fast mode only where they are told what it costs', () => {
    const fast = { ...INPUT, fast: true };
    expect(list({ model: 'm', input: 3, output: 1 })('m', fast, null)).toBeNull();
    expect(list({ model: 'm', input: 3, output: 1, fast: 2 })('m', fast, null)).toBeCloseTo(6, 9);
  });
});

describe('noting what has no price', () => {
  test('names each model once, and none that used nothing', () => {
    const noting = notingPrices(list({ model: 'known', input: 1, output: 1 }));
    noting.price('known', INPUT, null);
    noting.price('odd', INPUT, null);
    noting.price('odd', INPUT, null);
    noting.price('idle', NONE, null);
    expect(noting.unpriced()).toEqual(['odd']);
  });
});
