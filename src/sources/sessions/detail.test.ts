import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SESSION_FIXTURES } from '../../../test/kit/session-fixtures.ts';
import { detailOf, type SessionDetail, type SessionReading } from '../../core/session.ts';
import { openPriceList } from '../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../prices/price-list.ts';
import { joinRun } from './pieces.ts';
import { readSessionFile } from './recognise.ts';

function written(records: readonly object[]): Uint8Array {
  return Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'));
}

function read(path: string, records: readonly object[], price: PriceList = NO_PRICES): SessionReading {
  const { sessions, piece } = readSessionFile(path, written(records), price);
  const joined = joinRun(piece === undefined ? [] : [piece], [], price).sessions.map(({ reading }) => reading);
  const [first] = [...sessions, ...joined];
  if (first === undefined) throw new Error('no session was read');
  return first;
}

function fixture(path: string): readonly object[] {
  return SESSION_FIXTURES.find((one) => one.path === path)?.records ?? [];
}

function detail(path: string): SessionDetail {
  return detailOf(read(path, fixture(path)));
}

function classesOf(reading: SessionReading): unknown {
  return Object.fromEntries(
    reading.tools.filter(({ errors }) => errors > 0).map((use) => [use.tool, use.errorsByClass]),
  );
}

const WRITTEN = { count: 1, outside: 0, paths: ['file.ts'] };

describe('what a session yields beside tokens, by format', () => {
  test('the execution file of Claude', () => {
    expect(detail('claude-execution-output.json')).toMatchObject({
      apiDuration: 4_000,
      servers: [{ name: 'server', status: 'failed' }],
      limitsHit: [],
      cutOff: false,
      filesChanged: WRITTEN,
      deniedTools: [{ server: null, tool: 'Bash', calls: 1 }],
      unguarded: false,
      unpricedModels: ['claude-x'],
    });
  });

  test('a transcript of Claude', () => {
    const reading = read('s1.jsonl', fixture('s1.jsonl'));
    expect(detailOf(reading)).toMatchObject({
      apiDuration: null,
      servers: null,
      filesChanged: WRITTEN,
      deniedTools: [{ server: 'server', tool: 'tool', calls: 1 }],
      unguarded: false,
    });
    expect(classesOf(reading)).toEqual({ tool: { denied: 1 } });
  });

  test('a rollout of Codex', () => {
    const reading = read('rollout-1.jsonl', fixture('rollout-1.jsonl'));
    expect(detailOf(reading)).toMatchObject({
      filesChanged: WRITTEN,
      deniedTools: [{ server: 'server', tool: 'tool', calls: 1 }],
      unguarded: false,
      unpricedModels: ['gpt-5'],
    });
    expect(classesOf(reading)).toEqual({ exec_command: { exit: 1 }, tool: { unknown: 1, denied: 1 } });
  });

  test('the output of codex exec', () => {
    const reading = read('stdout.jsonl', fixture('stdout.jsonl'));
    expect(detailOf(reading)).toMatchObject({
      filesChanged: WRITTEN,
      deniedTools: [{ server: null, tool: 'web_search', calls: 1 }],
      cutOff: false,
    });
    expect(classesOf(reading)).toEqual({
      command_execution: { exit: 1 },
      tool: { unknown: 1 },
      web_search: { denied: 1 },
    });
  });

  test('the chat, the totals, the stream and the telemetry of Gemini', () => {
    expect(detail('session-1.jsonl')).toMatchObject({ filesChanged: WRITTEN, unpricedModels: ['gemini-x'] });
    const totals = read('stdout.log', fixture('stdout.log'));
    expect(detailOf(totals)).toMatchObject({
      apiDuration: 5,
      limitsHit: ['turns'],
      cutOff: false,
      filesChanged: null,
      deniedTools: [{ server: null, tool: 'tool', calls: 1 }],
    });
    expect(classesOf(totals)).toEqual({ tool: { rejected: 1 } });
    const stream = read('stream.jsonl', fixture('stream.jsonl'));
    expect(detailOf(stream)).toMatchObject({ filesChanged: WRITTEN, cutOff: false, limitsHit: [] });
    expect(classesOf(stream)).toEqual({ tool: { other: 1 } });
    expect(detail('telemetry.log')).toMatchObject({
      apiDuration: 5,
      deniedTools: [{ server: 'server', tool: 'tool', calls: 1 }],
      cutOff: null,
    });
  });

  test('OpenTelemetry of Claude', () => {
    const { sessions } = readSessionFile('otlp.jsonl', written(fixture('otlp.jsonl')), NO_PRICES);
    // The fixture's metrics name no session, so they form one of their own.
    expect(detailOf(sessions.at(-1) ?? read('', []))).toMatchObject({
      servers: [{ name: 'server', status: 'failed' }],
      deniedTools: [{ server: null, tool: 'Bash', calls: 1 }],
      cutOff: null,
    });
  });

  test('the events of Copilot, with what it bills instead of money', () => {
    expect(detail('events.jsonl')).toMatchObject({
      apiDuration: 5,
      cutOff: false,
      filesChanged: WRITTEN,
      deniedTools: [{ server: null, tool: 'shell', calls: 1 }],
      // 1,000,000 billionths; the previous count was 1,000.
      billedUnits: { aiUnits: 0.001, premiumRequests: 1 },
    });
  });

  test('what no record tells stays unknown', () => {
    expect(detail('agent_usage.json')).toMatchObject({
      apiDuration: null,
      servers: null,
      limitsHit: null,
      cutOff: null,
      filesChanged: null,
      deniedTools: null,
      unguarded: null,
      billedUnits: null,
    });
  });
});

const INIT = { type: 'system', subtype: 'init', session_id: 's', cwd: '/w', model: 'claude-opus-4-5' };
const SAID = {
  type: 'assistant',
  session_id: 's',
  message: {
    id: 'm',
    model: 'claude-opus-4-5',
    content: [],
    usage: { input_tokens: 100_000, output_tokens: 10_000, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  },
};
function result(more: object): object {
  return { type: 'result', subtype: 'success', is_error: false, session_id: 's', num_turns: 1, ...more };
}
function usageOf(model: string, costUSD: number): object {
  const tokens = { inputTokens: 100_000, outputTokens: 10_000, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
  return { total_cost_usd: costUSD, modelUsage: { [model]: { ...tokens, costUSD } } };
}

describe('reported and computed cost', () => {
  test('are both kept, and the reported one counts', async () => {
    const price = await openPriceList('2026-11-01T00:00:00.000Z');
    const reading = read('x.json', [INIT, SAID, result(usageOf('claude-opus-4-5', 0.9))], price);
    // claude-opus-4-5: $5 and $25 per million, so 100,000 and 10,000 cost $0.75.
    expect(reading.cost).toEqual({ usd: 0.9, basis: 'billed' });
    expect(reading.reportedCost).toEqual({ usd: 0.9, basis: 'billed' });
    expect(detailOf(reading)).toMatchObject({
      computedCost: { usd: expect.closeTo(0.75, 9), basis: 'list' },
      computedState: 'estimate',
      unpricedModels: [],
    });
  });

  test('sums of a model with tiers are an estimate where the messages show that no request was large', async () => {
    const price = await openPriceList('2026-11-01T00:00:00.000Z');
    const tokens = { inputTokens: 300_000, outputTokens: 0, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
    const sums = result({ total_cost_usd: 0.9, modelUsage: { 'claude-sonnet-4-5': tokens } });
    // 300,000 at $3 per million; one request of that size would cost $6 per million.
    const small = detailOf(read('x.json', [INIT, SAID, sums], price));
    expect(small).toMatchObject({ computedCost: { usd: expect.closeTo(0.9, 9) }, computedState: 'estimate' });
    const silent = detailOf(read('x.json', [INIT, sums], price));
    expect(silent).toMatchObject({ computedCost: { usd: expect.closeTo(0.9, 9) }, computedState: 'lower_bound' });
  });

  test('a model without a price is named, and its cost is unknown, not zero', async () => {
    const price = await openPriceList('2026-11-01T00:00:00.000Z');
    const reading = read('x.json', [INIT, SAID, result(usageOf('claude-sonnet-5-5', 0.9))], price);
    expect(reading.cost.usd).toBe(0.9);
    expect(detailOf(reading).unpricedModels).toEqual(['claude-sonnet-5-5']);
    const unknown = read(
      'x.json',
      [INIT, result({ modelUsage: { 'claude-sonnet-5-5': { inputTokens: 5, outputTokens: 5 } } })],
      price,
    );
    expect(unknown.cost).toEqual({ usd: null, basis: 'unknown' });
    expect(detailOf(unknown).computedCost).toEqual({ usd: null, basis: 'unknown' });
  });
});

describe('how a session ended', () => {
  test.each([
    [{ subtype: 'error_max_turns' }, ['turns'], 'stopped_by_limit'],
    [{ subtype: 'error_max_budget_usd' }, ['usd'], 'stopped_by_limit'],
    [{ terminal_reason: 'max_turns' }, ['turns'], 'stopped_by_limit'],
    [{ subtype: 'error_max_structured_output_retries', is_error: true }, ['attempts'], 'failed'],
    [{}, [], 'completed'],
  ])('%j hits %j', (more, limitsHit, outcome) => {
    const reading = read('x.json', [INIT, SAID, result({ total_cost_usd: 1, ...more })]);
    expect(reading.outcome).toBe(outcome);
    expect(detailOf(reading).limitsHit).toEqual(limitsHit);
  });

  test('a record without a result is cut off, and knows of no limit', () => {
    expect(detailOf(read('x.json', [INIT, SAID]))).toMatchObject({ cutOff: true, limitsHit: null, apiDuration: null });
  });

  test('a thread of Codex whose last turn is open is cut off', () => {
    const events = [{ type: 'thread.started', thread_id: 't' }, { type: 'turn.started' }];
    expect(detailOf(read('x.jsonl', events)).cutOff).toBe(true);
  });

  test('an engine that asks for no permission says so', () => {
    expect(detailOf(read('x.json', [{ ...INIT, permissionMode: 'bypassPermissions' }, SAID])).unguarded).toBe(true);
    expect(detailOf(read('x.json', [INIT, SAID])).unguarded).toBeNull();
  });

  test('a file counts as changed only when the call went well', () => {
    const call = (id: string, path: string): object => ({
      type: 'tool_use',
      id,
      name: 'Edit',
      input: { file_path: path },
    });
    const said = {
      ...SAID,
      message: { ...SAID.message, content: [call('a', '/w/a.ts'), call('b', '/w/b.ts'), call('c', '/w/c.ts')] },
    };
    const answered = {
      type: 'user',
      session_id: 's',
      message: {
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
          { type: 'tool_result', tool_use_id: 'b', content: 'no', is_error: true },
        ],
      },
    };
    expect(detailOf(read('x.json', [INIT, said, answered])).filesChanged?.paths).toEqual(['a.ts']);
  });
});

const SAMPLES = '../shared/samples';

describe.skipIf(!existsSync(SAMPLES))('real records (needs ../shared)', () => {
  test('a server that was connected and never used is told', () => {
    const path = `${SAMPLES}/hive-mind/exec-opus45-mcp-playwright-run1.json`;
    const { sessions } = readSessionFile(path, readFileSync(path), NO_PRICES);
    // The note on this file says "playwright connected, no MCP call".
    expect(detailOf(sessions[0] ?? ({} as SessionReading)).servers).toEqual([
      { name: 'playwright', status: 'connected' },
    ]);
  });

  test('the list price of tiered models agrees with what was reported', async () => {
    const price = await openPriceList('2026-01-01T00:00:00.000Z');
    for (const [name, usd] of [
      ['exec-sonnet45-websearch', 1.27346125],
      ['exec-opus45-mcp-playwright-run1', 3.6957515],
      ['exec-sonnet45-haiku35-success', 0.14794805],
    ] as const) {
      const path = `${SAMPLES}/hive-mind/${name}.json`;
      const [reading] = readSessionFile(path, readFileSync(path), price).sessions;
      expect([name, detailOf(reading ?? ({} as SessionReading)).computedCost.usd]).toEqual([
        name,
        expect.closeTo(usd, 6),
      ]);
    }
  });
});
