import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withOriginalNames } from '../../../../test/kit/telemetry-shapes.ts';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { readSessionFile } from '../recognise.ts';
import { idOf } from './proto-json.ts';

// Field names, and the two forms of enums, 64-bit integers and bytes, as in opentelemetry-proto 1.x and the JSON form of protobuf
// (https://protobuf.dev/programming-guides/json/).

function read(...messages: readonly unknown[]): ReturnType<typeof readSessionFile> {
  return readText(messages.map((message) => JSON.stringify(message)).join('\n'));
}
function readText(text: string): ReturnType<typeof readSessionFile> {
  return readSessionFile('export.json', Buffer.from(text), NO_PRICES);
}
function only(...messages: readonly unknown[]): SessionReading {
  const { sessions } = read(...messages);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

const RESOURCE_SNAKE = {
  attributes: [{ key: 'service.name', value: { string_value: 'claude-code' } }],
  dropped_attributes_count: 0,
};

function attributesSnake(fields: Readonly<Record<string, string>>): object[] {
  return Object.entries(fields).map(([key, string_value]) => ({ key, value: { string_value } }));
}

function logsSnake(...log_records: readonly object[]): Record<string, unknown> {
  const scope = { name: 'com.anthropic.claude_code.events', version: '2.1.300' };
  return { resource_logs: [{ resource: RESOURCE_SNAKE, scope_logs: [{ scope, log_records }], schema_url: '' }] };
}

function requestSnake(second: number, id: string, output: number | string): object {
  return {
    time_unix_nano: `${1_767_225_600 + second}000000000`,
    observed_time_unix_nano: 1_767_225_600_000_000_000,
    severity_number: 'SEVERITY_NUMBER_INFO',
    body: { string_value: 'claude_code.api_request' },
    attributes: [
      ...attributesSnake({ 'event.name': 'api_request', 'session.id': 's1', model: 'claude-x', request_id: id }),
      { key: 'input_tokens', value: { int_value: '4' } },
      { key: 'output_tokens', value: { int_value: output } },
      { key: 'cost_usd', value: { double_value: 0.25 } },
      { key: 'fast', value: { bool_value: false } },
    ],
    trace_id: '',
    event_name: 'claude_code.api_request',
  };
}

function metricsSnake(...metrics: readonly object[]): Record<string, unknown> {
  return { resource_metrics: [{ resource: RESOURCE_SNAKE, scope_metrics: [{ scope: {}, metrics }] }] };
}

function pointSnake(second: number, type: string, amount: object): object {
  return {
    start_time_unix_nano: '1767225600000000000',
    time_unix_nano: `${1_767_225_600 + second}000000000`,
    ...amount,
    attributes: attributesSnake({ 'session.id': 's1', model: 'claude-x', type }),
  };
}

const USED = 'claude_code.token.usage';

describe('OTLP as JSON with the original names of the fields', () => {
  test('is recognised, and its events are read', () => {
    expect(only(logsSnake(requestSnake(1, 'r1', '70'), requestSnake(5, 'r2', 30)))).toMatchObject({
      engine: 'claude',
      format: 'claude-otel',
      engineSession: 's1',
      models: ['claude-x'],
      startedAt: '2026-01-01T00:00:01.000Z',
      endedAt: '2026-01-01T00:00:05.000Z',
      tokens: { input: 8, output: 100, total: 108 },
      cost: { usd: 0.5, basis: 'billed' },
    });
  });

  test('may come as lines, as a list, pretty-printed and cut off', () => {
    const messages = [logsSnake(requestSnake(1, 'r1', 70)), logsSnake(requestSnake(2, 'r2', 5))];
    const lines = messages.map((message) => JSON.stringify(message)).join('\n');
    const pretty = messages.map((message) => JSON.stringify(message, null, 2)).join('\n');
    for (const text of [lines, pretty, JSON.stringify(messages)])
      expect(readText(text).sessions.map(({ tokens }) => tokens.total)).toEqual([83]);
    expect(readText(lines.slice(0, -5)).sessions).toMatchObject([
      { tokens: { total: 74 }, state: { tokens: 'partial' } },
    ]);
  });

  test.each([1, 'AGGREGATION_TEMPORALITY_DELTA'])('has sums since the point before (temporality %s)', (delta) => {
    const data_points = [
      pointSnake(60, 'input', { as_int: '4' }),
      pointSnake(60, 'output', { as_int: 70 }),
      pointSnake(120, 'output', { as_double: 30 }),
    ];
    const sum = { data_points, aggregation_temporality: delta, is_monotonic: true };
    expect(only(metricsSnake({ name: USED, sum })).tokens).toMatchObject({ input: 4, output: 100, total: 104 });
  });

  test.each([2, 'AGGREGATION_TEMPORALITY_CUMULATIVE'])('has running totals (temporality %s)', (cumulative) => {
    const data_points = [10, 30].map((as_int, index) => pointSnake(60 * index, 'output', { as_int }));
    const sum = { data_points, aggregation_temporality: cumulative, is_monotonic: true };
    expect(only(metricsSnake({ name: USED, sum })).tokens.output).toBe(30);
  });

  test('has histograms, of which the sum of the measurements counts, and gauges, which add up to nothing', () => {
    const histogram = {
      data_points: [pointSnake(60, 'output', { count: '2', sum: 9, bucket_counts: ['2'], explicit_bounds: [] })],
      aggregation_temporality: 1,
    };
    const gauge = { data_points: [pointSnake(60, 'output', { as_int: '500' })] };
    expect(only(metricsSnake({ name: USED, histogram }, { name: USED, gauge })).tokens.output).toBe(9);
  });

  test('has fields that are null, which are absent', () => {
    const sum = {
      data_points: [
        { ...pointSnake(60, 'output', { as_double: null, as_int: '7' }), timeUnixNano: null, exemplars: null },
      ],
      aggregation_temporality: 'AGGREGATION_TEMPORALITY_DELTA',
    };
    const message = {
      ...metricsSnake({ name: USED, sum, histogram: null }),
      resourceMetrics: null,
      resource_logs: null,
    };
    expect(only(message)).toMatchObject({ endedAt: '2026-01-01T00:01:00.000Z', tokens: { output: 7 } });
  });

  test('of Codex and of the Gemini CLI is read as well', () => {
    const event = (fields: Readonly<Record<string, string>>): object => ({
      time_unix_nano: '1767225600000000000',
      attributes: attributesSnake(fields),
    });
    const codex = event({
      'event.name': 'codex.sse_event',
      'event.kind': 'response.completed',
      'conversation.id': 't-1',
      input_token_count: '10',
      output_token_count: '1',
    });
    const gemini = event({
      'event.name': 'gemini_cli.api_response',
      'session.id': 'g-1',
      model: 'gemini-x',
      input_token_count: '20',
      output_token_count: '2',
      total_token_count: '22',
    });
    const of = (record: object): object => ({ resource_logs: [{ scope_logs: [{ log_records: [record] }] }] });
    const { sessions } = read(of(codex), of(gemini));
    expect(sessions.map(({ format, tokens }) => [format, tokens.total])).toEqual([
      ['codex-otel', 11],
      ['gemini-otel', 22],
    ]);
  });

  test('of other programs is no session', () => {
    const other = { resource_logs: [{ scope_logs: [{ log_records: [{ body: { string_value: 'claude_code' } }] }] }] };
    expect(read(other)).toMatchObject({ format: null, sessions: [] });
  });
});

describe('a message with both spellings of a field', () => {
  test('counts the one that OTLP asks for, wherever it stands', () => {
    const camel = { resourceLogs: [{ scopeLogs: [{ logRecords: [] }] }] };
    const snake = logsSnake(requestSnake(1, 'r1', 70));
    for (const both of [
      { ...camel, ...snake },
      { ...snake, ...camel },
    ])
      expect(read(both)).toMatchObject({ format: null, sessions: [] });
    const point = { ...pointSnake(60, 'output', { as_int: '7' }), asInt: '9' };
    const sum = { data_points: [point], aggregation_temporality: 1 };
    expect(only(metricsSnake({ name: USED, sum })).tokens.output).toBe(9);
  });

  test('within messages of either spelling is read', () => {
    const { resource_logs } = logsSnake(requestSnake(1, 'r1', 70));
    expect(only({ resourceLogs: resource_logs }).tokens.output).toBe(70);
  });
});

const TRACE = '0102030405060708090a0b0c0d0e0f10';
const [ROOT, CHAT] = ['00000000000000aa', 'ab'.repeat(8)];

/** What the Copilot CLI exports to a collector (1.0.84, see copilot/otel.test.ts), with made-up values. */
function spans(id: (hex: string) => string, parentOfRoot: string, ok: number | string): object {
  const made = (spanId: string, parentSpanId: string, operation: string): object => ({
    traceId: id(TRACE),
    spanId: id(spanId),
    parentSpanId,
    name: operation,
    kind: 'SPAN_KIND_CLIENT',
    startTimeUnixNano: '1767225600000000000',
    endTimeUnixNano: 1_767_225_602_000_000_000,
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: operation } },
      { key: 'gen_ai.conversation.id', value: { stringValue: 'c-1' } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: 50 } },
    ],
    status: { code: ok },
  });
  const all = [made(CHAT, id(ROOT), 'chat'), made(ROOT, parentOfRoot, 'invoke_agent')];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'github-copilot' } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'github.copilot' }, spans: all }] }] };
}

describe('spans', () => {
  const plain = spans((hex) => hex, '', 1);

  test('are read with the original names of their fields', () => {
    const reading = only(plain);
    expect(reading).toMatchObject({
      format: 'copilot-otel',
      engineSession: 'c-1',
      duration: 2_000,
      outcome: 'completed',
      tokens: { input: 1_000, output: 50, total: 1_050 },
      state: { tokens: 'exact' },
    });
    expect(only(withOriginalNames(plain))).toEqual(reading);
    expect(only(withOriginalNames(spans((hex) => hex, '', 'STATUS_CODE_ERROR'))).outcome).toBe('failed');
  });

  test('have ids in base64 or in hexadecimal of either case, and none is empty or zero', () => {
    const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
    const reading = only(plain);
    const others = [spans(base64, '', 1), spans((hex) => hex.toUpperCase(), '0'.repeat(16), 1)];
    for (const other of [...others, spans(base64, base64('0'.repeat(16)), 1)]) {
      expect(only(withOriginalNames(other))).toEqual(reading);
      // The same spans from two exporters count once.
      expect(only(plain, withOriginalNames(other))).toEqual(reading);
    }
  });
});

describe('an id', () => {
  test('that is neither stays as it is', () => {
    expect(['T', 'ab'.repeat(7), 'a b c d e f =', ''].map((id) => idOf(id, 8))).toEqual([
      'T',
      'ab'.repeat(7),
      'a b c d e f =',
      null,
    ]);
    expect([7, null, ['ab'.repeat(8)]].map((id) => idOf(id, 8))).toEqual([null, null, null]);
  });

  test('is the same in all its forms', () => {
    fc.assert(
      fc.property(fc.constantFrom(8, 16), fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes, random) => {
        const raw = Buffer.from(random.subarray(0, bytes));
        const hex = raw.toString('hex');
        const forms = [hex, hex.toUpperCase(), raw.toString('base64'), raw.toString('base64url')];
        expect(forms.map((form) => idOf(form, bytes))).toEqual(forms.map(() => hex));
      }),
    );
  });
});

describe('hostile messages', () => {
  test('of great depth or width are read or passed over', () => {
    const deep = `{"resource_logs":${'[{"scope_logs":'.repeat(50_000)}1${'}]'.repeat(50_000)}}`;
    expect(readText(deep).sessions).toEqual([]);
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field_${index}`, index]));
    const record = { ...requestSnake(1, 'r1', 70), ...wide };
    expect(only({ ...wide, ...logsSnake(record) }).tokens.output).toBe(70);
  });

  test('with any values in any field give numbers that are known or null, never below zero', () => {
    const names = [
      'as_int',
      'as_double',
      'time_unix_nano',
      'start_time_unix_nano',
      'attributes',
      'aggregation_temporality',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
        const point = { ...pointSnake(1, 'output', { as_int: '5' }), [name]: value };
        const sum = {
          data_points: [point, pointSnake(2, 'input', { as_int: '1' })],
          aggregation_temporality: 1,
          [name]: value,
        };
        for (const { tokens } of read(metricsSnake({ name: USED, sum })).sessions)
          for (const count of Object.values(tokens)) expect(count === null || count >= 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
