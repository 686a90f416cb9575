import { describe, expect, test } from 'vitest';
import { UNKNOWN_MONEY } from '../../../../core/money.ts';
import type { SessionReading } from '../../../../core/session.ts';
import { NO_PRICES, type PriceList } from '../../../prices/price-list.ts';
import { eachOnce, identify } from '../../identity.ts';
import { CHUNK, sourceOf } from '../../json/line-feed.ts';
import { readSessionFile, readWholeFile } from '../../recognise.ts';
import { sinceBegin } from '../../since.ts';
import { readingOf } from './reading.ts';
import { openScanner } from './scan/scanner.ts';
import { skimTranscript } from './skimmed.ts';

// The shape of `cost-state` rows as written by 2.1.270. All values are made up.

/** One dollar per thousand output tokens. */
const PRICE: PriceList = (_model, { output }) => output / 1_000;

function bytesOf(rows: readonly unknown[]): Buffer {
  return Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
}

function only(rows: readonly unknown[], price: PriceList = PRICE): SessionReading {
  const { sessions } = readSessionFile('s.jsonl', bytesOf(rows), price);
  expect(sessions).toHaveLength(1);
  expect(readWholeFile('s.jsonl', bytesOf(rows), price).sessions).toEqual(sessions);
  return sessions[0] as SessionReading;
}

function said(id: string, input: number, output: number, more: object = {}): object {
  const usage = {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 50,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 50 },
  };
  return {
    type: 'assistant',
    sessionId: 's',
    uuid: `u-${id}`,
    timestamp: '2026-09-14T15:16:17.588Z',
    message: { id, model: 'claude-opus-5', role: 'assistant', content: [], stop_reason: null, usage },
    ...more,
  };
}

function counted(input: number, output: number, usd: number, written = 0): object {
  const cached = { cacheReadInputTokens: 100, cacheCreationInputTokens: written };
  return { inputTokens: input, outputTokens: output, thinkingTokens: 1, ...cached, webSearchRequests: 0, costUSD: usd };
}

function note(usd: number, modelUsage: object, more: object = {}): object {
  return {
    type: 'cost-state',
    sessionId: 's',
    totalCostUSD: usd,
    totalAPIDuration: 7_914,
    startTime: 1_789_398_960_924,
    modelUsage,
    hasUnknownModelCost: false,
    ...more,
  };
}

const WHOLE = { 'claude-opus-5': counted(10, 400, 0.4, 50), 'claude-haiku-4-5': counted(300, 20, 0.02) };

describe('totals that Claude Code notes in a transcript', () => {
  test('count, with auxiliary models that leave no row of their own', () => {
    const reading = only([said('m1', 10, 3), note(0.42, WHOLE), { type: 'last-prompt', sessionId: 's' }]);
    expect(reading.tokens).toEqual({
      input: 310,
      output: 420,
      cacheRead: 200,
      cacheWrite5m: 0,
      cacheWrite1h: 50,
      total: 980,
    });
    expect(reading.cost).toEqual({ usd: 0.42, basis: 'billed' });
    expect(reading.reportedCost).toEqual({ usd: 0.42, basis: 'billed' });
    expect(reading.models).toEqual(['claude-opus-5', 'claude-haiku-4-5']);
    expect(reading.state).toMatchObject({ tokens: 'exact', cost: 'exact' });
    expect(reading.detail?.apiDuration).toBe(7_914);
  });

  test('are the same where only tokens and cost are wanted', () => {
    const rows = [said('m1', 10, 3), note(0.42, WHOLE), said('m2', 10, 9_000)];
    for (const some of [rows, rows.slice(0, 2)]) {
      const skimmed = skimTranscript(sourceOf(bytesOf(some)), openScanner(CHUNK), 'usage', PRICE);
      const [part] = skimmed?.parts ?? [];
      const reading = part === undefined ? null : readingOf(part);
      const all = only(some);
      expect(reading?.tokens).toEqual(all.tokens);
      expect(reading?.cost).toEqual(all.cost);
    }
  });

  test('leave nothing to complain about where a model has no price', () => {
    const rows = [said('m1', 10, 3), note(0.42, WHOLE)];
    expect(readSessionFile('s.jsonl', bytesOf(rows), NO_PRICES).complaints).toEqual([]);
    expect(readSessionFile('s.jsonl', bytesOf(rows.slice(0, 1)), NO_PRICES).complaints).toHaveLength(1);
  });

  test('are the least that was used once the model has said more', () => {
    const reading = only([said('m1', 10, 3), note(0.42, WHOLE), said('m2', 2_000, 1_000)]);
    expect(reading.tokens).toMatchObject({ input: 2_010, output: 1_003 });
    expect(reading.cost).toEqual({ usd: 1.003, basis: 'estimated' });
    expect(reading.state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound' });
    expect(reading.detail?.apiDuration).toBeNull();
  });

  test('are the least that was used where the answers hold more than they do', () => {
    const reading = only([said('m1', 10_000, 3), note(0.42, WHOLE)]);
    expect(reading.tokens).toMatchObject({ input: 10_000, output: 420 });
    expect(reading.state.tokens).toBe('lower_bound');
  });

  test('count once where later ones go on, and add up where they began anew', () => {
    const later = { 'claude-opus-5': counted(20, 900, 0.9, 50) };
    const again = { ...note(0.1, { 'claude-opus-5': counted(5, 100, 0.1) }), startTime: 1_789_400_000_000 };
    expect(only([said('m1', 10, 3), note(0.42, WHOLE), note(0.9, later)]).cost.usd).toBe(0.9);
    expect(only([said('m1', 10, 3), note(0.9, later), again]).cost.usd).toBe(1);
    expect(only([said('m1', 10, 3), note(0.9, later), again]).tokens).toMatchObject({ input: 25, output: 1_000 });
  });

  test('that fall within one process were written late', () => {
    expect(only([said('m1', 10, 3), note(0.42, WHOLE), note(0.1, { a: counted(1, 1, 0.1) })]).cost.usd).toBe(0.42);
  });

  test('tell tokens and no cost where the price of a model was not known', () => {
    const reading = only([said('m1', 10, 3), note(0.42, WHOLE, { hasUnknownModelCost: true })]);
    expect(reading.tokens.output).toBe(420);
    expect(reading.reportedCost).toEqual(UNKNOWN_MONEY);
    expect(reading.cost).toEqual({ usd: 0.003, basis: 'estimated' });
    expect(reading.state).toMatchObject({ tokens: 'exact', cost: 'lower_bound' });
  });

  test.each([
    ['nothing of models', note(0.42, {})],
    ['no models at all', note(0.42, WHOLE, { modelUsage: null })],
    ['models that are no objects', note(0.42, { a: 3, b: 'x', c: [] })],
    ['a list of models', note(0.42, WHOLE, { modelUsage: [WHOLE] })],
  ])('that hold %s are none', (_, row) => {
    expect(only([said('m1', 10, 3), row])).toEqual(only([said('m1', 10, 3)]));
  });

  test('with numbers that are none are not believed to be all', () => {
    const broken = { a: { inputTokens: -1, outputTokens: '7', cacheReadInputTokens: 1e300, costUSD: 'x' } };
    const reading = only([said('m1', 10, 3), note(Number.NaN, broken)]);
    expect(reading.tokens).toMatchObject({ input: 10, output: 7, cacheRead: 100 });
    expect(reading.state.tokens).toBe('lower_bound');
    expect(reading.reportedCost).toEqual(UNKNOWN_MONEY);
  });

  test('do not hold for a fork without what it copied, nor for what a resumed session did since', () => {
    const early = said('m1', 10, 3, { timestamp: '2026-09-14T10:00:00.000Z' });
    const late = said('m2', 20, 5);
    const fork = [early, late, note(0.9, WHOLE)].map((row) => ({ ...row, sessionId: 'fork' }));
    const found = [[early], fork].flatMap((rows) => {
      const bytes = bytesOf(rows);
      return identify('s.jsonl', bytes, readSessionFile('s.jsonl', bytes, PRICE));
    });
    const [, forked] = eachOnce(found);
    expect(forked?.reading.tokens).toMatchObject({ input: 20, output: 5 });
    const [whole] = found.slice(1);
    const cut = whole === undefined ? null : sinceBegin(whole, '2026-09-14T12:00:00.000Z');
    expect(cut?.reading.tokens).toMatchObject({ input: 20, output: 5 });
    expect(cut?.reading.reportedCost).toEqual(UNKNOWN_MONEY);
  });
});
