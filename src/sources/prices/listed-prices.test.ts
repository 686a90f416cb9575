import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LISTED_FILE, listPrices, namesOfModels } from '../../../scripts/list-prices.ts';
import { openPriceList } from './genai-prices.ts';
import { libraryModel } from './library-model.ts';
import { listedPrices } from './listed-prices.ts';

const NAMES = namesOfModels().filter((name) => listedPrices(name) !== null);

describe('the listed prices', () => {
  test('are those of the library that is installed', () => {
    expect(readFileSync(LISTED_FILE, 'utf8')).toBe(listPrices());
    expect(NAMES.length).toBeGreaterThan(30);
  });

  test('give every request the price that the library gives it, on any day', () => {
    const price = openPriceList('2026-11-01T00:00:00.000Z');
    const tokens = fc.nat({ max: 300_000 });
    const usage = fc.record({
      input: tokens,
      output: tokens,
      cacheRead: tokens,
      cacheWrite5m: tokens,
      cacheWrite1h: tokens,
      webSearches: fc.nat({ max: 9 }),
      fast: fc.constant(false),
    });
    const day = fc.date({ min: new Date('2025-06-01'), max: new Date('2027-06-01'), noInvalidDate: true });
    const ending = fc.constantFrom('', '-20250514', '-20251101', '-20261231');
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), ending, usage, day, (name, date, used, at) => {
        const moment = at.toISOString();
        const asked = libraryModel(`${name}${date}`)?.costOf(used, moment);
        expect(price(`${name}${date}`, used, moment)).toBeCloseTo(asked ?? Number.NaN, 9);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['', '-', 'claude-opus-4-5 -', 'claude-opus-4-5-', 'claude-opus-4', 'gpt-5.4', '-20250101'])(
    'hold %j only if it is a name',
    (name) => {
      expect(listedPrices(name) === null).toBe(!NAMES.includes(name));
    },
  );
});
