import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import type { SessionFileReading } from '../file-reading.ts';
import { readSessionFile } from '../recognise.ts';

type Row = Readonly<Record<string, unknown>>;

const ID = '11111111-2222-3333-4444-555555555555';

/** A log record as in the telemetry file. The names of events and fields are in section 6 of session-formats.md. */
function record(name: string, fields: Row = {}, second: number = 0): Row {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const attributes = { 'session.id': ID, 'event.name': `gemini_cli.${name}`, 'event.timestamp': timestamp, ...fields };
  return {
    hrTime: [1, 2],
    resource: { attributes: { 'host.name': 'a secret' } },
    attributes,
    _body: 'a secret prompt',
  };
}

const USED = {
  model: 'gemini-x',
  duration_ms: 250,
  input_token_count: 1_000,
  output_token_count: 50,
  cached_content_token_count: 400,
  thoughts_token_count: 30,
  tool_token_count: 0,
  total_token_count: 1_080,
};
const CALLED = {
  function_name: 'read_file',
  function_args: 'a secret argument',
  duration_ms: 40,
  success: true,
  decision: 'auto_accept',
};

/** The file holds pretty-printed objects one after the other, not lines. */
function write(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row, null, 2)}\n`).join('');
}

function readText(text: string, price: PriceList = NO_PRICES): SessionFileReading {
  return readSessionFile('telemetry.log', Buffer.from(text), price);
}

function read(rows: readonly Row[], price: PriceList = NO_PRICES): SessionReading {
  const { format, sessions, complaints } = readText(write(rows), price);
  expect([format, sessions.length]).toEqual(['gemini-telemetry', 1]);
  if (price !== NO_PRICES) expect(complaints).toEqual([]);
  return sessions[0] as SessionReading;
}

const METRIC: Row = { resource: {}, scopeMetrics: [{ metrics: [{ descriptor: { name: 'gemini_cli.token.usage' } }] }] };

describe('the telemetry of the Gemini CLI', () => {
  test('tells of every request and every call, and never of an end', () => {
    const rows = [
      record('config', { model: 'auto' }),
      record('api_response', USED, 3),
      METRIC,
      record('tool_call', CALLED, 4),
      record('api_response', { ...USED, model: 'gemini-y' }, 8),
    ];
    const reading = read(rows, () => 0.25);
    expect(reading).toMatchObject({
      engine: 'gemini',
      engineSession: ID,
      models: ['gemini-x', 'gemini-y'],
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:08.000Z',
      duration: 8_000,
      outcome: 'unknown',
      tokens: { input: 1_200, output: 160, cacheRead: 800, total: 2_160 },
      cost: { usd: 0.5, basis: 'estimated' },
      tools: [{ server: null, tool: 'read_file', calls: 1, errors: 0, latency: { count: 1, sum: 40 } }],
      denials: 0,
    });
    expect(reading.state).toEqual({
      tokens: 'lower_bound',
      cost: 'lower_bound',
      turns: 'unknown',
      tools: 'partial',
      latency: 'partial',
    });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('prices each request at its own time', () => {
    const asked: unknown[] = [];
    const price: PriceList = (model, usage, at) => {
      asked.push([model, usage.input, usage.output, usage.cacheRead, at]);
      return 1;
    };
    read([record('api_response', USED, 3)], price);
    expect(asked).toEqual([['gemini-x', 600, 80, 400, '2026-01-01T00:00:03.000Z']]);
  });

  test('tells nothing of denials where no call is told', () => {
    const reading = read([record('api_response', USED, 3)]);
    expect(reading.denials).toBeNull();
    expect(reading.detail?.deniedTools).toBeNull();
  });

  test('counts failures and denials, with numbers and truths as texts, and names servers', () => {
    const failed = { ...CALLED, success: 'false', decision: 'reject', duration_ms: '7', mcp_server_name: 'github' };
    const reading = read([record('tool_call', CALLED), record('tool_call', failed), record('tool_call', CALLED)]);
    expect(reading.denials).toBe(1);
    expect(reading.tools).toMatchObject([
      { server: null, tool: 'read_file', calls: 2, errors: 0 },
      { server: 'github', tool: 'read_file', calls: 1, errors: 1, latency: { sum: 7 } },
    ]);
  });

  test('a failed request used nothing that is known', () => {
    const reading = read([record('api_error', { model: 'gemini-x', error: 'a secret', status_code: 429 })]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.state).toMatchObject({ tokens: 'unknown', cost: 'unknown', latency: 'unknown' });
  });

  test('two sessions in one file are two readings', () => {
    const rows = [record('api_response', USED), record('api_response', { ...USED, 'session.id': 'other' })];
    const { sessions } = readText(write(rows));
    expect(sessions.map(({ engineSession, tokens }) => [engineSession, tokens.total])).toEqual([
      [ID, 1_080],
      ['other', 1_080],
    ]);
  });

  test('says what it could not price', () => {
    const { complaints } = readText(write([record('api_response', USED)]));
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 1 responses have no known price: the cost leaves them out',
    ]);
  });

  test('cut off anywhere it keeps what stands before the cut', () => {
    const one = write([record('api_response', USED)]);
    const text = one.repeat(5);
    fc.assert(
      fc.property(fc.integer({ min: one.length, max: text.length - 2 }), (cut) => {
        const { sessions } = readText(text.slice(0, cut));
        // Without its newline an object is still complete.
        expect(sessions[0]?.tokens.total).toBe(Math.floor((cut + 1) / one.length) * 1_080);
      }),
    );
  });

  test('fields of any kind never make it throw', () => {
    const names = fc.constantFrom('api_response', 'tool_call', 'api_error', 'x');
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(USED), ...Object.keys(CALLED)), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fields), { maxLength: 6 }), (events) => {
        const rows = events.map(([name, some]) => record(name, some));
        expect(readText(write([record('config'), ...rows])).sessions).toHaveLength(1);
      }),
    );
  });
});
