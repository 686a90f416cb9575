import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import type { SessionFileReading } from '../file-reading.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

type Row = Readonly<Record<string, unknown>>;

const ID = '11111111-2222-3333-4444-555555555555';

const API = { totalRequests: 3, totalErrors: 0, totalLatencyMs: 900 };
const TOKENS = { input: 600, prompt: 1_000, candidates: 50, total: 1_080, cached: 400, thoughts: 30, tool: 0 };
const MODELS = { 'gemini-x': { api: API, tokens: TOKENS } };
const DECISIONS = { accept: 0, reject: 1, modify: 0, auto_accept: 3 };
const TOOLS = {
  totalCalls: 4,
  totalSuccess: 3,
  totalFail: 1,
  totalDurationMs: 700,
  totalDecisions: DECISIONS,
  byName: {
    read_file: { count: 3, success: 2, fail: 1, durationMs: 600, decisions: DECISIONS },
    mcp_github_list_issues: { count: 1, success: 1, fail: 0, durationMs: 100, decisions: DECISIONS },
  },
};

/** The object of `--output-format json`, as section 6 of session-formats.md describes it. */
function output(stats: unknown, extra: Row = {}): Row {
  return { session_id: ID, response: 'a secret answer', stats, ...extra };
}

function readText(text: string, price: PriceList = NO_PRICES): SessionFileReading {
  return readSessionFile('stdout.log', Buffer.from(text), price);
}

function read(rows: readonly Row[], price: PriceList = NO_PRICES): SessionReading {
  const { format, sessions } = readText(rows.map((row) => JSON.stringify(row)).join('\n'), price);
  expect(format).toBe('gemini-output');
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('the object that the Gemini CLI prints', () => {
  test('gives tokens, tools, denials and the end of a session', () => {
    const reading = read([output({ models: MODELS, tools: TOOLS, files: {} })], () => 0.02);
    expect(reading).toMatchObject({
      engine: 'gemini',
      engineSession: ID,
      models: ['gemini-x'],
      outcome: 'completed',
      turns: null,
      denials: 1,
      cost: { usd: 0.02, basis: 'list' },
      reportedCost: { usd: null, basis: 'unknown' },
      startedAt: null,
      duration: null,
    });
    expect(reading.tokens).toEqual({
      input: 600,
      output: 80,
      cacheRead: 400,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      total: 1_080,
    });
    expect(reading.state).toEqual({
      tokens: 'exact',
      cost: 'estimate',
      turns: 'unknown',
      tools: 'exact',
      latency: 'estimate',
    });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('tells of each tool how often it was called, failed, and how long its calls took in all', () => {
    const { tools } = read([output({ models: MODELS, tools: TOOLS })]);
    expect(tools).toMatchObject([
      { server: null, tool: 'read_file', calls: 3, errors: 1, latency: { count: 3, sum: 600, min: 200, max: 200 } },
      { server: 'github', tool: 'list_issues', calls: 1, errors: 0, latency: { count: 1, sum: 100 } },
    ]);
    expect(tools[0]?.latency?.bins.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
  });

  test('a pretty-printed object reads as the same in one line', () => {
    const row = output({ models: MODELS, tools: TOOLS });
    expect(readText(JSON.stringify(row, null, 2)).sessions).toEqual([read([row])]);
  });

  test('sums models, and takes the input without its cached part where only the prompt is told', () => {
    const older = { prompt: 500, candidates: 10, total: 510, cached: 100, thoughts: 0, tool: 0 };
    const models = { ...MODELS, 'gemini-y': { api: API, tokens: older } };
    const { tokens, models: names } = read([output({ models })]);
    expect([tokens.input, tokens.output, tokens.cacheRead]).toEqual([1_000, 90, 500]);
    expect(names).toEqual(['gemini-x', 'gemini-y']);
  });

  test('zeros beside answered requests were not recorded', () => {
    const zeros = { input: 0, prompt: 0, candidates: 0, total: 0, cached: 0, thoughts: 0, tool: 0 };
    expect(read([output({ models: { m: { api: API, tokens: zeros } } })]).state.tokens).toBe('unknown');
    const both = read([output({ models: { ...MODELS, m: { api: API, tokens: zeros } } })], () => 1);
    expect(both.tokens.total).toBe(1_080);
    expect(both.state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound' });
  });

  test.each([
    ['no model was asked', {}],
    ['every request failed', { m: { api: { totalRequests: 2, totalErrors: 2 }, tokens: {} } }],
  ])('nothing was used where %s and nothing was said', (_, models) => {
    const reading = read([output({ models, tools: { totalCalls: 0, byName: {} } }, { response: '' })]);
    expect(reading.tokens.total).toBe(0);
    expect(reading.cost).toEqual({ usd: 0, basis: 'list' });
    expect(reading.state).toMatchObject({ tokens: 'exact', cost: 'exact', tools: 'exact' });
  });

  test('tokens count although every request is said to have failed', () => {
    const models = { m: { api: { totalRequests: 2, totalErrors: 2 }, tokens: TOKENS } };
    expect(read([output({ models })]).tokens.total).toBe(1_080);
  });

  test.each([
    ['an answer', output({ models: {} })],
    ['a call', output({ models: {}, tools: { totalCalls: 1, byName: {} } }, { response: '' })],
    ['no tokens told', output({ models: { m: { api: { totalRequests: 1 } } } }, { response: '' })],
  ])('no model beside %s proves nothing', (_, row) => {
    const reading = read([row]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.state).toMatchObject({ tokens: 'unknown', cost: 'unknown' });
  });

  test.each([
    ['stopped_by_limit', { type: 'FatalTurnLimitedError', message: 'x', code: 53 }],
    ['stopped_by_limit', { type: 'Error', message: 'x', code: 53 }],
    ['cancelled', { type: 'FatalCancellationError', message: 'x', code: 130 }],
    ['failed', { type: 'FatalInputError', message: 'a secret', code: 42 }],
  ])('is %s after an error, also where it holds nothing else', (outcome, error) => {
    const reading = read([{ session_id: ID, error }]);
    expect(reading).toMatchObject({ outcome, engineSession: ID, state: { tokens: 'unknown', tools: 'unknown' } });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('is read after an error of an older version, which prints no id, but not when another program says so', () => {
    // `FatalTurnLimitedError` with exit code 53, as packages/cli/src/utils/errors.ts of the Gemini CLI prints it.
    const error = { type: 'FatalTurnLimitedError', message: 'a secret', code: 53 };
    const reading = read([{ error }]);
    expect(reading).toMatchObject({ outcome: 'stopped_by_limit', engineSession: null, state: { tokens: 'unknown' } });
    expect(JSON.stringify(reading)).not.toContain('secret');
    const other = JSON.stringify({ error: { ...error, type: 'invalid_request_error' } });
    expect(readSessionFile('stderr.log', Buffer.from(other), NO_PRICES).sessions).toEqual([]);
  });

  test('calls that the totals do not name make the tools a lower bound', () => {
    const reading = read([output({ models: MODELS, tools: { ...TOOLS, totalCalls: 9 } })]);
    expect(reading.state.tools).toBe('lower_bound');
  });

  test('a forged number of calls or tools costs no time and no room', () => {
    const byName = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`tool${n}`, { count: 1e15, fail: 1e16, durationMs: 5 }]),
    );
    const { tools } = read([output({ models: MODELS, tools: { totalCalls: 1, byName } })]);
    expect(tools).toHaveLength(201);
    expect(tools.every(({ calls, errors }) => errors <= calls)).toBe(true);
  });
});

test('of a chat and an output of one session with the same tokens the output counts, in any order', () => {
  const { total, cached, thoughts, candidates, prompt } = TOKENS;
  const tokens = { input: prompt, output: candidates, cached, thoughts, tool: 0, total };
  const header = { sessionId: ID, projectHash: 'x', startTime: '2026-01-01T00:00:00.000Z' };
  const message = { id: 'g1', type: 'gemini', model: 'gemini-x', tokens };
  const found = [{ ...header, messages: [message] }, output({ models: MODELS, tools: TOOLS })].flatMap((record) => {
    const bytes = Buffer.from(JSON.stringify(record));
    return identify('x', bytes, readSessionFile('x', bytes, NO_PRICES));
  });
  expect(found.map(({ reading }) => [reading.format, reading.tokens.total])).toEqual([
    ['gemini-chat', 1_080],
    ['gemini-output', 1_080],
  ]);
  for (const order of [found, [...found].reverse()]) {
    expect(eachOnce(order).map(({ reading }) => reading.format)).toEqual(['gemini-output']);
  }
});

test.each([
  ['with the id', { session_id: ID }],
  ['without an id, as older versions print it', {}],
])('the end printed after an error belongs to what the telemetry beside it counted, %s', (_, id) => {
  const error = { type: 'FatalTurnLimitedError', message: 'x', code: 53 };
  const sent = { 'session.id': ID, 'event.name': 'gemini_cli.api_response', model: 'gemini-x' };
  const used = { input_token_count: 1_000, output_token_count: 80 };
  const files = { 'a/telemetry.log': { attributes: { ...sent, ...used } }, 'a/stderr.log': { ...id, error } };
  const found = Object.entries(files).flatMap(([path, record]) => {
    const bytes = Buffer.from(JSON.stringify(record));
    return identify(path, bytes, readSessionFile(path, bytes, NO_PRICES));
  });
  for (const order of [found, [...found].reverse()]) {
    expect(eachOnce(order)).toMatchObject([
      {
        id: ID,
        path: 'a/telemetry.log',
        reading: { tokens: { total: 1_080 }, outcome: 'stopped_by_limit', detail: { limitsHit: ['turns'] } },
      },
    ]);
  }
});

describe('the cost of totals', () => {
  test('is their list price where the model charges all requests alike', async () => {
    const tokens = { prompt: 3_000_000, candidates: 10_000, total: 3_010_000, cached: 1_000_000, thoughts: 0, tool: 0 };
    const models = { 'gemini-2.5-flash': { api: API, tokens } };
    const reading = read([output({ models })], await openPriceList('2026-01-15T00:00:00.000Z'));
    // 2,000,000 at $0.30, 1,000,000 cached at $0.03 and 10,000 at $2.50 per million.
    expect(reading.cost.usd).toBeCloseTo(0.6 + 0.03 + 0.025, 9);
    expect(reading.state.cost).toBe('estimate');
  });

  test('is the least that it can be where large requests cost more', async () => {
    const tokens = { prompt: 1_000_000, candidates: 0, total: 1_000_000, cached: 0, thoughts: 10, tool: 0 };
    const models = { 'gemini-2.5-pro': { api: API, tokens } };
    const reading = read([output({ models })], await openPriceList('2026-01-15T00:00:00.000Z'));
    // 1,000,000 at $1.25 and 10 at $10 per million, the prices for requests up to 200,000.
    expect(reading.cost.usd).toBeCloseTo(1.25 + 0.0001, 9);
    expect(reading.state.cost).toBe('lower_bound');
  });

  test('leaves out a model without a price, and says so', () => {
    const models = { ...MODELS, other: MODELS['gemini-x'] };
    const text = JSON.stringify(output({ models }));
    const { sessions, complaints } = readText(text, (model) => (model === 'other' ? null : 1));
    expect(sessions[0]?.cost).toEqual({ usd: 1, basis: 'list' });
    expect(sessions[0]?.state.cost).toBe('lower_bound');
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 2 models have no known price: the cost leaves them out',
    ]);
  });
});

function at(second: number): string {
  return `2026-01-01T00:00:0${second}.000Z`;
}

const INIT: Row = { type: 'init', timestamp: at(0), session_id: ID, model: 'gemini-x' };
const SAID: Row = { type: 'message', timestamp: at(1), role: 'assistant', content: 'a secret', delta: true };
const USE: Row = { type: 'tool_use', timestamp: at(2), tool_name: 'read_file', tool_id: 't1', parameters: {} };
const GOT: Row = { type: 'tool_result', timestamp: at(4), tool_id: 't1', status: 'success', output: 'a secret' };
const STATS = {
  total_tokens: 1_080,
  input_tokens: 1_000,
  output_tokens: 50,
  cached: 400,
  input: 600,
  duration_ms: 6_000,
  tool_calls: 1,
};

function ended(stats: Row, extra: Row = {}): Row {
  return { type: 'result', timestamp: at(5), status: 'success', stats, ...extra };
}

describe('the stream that the Gemini CLI prints', () => {
  const whole = [INIT, SAID, USE, GOT, ended(STATS)];

  test('gives tokens, tools and times', () => {
    const reading = read(whole, () => 0.5);
    expect(reading).toMatchObject({
      engineSession: ID,
      models: ['gemini-x'],
      outcome: 'completed',
      startedAt: at(0),
      endedAt: at(5),
      duration: 6_000,
      cost: { usd: 0.5, basis: 'list' },
      tools: [{ tool: 'read_file', calls: 1, errors: 0, latency: { count: 1, sum: 2_000 } }],
    });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('bills as output what the total holds beside input and output: thoughts', () => {
    const reading = read(whole);
    expect(reading.tokens).toMatchObject({ input: 600, output: 80, cacheRead: 400, total: 1_080 });
    expect(reading.state).toMatchObject({ tokens: 'estimate', tools: 'exact', latency: 'exact' });
    const plain = read([INIT, SAID, USE, GOT, ended({ ...STATS, total_tokens: 1_050 })]);
    expect([plain.tokens.output, plain.state.tokens]).toEqual([50, 'exact']);
  });

  test('tells models apart where the totals do', () => {
    const models = { a: STATS, b: { ...STATS, total_tokens: 1_050 } };
    const reading = read([INIT, SAID, USE, GOT, ended({ ...STATS, models })]);
    expect(reading.models).toEqual(['a', 'b']);
    expect(reading.tokens.total).toBe(1_080 + 1_050);
  });

  test('cut off before its end tells of tools only', () => {
    const reading = read(whole.slice(0, 4));
    expect(reading).toMatchObject({ outcome: 'unknown', models: ['gemini-x'], tools: [{ calls: 1 }] });
    expect(reading.state).toEqual({
      tokens: 'unknown',
      cost: 'unknown',
      turns: 'unknown',
      tools: 'partial',
      latency: 'partial',
    });
  });

  test('a failed end of zeros does not prove that nothing was used where something was said', () => {
    const zeros = {
      total_tokens: 0,
      input_tokens: 0,
      output_tokens: 0,
      cached: 0,
      input: 0,
      duration_ms: 0,
      tool_calls: 0,
    };
    const failed = ended(zeros, { status: 'error', error: { type: 'Error', message: 'a secret' } });
    expect(read([INIT, SAID, failed])).toMatchObject({
      outcome: 'failed',
      duration: 5_000,
      state: { tokens: 'unknown' },
    });
    expect(read([INIT, failed])).toMatchObject({ outcome: 'failed', tokens: { total: 0 }, state: { tokens: 'exact' } });
  });

  test('counts errors, and calls without a result', () => {
    const rows = [
      INIT,
      USE,
      { ...GOT, status: 'error' },
      { ...USE, tool_id: 't2' },
      ended({ ...STATS, tool_calls: 3 }),
    ];
    const reading = read(rows);
    expect(reading.tools).toMatchObject([{ calls: 2, errors: 1, latency: { count: 1 } }]);
    expect(reading.state).toMatchObject({ tools: 'partial', latency: 'partial' });
  });

  test('two streams in one file are two sessions', () => {
    const rows = [...whole, { ...INIT, session_id: 'other' }, ended(STATS)];
    const { sessions } = readText(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(sessions.map(({ engineSession }) => engineSession)).toEqual([ID, 'other']);
  });

  test('cut anywhere it keeps the calls before the cut, and never throws', () => {
    const text = whole.map((row) => JSON.stringify(row)).join('\n');
    fc.assert(
      fc.property(fc.nat(text.length), (cut) => {
        const { sessions, complaints } = readText(text.slice(0, cut));
        expect(sessions.length + complaints.length).toBeGreaterThan(0);
        const calls = sessions[0]?.tools.reduce((sum, tool) => sum + tool.calls, 0) ?? 0;
        expect(calls).toBe(text.slice(0, cut).split('\n').slice(0, 3).join('\n').endsWith(JSON.stringify(USE)) ? 1 : 0);
      }),
    );
  });

  test('fields of any kind never make it throw', () => {
    const some = fc.dictionary(
      fc.constantFrom('type', 'stats', 'models', 'tools', 'byName', 'session_id', 'tool_id', 'error', 'timestamp'),
      fc.oneof(fc.jsonValue(), fc.constantFrom('init', 'result', 'tool_use'), fc.constant({ models: { m: MODELS } })),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), some, (rows, stats) => {
        const text = [INIT, ...rows, { type: 'result', status: 'x', stats }, output({ models: { m: stats } })];
        expect(readText(text.map((row) => JSON.stringify(row)).join('\n')).sessions.length).toBeGreaterThan(0);
      }),
    );
  });
});
