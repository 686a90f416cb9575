import { describe, expect, test } from 'vitest';
import { openPriceList } from './genai-prices.ts';
import type { RequestUsage } from './price-list.ts';

const DAY = '2026-11-01T00:00:00.000Z';
const NONE: RequestUsage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  webSearches: 0,
  fast: false,
};
const MILLION = 1_000_000;

// Prices per million tokens, from the vendors' public lists as contained in the library.
describe('the price list', () => {
  test('prices every kind of token of a request', async () => {
    const price = await openPriceList(DAY);
    const opus = 'claude-opus-4-5-20251101';
    expect(price(opus, { ...NONE, input: MILLION }, null)).toBeCloseTo(5, 9);
    expect(price(opus, { ...NONE, output: MILLION }, null)).toBeCloseTo(25, 9);
    expect(price(opus, { ...NONE, cacheRead: MILLION }, null)).toBeCloseTo(0.5, 9);
    expect(price(opus, { ...NONE, cacheWrite5m: MILLION }, null)).toBeCloseTo(6.25, 9);
    expect(price(opus, { ...NONE, cacheWrite1h: MILLION }, null)).toBeCloseTo(10, 9);
    expect(price(opus, { ...NONE, webSearches: 1_000 }, null)).toBeCloseTo(10, 9);
  });

  test('agrees with what the engine reported for an untiered model', async () => {
    // modelUsage of opus in hive-mind/exec-opus45-mcp-playwright-run1.json: costUSD 3.6363255.
    const usage = { ...NONE, input: 12_658, output: 26_070, cacheRead: 3_355_921, cacheWrite5m: 198_932 };
    expect((await openPriceList(DAY))('claude-opus-4-5-20251101', usage, null)).toBeCloseTo(3.6363255, 9);
  });

  test('charges the dearer tier for the whole of a large request', async () => {
    const price = await openPriceList(DAY);
    expect(price('claude-sonnet-4-5-20250929', { ...NONE, input: 200_000 }, null)).toBeCloseTo(0.6, 9);
    expect(price('claude-sonnet-4-5-20250929', { ...NONE, input: 300_000 }, null)).toBeCloseTo(1.8, 9);
  });

  test('multiplies for the fast mode, and does not guess where it knows no multiplier', async () => {
    const price = await openPriceList(DAY);
    const usage = { ...NONE, input: 100_000 };
    expect(price('claude-opus-4-6', { ...usage, fast: true }, null)).toBeCloseTo(6 * 0.5, 9);
    expect(price('claude-sonnet-4-5-20250929', { ...usage, fast: true }, null)).toBeNull();
  });

  test.each([
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'global.anthropic.claude-opus-4-6-v1',
    'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'claude-sonnet-4-5@20250929',
    'anthropic/claude-sonnet-4.5',
    'gpt-5.4',
    'gemini-2.5-pro',
  ])('knows %s from whoever sells it', async (model) => {
    expect((await openPriceList(DAY))(model, { ...NONE, input: 1_000 }, null)).toBeGreaterThan(0);
  });

  // The library accepts `claude-sonnet-5` as the beginning of any later name. A successor usually has another price.
  test.each([
    'claude-sonnet-5-5',
    'claude-sonnet-5-1-20270101',
    'claude-sonnet-4-5-mini',
    'claude-haiku-4-5-pro',
    'gemini-2.5-proX',
    'gemini-2.5-pro-ultra',
    'gpt-5.4-foo',
    'us.anthropic.claude-sonnet-4-5-20250929-turbo-v1:0',
    'anthropic/claude-sonnet-5.5',
    'claude-sonnet-5-5@20270101',
  ])('%s is not priced as the model whose name it begins with', async (model) => {
    expect((await openPriceList(DAY))(model, { ...NONE, input: 1_000 }, null)).toBeNull();
  });

  test.each([
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['claude-opus-5-5-20270101', 'claude-opus-5-5'],
    ['openai/gpt-5.4', 'gpt-5.4'],
    ['gpt-5.4-2027-01-01', 'gpt-5.4'],
    ['models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['gemini-2.5-pro-preview-05-06', 'gemini-2.5-pro'],
    ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
  ])('%s costs what %s costs', async (spelling, model) => {
    const price = await openPriceList(DAY);
    const usage = { ...NONE, input: 10_000, output: 500, cacheRead: 900 };
    expect(price(spelling, usage, null)).toBeGreaterThan(0);
    expect(price(spelling, usage, null)).toBe(price(model, usage, null));
  });

  test('a configured price comes before the list, from its day on', async () => {
    const own = [{ model: 'claude-opus-4-5', from: '2026-10-01', input: 1, output: 2 }];
    const price = await openPriceList(DAY, own);
    const usage = { ...NONE, input: MILLION };
    expect(price('claude-opus-4-5-20251101', usage, null)).toBeCloseTo(1, 9);
    expect(price('claude-opus-4-5-20251101', usage, '2026-09-30T00:00:00.000Z')).toBeCloseTo(5, 9);
  });

  test('takes the price of the day of a request', async () => {
    // According to the library's own dated list, claude-opus-4-6 charged large requests twice as much until 2026-03-13.
    const price = await openPriceList(DAY);
    const usage = { ...NONE, input: 300_000 };
    const [before, after] = ['2026-03-01T12:00:00.000Z', '2026-04-01T12:00:00.000Z'].map((at) =>
      price('claude-opus-4-6', usage, at),
    );
    expect([before, after]).toEqual([expect.closeTo(3, 9), expect.closeTo(1.5, 9)]);
  });

  test.each(['opus', '<synthetic>', 'claude-test-model', '', '__proto__', 'constructor', 'a'.repeat(10_000)])(
    '%j has no price',
    async (model) => {
      expect((await openPriceList(DAY))(model, { ...NONE, input: 1_000 }, null)).toBeNull();
    },
  );
});
