import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { assistant, lines, usage } from '../../../test/kit/transcript-rows.ts';
import { ingest } from './ingest.ts';
import { renderIngest } from './table.ts';
import type { IngestTotals } from './totals.ts';

const NOW = '2026-11-01T00:00:00.000Z';
const DAY = { timestamp: '2026-01-01T23:00:00.000Z' };
const NEXT = { timestamp: '2026-01-02T01:00:00.000Z' };

const transcript = lines([
  assistant('m1', { model: 'model-a', usage: usage(1, 1) }, [], DAY),
  assistant('m2', { model: 'model-a', usage: usage(20, 1) }, [], NEXT),
  assistant('m3', { model: 'model-b', usage: usage(300, 1) }, [], NEXT),
]);
const totals = { inputTokens: 4_000, outputTokens: 1, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
const execution = JSON.stringify([
  {
    type: 'result',
    subtype: 'success',
    session_id: 's2',
    total_cost_usd: 0.5,
    modelUsage: { 'model-a': totals, 'model-b': totals },
  },
]);

async function totalsOf(files: Record<string, string>, agent: string | null = null): Promise<IngestTotals> {
  await using folder = await createFixture(files);
  return (await ingest([folder.path], { now: NOW, agent })).totals;
}

describe('the totals of ingest', () => {
  test('share a transcript out among its models and days', async () => {
    const { byModel, byDay, tokens } = await totalsOf({ 'a.jsonl': transcript });
    expect(tokens.input).toBe(321);
    expect(byModel.map(({ model, sessions, tokens: used }) => [model, sessions, used.input])).toEqual([
      ['model-a', 1, 21],
      ['model-b', 1, 300],
    ]);
    expect(byDay.map(({ day, sessions, tokens: used }) => [day, sessions, used.input])).toEqual([
      ['2026-01-01', 1, 1],
      ['2026-01-02', 1, 320],
    ]);
  });

  test('put what is not told for each model, and what has no day, under null', async () => {
    const { byModel, byDay } = await totalsOf({ 'b.json': execution });
    expect(byModel).toMatchObject([{ model: null, tokens: { input: 8_000 }, cost: { usd: 0.5, basis: 'billed' } }]);
    expect(byDay).toMatchObject([{ day: null, sessions: 1 }]);
  });

  test('name the agent only where somebody said whose the sessions are', async () => {
    expect((await totalsOf({ 'a.jsonl': transcript })).byAgent).toMatchObject([
      { agent: null, engine: 'claude', sessions: 1 },
    ]);
    expect((await totalsOf({ 'a.jsonl': transcript }, 'fixer')).byAgent).toMatchObject([{ agent: 'fixer' }]);
  });

  test('stand in the table where there is more than one model or day', async () => {
    await using folder = await createFixture({ 'a.jsonl': transcript });
    const table = renderIngest(await ingest([folder.path], { now: NOW }), null);
    expect(table).toMatch(/model +sessions +tokens +cost\nmodel-a +1 +1,823 +\?\nmodel-b +1 +1,201 +\?\n/);
    expect(table).toMatch(/2026-01-02 +1 +2,122 +\?/);
    expect(table).not.toMatch(/^agent/m);
  });
});
