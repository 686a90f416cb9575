import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import type { PriceList } from '../../prices/price-list.ts';
import type { FoundSession } from '../found-session.ts';
import { identify, putTogether } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';
import { sinceBegin } from '../since.ts';

// Shapes: as in claude.test.ts and engines.test.ts. All values are made up.

const SINCE = '2026-08-02T00:00:00.000Z';
const FIRST = Date.parse('2026-08-01T00:00:00.000Z');
const SECOND = Date.parse('2026-08-02T00:00:00.000Z');

/** A dollar for each token, so that the cost shows what was priced. */
const PER_TOKEN: PriceList = (_model, { input, output }) => input + output;

function attributes(fields: Readonly<Record<string, string>>): object[] {
  return Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
function nanos(begin: number, second: number): string {
  return `${begin + second * 1_000}000000`;
}
function logs(...logRecords: readonly object[]): object {
  return { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords }] }] };
}
function event(timeUnixNano: string, fields: Readonly<Record<string, string>>): object {
  return { timeUnixNano, attributes: attributes(fields) };
}
function request(timeUnixNano: string, id: string, input: string): object {
  const about = { 'event.name': 'claude_code.api_request', 'session.id': 's1', request_id: id, model: 'claude-x' };
  return event(timeUnixNano, { ...about, input_tokens: input, output_tokens: '1' });
}
function point(begin: number, second: number, type: string, asInt: string): object {
  return {
    startTimeUnixNano: nanos(begin, 0),
    timeUnixNano: nanos(begin, second),
    asInt,
    attributes: attributes({ 'session.id': 's1', model: 'claude-x', type }),
  };
}
function metrics(aggregationTemporality: number, ...dataPoints: readonly object[]): object {
  const metric = { name: 'claude_code.token.usage', sum: { aggregationTemporality, dataPoints } };
  return { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics: [metric] }] }] };
}

/** The session in files with these messages. */
function found(...files: readonly object[]): FoundSession {
  const sessions = putTogether(
    files.flatMap((message, index) => {
      const bytes = Buffer.from(JSON.stringify(message));
      return identify(`${index}.json`, bytes, readSessionFile(`${index}.json`, bytes, PER_TOKEN));
    }),
  );
  expect(sessions).toHaveLength(1);
  return sessions[0] as FoundSession;
}
function since(...files: readonly object[]): SessionReading {
  return sinceBegin(found(...files), SINCE).reading;
}
/** The same in one file that ends within a record. */
function sinceInDamaged(...messages: readonly object[]): SessionReading {
  const bytes = Buffer.from(`${messages.map((message) => JSON.stringify(message)).join('\n')}\n{"resourceLogs":[`);
  const [session] = identify('x.jsonl', bytes, readSessionFile('x.jsonl', bytes, PER_TOKEN));
  return sinceBegin(session as FoundSession, SINCE).reading;
}

const BEFORE = request(nanos(FIRST, 1), 'r1', '100');
const AFTER = request(nanos(SECOND, 1), 'r2', '30');

describe('a session over OpenTelemetry that was resumed in a later run', () => {
  test('counts for the events since then, in one file or in several', () => {
    for (const files of [[logs(BEFORE, AFTER)], [logs(BEFORE), logs(AFTER)], [logs(AFTER), logs(BEFORE)]]) {
      expect(found(...files).reading.tokens.total).toBe(132);
      expect(since(...files)).toMatchObject({
        engineSession: 's1',
        startedAt: '2026-08-02T00:00:01.000Z',
        tokens: { input: 30, output: 1, total: 31 },
        cost: { usd: 31 },
        state: { tokens: 'lower_bound', cost: 'lower_bound' },
      });
    }
  });

  test('counts for the sums since then', () => {
    const points = [point(FIRST, 60, 'input', '100'), point(FIRST, 60, 'output', '5')];
    const later = [point(SECOND, 60, 'input', '30'), point(SECOND, 60, 'output', '1')];
    expect(since(metrics(1, ...points, ...later))).toMatchObject({
      startedAt: SINCE,
      tokens: { input: 30, output: 1 },
      cost: { usd: 31 },
      state: { tokens: 'lower_bound' },
    });
  });

  test('counts for what running totals grew by since then, also of a process that went on', () => {
    const at = (time: number, asInt: string, type = 'input'): object => ({
      ...point(FIRST, 0, type, asInt),
      timeUnixNano: nanos(time, 60),
    });
    const goneOn = [at(FIRST, '100'), at(SECOND, '130'), at(FIRST, '5', 'output'), at(SECOND, '6', 'output')];
    expect(since(metrics(2, ...goneOn))).toMatchObject({
      startedAt: '2026-08-02T00:01:00.000Z',
      tokens: { input: 30, output: 1 },
      state: { tokens: 'lower_bound' },
    });
    // A point may come late, and a total that fell is no growth.
    const late = [at(FIRST, '100'), { ...at(FIRST, '90'), timeUnixNano: nanos(FIRST, 30) }, at(SECOND, '130')];
    expect(since(metrics(2, ...late)).tokens.input).toBe(30);
    const fell = [at(FIRST, '100'), at(SECOND, '80'), at(FIRST, '5', 'output'), at(SECOND, '6', 'output')];
    expect(since(metrics(2, ...fell)).tokens).toMatchObject({ input: 0, output: 1 });
    const anew = [point(SECOND, 60, 'input', '30'), point(SECOND, 60, 'output', '1')];
    expect(since(metrics(2, at(FIRST, '100'), ...anew)).tokens).toMatchObject({ input: 30, output: 1 });
  });

  test('is an estimate where something may be older', () => {
    const undated = request('0', 'r3', '7');
    expect(since(logs(BEFORE, AFTER, undated))).toMatchObject({
      tokens: { input: 37 },
      state: { tokens: 'estimate', cost: 'estimate' },
    });
    expect(sinceInDamaged(logs(BEFORE, AFTER, undated))).toMatchObject({
      tokens: { input: 37 },
      state: { tokens: 'partial', cost: 'partial' },
    });
    const straddling = { ...point(FIRST, 0, 'input', '130'), timeUnixNano: nanos(SECOND, 60) };
    const rest = [point(FIRST, 60, 'output', '5'), point(SECOND, 60, 'output', '1')];
    expect(since(metrics(2, straddling, ...rest))).toMatchObject({
      tokens: { input: 130 },
      state: { tokens: 'estimate' },
    });
  });

  test('of Codex and of the Gemini CLI counts for what was new as well', () => {
    const codex = (time: string, input: string): object =>
      event(time, {
        'event.name': 'codex.sse_event',
        'event.kind': 'response.completed',
        'conversation.id': 't-1',
        input_token_count: input,
        output_token_count: '1',
      });
    const gemini = (time: string, input: string): object =>
      event(time, {
        'event.name': 'gemini_cli.api_response',
        'session.id': 'g-1',
        input_token_count: input,
        output_token_count: '1',
      });
    for (const made of [codex, gemini])
      expect(since(logs(made(nanos(FIRST, 1), '100'), made(nanos(SECOND, 1), '30'))).tokens.total).toBe(31);
  });

  test('stays as it is where it did nothing since then, or nothing before', () => {
    for (const records of [[BEFORE], [AFTER], [AFTER, request('0', 'r3', '7')]]) {
      const session = found(logs(...records));
      expect(sinceBegin(session, SINCE)).toBe(session);
    }
  });
});

describe("a collector's file of more sessions than are read", () => {
  type Sent = (time: string, session: string) => object;
  const claude: Sent = (time, session) =>
    logs(event(time, { 'event.name': 'claude_code.api_request', 'session.id': session, input_tokens: '1' }));
  const codex: Sent = (time, session) =>
    logs(
      event(time, {
        'event.name': 'codex.sse_event',
        'event.kind': 'response.completed',
        'conversation.id': session,
        input_token_count: '1',
      }),
    );
  const gemini: Sent = (time, session) =>
    logs(event(time, { 'event.name': 'gemini_cli.api_response', 'session.id': session, input_token_count: '1' }));
  const summed: Sent = (time, session) => {
    const asked = attributes({ 'session.id': session, type: 'input' });
    const dataPoints = [{ timeUnixNano: time, asInt: '1', attributes: asked }];
    const metric = { name: 'claude_code.token.usage', sum: { aggregationTemporality: 1, dataPoints } };
    return { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics: [metric] }] }] };
  };
  const copilot: Sent = (time, session) => {
    const about = { 'gen_ai.operation.name': 'chat', 'gen_ai.conversation.id': session };
    const span = { traceId: session, spanId: '1', startTimeUnixNano: time, attributes: attributes(about) };
    return { resourceSpans: [{ scopeSpans: [{ scope: { name: 'github.copilot' }, spans: [span] }] }] };
  };

  test.each([
    ['Claude Code', claude],
    ['Claude Code, as metrics', summed],
    ['Codex', codex],
    ['the Gemini CLI', gemini],
    ['Copilot', copilot],
  ] as const)('gives those of the run before those of earlier runs: %s', (_, sent) => {
    const old = Array.from({ length: 101 }, (_, n) => sent(nanos(FIRST, n), `old${n}`));
    const text = [...old, sent(nanos(SECOND, 0), 'now')].map((message) => JSON.stringify(message)).join('\n');
    const ids = (since: string | null): readonly unknown[] =>
      readSessionFile('otel.jsonl', Buffer.from(text), PER_TOKEN, since).sessions.map((read) => read.engineSession);
    const earlier = Array.from({ length: 100 }, (_, n) => `old${n}`);
    expect(ids(null)).toEqual(earlier);
    expect(ids(SINCE)).toEqual(['now', ...earlier.slice(0, 99)]);
  });
});
