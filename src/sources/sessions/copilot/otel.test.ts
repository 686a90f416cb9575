import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

// The shape is that of the file exporter of Copilot CLI 1.0.84. Such files show that requests add up to the totals in the session's
// shutdown, and that their input includes cache reads. All values are made up.

const SECOND = 1_789_068_140;

interface Made {
  readonly trace?: string;
  readonly parent?: string | null;
  readonly at?: number;
  readonly failed?: boolean;
}

function span(
  id: string,
  operation: string,
  more: object,
  { trace = 'T', parent = 'root', at = 1, failed }: Made = {},
): object {
  return {
    type: 'span',
    traceId: trace,
    spanId: id,
    ...(parent === null ? {} : { parentSpanId: parent }),
    name: `${operation} x`,
    startTime: [SECOND + at, 500_000_000],
    endTime: [SECOND + at + 2, 0],
    attributes: { 'gen_ai.operation.name': operation, 'gen_ai.conversation.id': 'c-1', ...more },
    status: { code: failed === true ? 2 : 0 },
    resource: { attributes: { 'service.name': 'github-copilot', 'service.version': '1.0.84-4' } },
    instrumentationScope: { name: 'github.copilot', version: '1.0.84-4' },
  };
}

function usage(input: number, output: number, cached: number, written: number, nano: number): object {
  return {
    'gen_ai.request.model': 'auto',
    'gen_ai.response.model': 'gpt-5.4',
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
    ...(cached === 0 ? {} : { 'gen_ai.usage.cache_read.input_tokens': cached }),
    ...(written === 0 ? {} : { 'gen_ai.usage.cache_creation.input_tokens': written }),
    'github.copilot.nano_aiu': nano,
  };
}

const ONE = span('a', 'chat', usage(1_000, 50, 600, 100, 2e9));
const TWO = span('b', 'chat', usage(1_500, 20, 0, 0, 1e9), { at: 9 });
const TOOL = span('t', 'execute_tool', { 'gen_ai.tool.name': 'bash', 'gen_ai.tool.call.id': 'call_1' }, { at: 4 });
const BAD = span('u', 'execute_tool', { 'gen_ai.tool.name': 'bash' }, { at: 5, failed: true });
const ROOT = span('root', 'invoke_agent', usage(2_500, 70, 600, 100, 3e9), { parent: null, at: 0 });
const METRIC = { type: 'metric', name: 'gen_ai.client.token.usage', dataPoints: [{ value: 9 }] };

function read(rows: readonly object[]): ReturnType<typeof readSessionFile> {
  return readSessionFile('otel.jsonl', Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), NO_PRICES);
}

function only(rows: readonly object[]): SessionReading {
  const { sessions, complaints } = read(rows);
  expect(complaints).toEqual([]);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('what Copilot exports', () => {
  test('tells tokens by kind, models, tools and units; they are exact where the agent tells the same sum', () => {
    expect(only([METRIC, ONE, TOOL, BAD, TWO, ROOT])).toMatchObject({
      engine: 'copilot',
      format: 'copilot-otel',
      engineSession: 'c-1',
      models: ['gpt-5.4'],
      startedAt: new Date(SECOND * 1_000 + 500).toISOString(),
      outcome: 'completed',
      tokens: { input: 300 + 1_500, output: 70, cacheRead: 600, cacheWrite5m: 100, cacheWrite1h: 0, total: 2_570 },
      cost: { usd: null },
      tools: [{ server: null, tool: 'bash', calls: 2, errors: 1 }],
      state: { tokens: 'exact', tools: 'exact', latency: 'exact' },
      detail: { cutOff: false, apiDuration: 3_000, billedUnits: { aiUnits: 3, premiumRequests: null } },
    });
  });

  test('of a session that was killed tells the least that was used', () => {
    expect(only([ONE, TOOL])).toMatchObject({
      outcome: 'unknown',
      tokens: { total: 1_050 },
      state: { tokens: 'lower_bound', tools: 'partial' },
      detail: { cutOff: true, billedUnits: { aiUnits: 2 } },
    });
  });

  test('with a request missing is not exact, and without any has what the agent tells', () => {
    expect(only([ONE, ROOT])).toMatchObject({ tokens: { output: 50 }, state: { tokens: 'lower_bound' } });
    expect(only([ROOT])).toMatchObject({ tokens: { output: 70, total: 2_570 }, state: { tokens: 'estimate' } });
  });

  test('counts each request once, those of agents of an agent too, and the turns of a session together', () => {
    const sub = span('s', 'chat', { ...usage(10, 1, 0, 0, 0), 'gen_ai.conversation.id': 'other' }, { parent: 'inner' });
    const inner = span('inner', 'invoke_agent', usage(10, 1, 0, 0, 0));
    const later = span('c', 'chat', usage(100, 5, 0, 0, 1e9), { trace: 'U', parent: null, at: 60 });
    expect(only([ONE, ONE, TWO, inner, sub, ROOT, later]).tokens).toMatchObject({ output: 50 + 20 + 1 + 5 });
  });

  test('is not counted beside the event log of the same session', () => {
    const log = [
      { type: 'session.start', data: { sessionId: 'c-1' }, id: '1', timestamp: '2026-09-10T19:22:20.000Z' },
      {
        type: 'session.shutdown',
        id: '2',
        timestamp: '2026-09-10T19:22:30.000Z',
        data: {
          shutdownType: 'routine',
          modelMetrics: {
            'gpt-5.4': {
              requests: { count: 2, cost: 1 },
              usage: { inputTokens: 2_500, outputTokens: 70, cacheReadTokens: 600, cacheWriteTokens: 100 },
            },
          },
        },
      },
    ];
    const found = [[ONE, TWO, ROOT], log].flatMap((rows, index) =>
      identify(`${index}`, Buffer.from(`${index}`), read(rows)),
    );
    expect(eachOnce(found).map(({ id, reading }) => [id, reading.tokens.total])).toEqual([['c-1', 2_570]]);
  });

  test('is read from a collector as well, also beside what other engines send', () => {
    const attribute = (key: string, value: unknown): object => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : { intValue: `${value}` },
    });
    const fields = Object.entries({
      'gen_ai.operation.name': 'chat',
      'gen_ai.conversation.id': 'c-1',
      ...usage(1_000, 50, 600, 100, 2e9),
    });
    const spans = [
      {
        traceId: 'T',
        spanId: 'a',
        startTimeUnixNano: `${SECOND}000000000`,
        endTimeUnixNano: `${SECOND + 2}000000000`,
        attributes: fields.map(([key, value]) => attribute(key, value)),
        status: {},
      },
    ];
    const exported = {
      resourceSpans: [
        { resource: { attributes: [attribute('service.name', 'github-copilot')] }, scopeSpans: [{ scope: {}, spans }] },
      ],
    };
    const codex = {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  attributes: Object.entries({
                    'event.name': 'codex.sse_event',
                    'event.kind': 'response.completed',
                    'conversation.id': 't-1',
                    input_token_count: 10,
                    output_token_count: 1,
                  }).map(([key, value]) => attribute(key, value)),
                },
              ],
            },
          ],
        },
      ],
    };
    expect(only([exported])).toMatchObject({ tokens: { total: 1_050 }, detail: { apiDuration: 2_000 } });
    expect(read([exported, codex]).sessions.map(({ engine, tokens }) => [engine, tokens.total])).toEqual([
      ['codex', 11],
      ['copilot', 1_050],
    ]);
  });

  test('of other programs stays out', () => {
    const other = { ...(ONE as Record<string, unknown>), resource: {}, instrumentationScope: { name: 'langchain' } };
    const plain = { ...other, attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 5 } };
    expect(read([plain]).format).toBeNull();
  });

  test('damaged or of any values never makes the reader throw, and never goes below zero', () => {
    const text = [ONE, TOOL, TWO, ROOT].map((row) => JSON.stringify(row)).join('\n');
    fc.assert(
      fc.property(fc.integer({ min: JSON.stringify(ONE).length + 1, max: text.length }), (cut) => {
        const { sessions } = readSessionFile('x', Buffer.from(text.slice(0, cut)), NO_PRICES);
        expect(sessions[0]?.tokens.output ?? 0).toBeGreaterThanOrEqual(50);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('gen_ai.usage.input_tokens', 'gen_ai.usage.cache_read.input_tokens', 'github.copilot.nano_aiu'),
        fc.jsonValue(),
        (key, value) => {
          for (const { tokens } of read([span('a', 'chat', { ...usage(9, 1, 3, 2, 1), [key]: value })]).sessions)
            for (const count of Object.values(tokens)) expect(count === null || count >= 0).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
