import { describe, expect, test } from 'vitest';
import { withOriginalNames } from '../../test/kit/telemetry-shapes.ts';
import { NO_PRICES } from '../sources/prices/price-list.ts';
import { telemetryListener } from './telemetry.ts';

type Scalar = string | number;

function attributes(fields: Readonly<Record<string, Scalar>>): object[] {
  return Object.entries(fields).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
}

const CLAUDE = { attributes: attributes({ 'service.name': 'claude-code' }) };

function events(...list: readonly Readonly<Record<string, Scalar>>[]): Record<string, unknown> {
  const logRecords = list.map((fields) => ({ attributes: attributes({ 'session.id': 's', ...fields }) }));
  return { resourceLogs: [{ resource: CLAUDE, scopeLogs: [{ logRecords }] }] };
}

function metric(name: string, points: readonly object[], temporality = 1): Record<string, unknown> {
  const sum = { aggregationTemporality: temporality, dataPoints: points };
  return { resourceMetrics: [{ resource: CLAUDE, scopeMetrics: [{ metrics: [{ name, sum }] }] }] };
}

const REQUEST = {
  ...{ 'event.name': 'api_request', model: 'x', cost_usd: 0.5, request_id: 'r1' },
  ...{ input_tokens: '10', output_tokens: '20', cache_read_tokens: '900', cache_creation_tokens: '70' },
};

const GEMINI = {
  ...{ 'event.name': 'gemini_cli.api_response', model: 'gemini-3-pro' },
  ...{ input_token_count: 100, output_token_count: 20, total_token_count: 120 },
};

describe('what engines export', () => {
  test('is summed by request, and a request that is sent twice counts once', () => {
    const listener = telemetryListener(NO_PRICES);
    for (const request of [REQUEST, REQUEST, { ...REQUEST, request_id: 'r2' }]) listener.take(events(request));
    expect(listener.heard()).toMatchObject({ usd: 1, tokens: 2_000, turns: 2, calls: null });
  });

  test('counts what subagents and helpers of the engine ask as money, and not as turns', () => {
    const listener = telemetryListener(NO_PRICES);
    listener.take(
      events({ ...REQUEST, query_source: 'auxiliary' }, { ...REQUEST, request_id: 'r2', query_source: 'main' }),
    );
    expect(listener.heard()).toMatchObject({ usd: 1, turns: 1 });
  });

  test('in metrics is summed too, and never beside events of the same', () => {
    const listener = telemetryListener(NO_PRICES);
    const point = (asDouble: number, timeUnixNano: string): object => ({
      asDouble,
      timeUnixNano,
      startTimeUnixNano: '1',
    });
    const cost = 'claude_code.cost.usage';
    listener.take(metric(cost, [point(0.25, '1000000000')]));
    listener.take(metric(cost, [point(0.25, '1000000000')]));
    listener.take(metric(cost, [point(0.5, '2000000000')]));
    expect(listener.heard().usd).toBe(0.75);
    listener.take(events(REQUEST));
    expect(listener.heard().usd).toBe(0.75);
  });

  test('as a running total counts what it grew by', () => {
    const listener = telemetryListener(NO_PRICES);
    for (const asDouble of [1, 3, 2])
      listener.take(metric('claude_code.cost.usage', [{ asDouble, timeUnixNano: `${asDouble}` }], 2));
    expect(listener.heard().usd).toBe(3);
  });

  test('can only raise what is known', () => {
    const listener = telemetryListener(NO_PRICES);
    listener.take(events(REQUEST));
    listener.take(events({ ...REQUEST, request_id: 'r2', cost_usd: -100, output_tokens: -5 }));
    listener.take(metric('claude_code.cost.usage', [{ asDouble: -9, timeUnixNano: '1' }]));
    expect(listener.heard().usd).toBe(0.5);
  });

  test('a second time with less, or of a cheaper model, takes nothing away', () => {
    const listener = telemetryListener((model) => (model === 'x' ? 9 : 0.001));
    const dear = { ...REQUEST, cost_usd: 0 };
    listener.take(events(REQUEST, { ...dear, request_id: 'r2' }));
    listener.take(events({ ...REQUEST, cost_usd: 0.0001, input_tokens: '0', cache_read_tokens: '0' }));
    listener.take(events({ ...dear, request_id: 'r2', model: 'cheap', input_tokens: '0', output_tokens: '21' }));
    expect(listener.heard()).toMatchObject({ usd: 9.5, tokens: 2_001, turns: 2 });
  });

  test('with the original names of fields is summed as well', () => {
    const listener = telemetryListener(NO_PRICES);
    const point = { asDouble: 0.75, timeUnixNano: '1000000000', startTimeUnixNano: '1' };
    for (const record of [events(REQUEST), metric('claude_code.cost.usage', [point])])
      expect(listener.take(withOriginalNames(record) as Record<string, unknown>)).toBe(true);
    expect(listener.heard()).toMatchObject({ usd: 0.75, tokens: 1_000, turns: 1 });
  });

  test('in a flood is not counted any further, which is told', () => {
    const listener = telemetryListener(NO_PRICES);
    listener.take(events(REQUEST));
    const noise = events(...Array.from({ length: 50_000 }, () => ({ 'event.name': 'x' })));
    for (let n = 0; n < 3; n++) listener.take(noise);
    expect(listener.problems()).toEqual([]);
    listener.take(noise);
    listener.take(events({ ...REQUEST, request_id: 'r2' }));
    expect(listener.heard().usd).toBe(0.5);
    expect(listener.problems()).toEqual([expect.stringContaining('More than 200000 events and points')]);
  });

  test('by the Gemini CLI is heard as well', () => {
    const listener = telemetryListener(() => 0.25);
    const fields = { 'event.name': 'gemini_cli.api_response', model: 'gemini-3-pro', input_token_count: 100 };
    const record = events(
      { ...fields, output_token_count: 20, total_token_count: 120 },
      { 'event.name': 'gemini_cli.tool_call' },
    );
    expect(listener.take(record)).toBe(true);
    expect(listener.heard()).toMatchObject({ tokens: 120, usd: 0.25, calls: 1 });
  });

  test('by the Gemini CLI counts once where it is sent again, as after an answer that was lost', () => {
    const listener = telemetryListener(() => 0.25);
    const of = (at: string) => ({ ...GEMINI, 'event.timestamp': `2026-11-22T12:00:${at}Z` });
    for (const at of ['00.100', '00.100', '00.101']) listener.take(events(of(at)));
    expect(listener.heard()).toMatchObject({ tokens: 240, usd: 0.5 });
  });

  // The roles of `LlmRole` in google-gemini/gemini-cli, packages/core/src/telemetry/llmRole.ts.
  test('by the Gemini CLI counts as turns what answers in the conversation, where that is told', () => {
    const listener = telemetryListener(NO_PRICES);
    listener.take(events(GEMINI));
    expect(listener.heard().turns).toBeNull();
    const roles = ['main', 'utility_router', 'utility_next_speaker', 'main', 'subagent'];
    for (const role of roles) listener.take(events({ ...GEMINI, role }));
    expect(listener.heard()).toMatchObject({ tokens: 720, turns: 2 });
  });

  test.each([
    ['other programs', { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [{ attributes: [] }] }] }] }],
    ['nothing', {}],
    ['the wrong shapes', { resourceLogs: { a: 1 }, resourceMetrics: [null, 7, { scopeMetrics: 'x' }] }],
  ])('by %s is no sign of an agent', (_name, record) => {
    const listener = telemetryListener(NO_PRICES);
    expect(listener.take(record as Record<string, unknown>)).toBe(false);
    expect(listener.heard().usd).toBeNull();
  });
});
