import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

// Names of events, metrics and attributes: for Codex from codex-rs/otel (session_telemetry.rs, July 2026) and from captures of
// 0.152 and 0.159; for the Gemini CLI from its source of 0.61. All values are made up.

type Scalar = string | number | boolean;
const BORN = Date.parse('2026-08-01T00:00:00.000Z');

function attributes(fields: Readonly<Record<string, Scalar>>): object[] {
  return Object.entries(fields).map(([key, scalar]) => ({
    key,
    value:
      typeof scalar === 'string'
        ? { stringValue: scalar }
        : typeof scalar === 'boolean'
          ? { boolValue: scalar }
          : { intValue: `${scalar}` },
  }));
}

function stamp(second: number): string {
  return new Date(BORN + second * 1_000).toISOString();
}

/** Codex leaves the record's own time at 0. */
function codex(second: number, name: string, fields: Readonly<Record<string, Scalar>> = {}, thread = 't-1'): object {
  const about = { 'event.name': `codex.${name}`, 'event.timestamp': stamp(second), 'conversation.id': thread };
  return { timeUnixNano: '0', attributes: attributes({ ...about, model: 'gpt-5.3-codex', ...fields }) };
}

function completed(second: number, input: number, cached: number, output: number, thread = 't-1'): object {
  const fields = {
    'event.kind': 'response.completed',
    input_token_count: `${input}`,
    output_token_count: `${output}`,
    cached_token_count: cached,
    reasoning_token_count: 3,
    tool_token_count: `${input + output}`,
  };
  return codex(second, 'sse_event', fields, thread);
}

function logs(records: readonly object[], service = 'codex_exec'): object {
  const resource = { attributes: attributes({ 'service.name': service }) };
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: records }] }] };
}

function metrics(list: readonly object[], service = 'codex_exec'): object {
  const resource = { attributes: attributes({ 'service.name': service }) };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: list }] }] };
}

function turnTokens(second: number, counts: Readonly<Record<string, number>>, model = 'gpt-5.3-codex'): object {
  const dataPoints = Object.entries(counts).map(([type, sum]) => ({
    startTimeUnixNano: `${BORN}000000`,
    timeUnixNano: `${BORN + second * 1_000}000000`,
    count: '1',
    sum,
    attributes: attributes({ token_type: type, model }),
  }));
  return { name: 'codex.turn.token_usage', histogram: { aggregationTemporality: 1, dataPoints } };
}

function read(...records: readonly object[]): ReturnType<typeof readSessionFile> {
  const text = records.map((record) => JSON.stringify(record)).join('\n');
  return readSessionFile('otel.jsonl', Buffer.from(text), () => 0.25);
}

function only(...records: readonly object[]): SessionReading {
  const { sessions, complaints } = read(...records);
  expect(complaints).toEqual([]);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('events of Codex', () => {
  test('tell tokens by kind, tools and models', () => {
    const reading = only(
      logs([
        codex(0, 'conversation_starts', { sandbox_policy: 'danger-full-access' }),
        codex(1, 'user_prompt', { prompt_length: '5', prompt: '[REDACTED]' }),
        codex(2, 'sse_event', { 'event.kind': 'response.created', duration_ms: '9' }),
        completed(3, 1_000, 400, 60),
        codex(4, 'tool_decision', { tool_name: 'shell', call_id: 'c1', decision: 'approved', source: 'Config' }),
        codex(5, 'tool_result', {
          tool_name: 'shell',
          call_id: 'c1',
          arguments: '{"cmd":"ls"}',
          duration_ms: '120',
          success: 'false',
          mcp_server: '',
        }),
        codex(6, 'tool_result', {
          tool_name: 'mcp__github__get_issue',
          call_id: 'c2',
          duration_ms: '30',
          success: 'true',
          mcp_server: 'github',
        }),
        codex(7, 'tool_decision', { tool_name: 'apply_patch', call_id: 'c3', decision: 'denied', source: 'User' }),
      ]),
      logs([completed(8, 2_000, 1_500, 40)]),
    );
    expect(reading).toMatchObject({
      engine: 'codex',
      format: 'codex-otel',
      engineSession: 't-1',
      models: ['gpt-5.3-codex'],
      startedAt: stamp(0),
      endedAt: stamp(8),
      turns: 1,
      // Input includes cache reads, and output includes reasoning.
      tokens: { input: 600 + 500, cacheRead: 1_900, output: 100, total: 3_100 },
      cost: { usd: 0.5, basis: 'estimated' },
      denials: 1,
      state: { tokens: 'lower_bound', cost: 'lower_bound', tools: 'lower_bound', turns: 'lower_bound' },
      detail: { unguarded: true, deniedTools: [{ server: null, tool: 'apply_patch', calls: 1 }] },
    });
    expect(reading.tools.map(({ server, tool, calls, errors }) => [server, tool, calls, errors])).toEqual([
      [null, 'shell', 1, 1],
      ['github', 'get_issue', 1, 0],
      [null, 'apply_patch', 1, 1],
    ]);
  });

  test('that were sent twice count once, and those of another thread are another session', () => {
    const { sessions } = read(
      logs([completed(3, 1_000, 400, 60)]),
      logs([completed(3, 1_000, 400, 60), completed(4, 10, 0, 1, 't-2')]),
    );
    expect(sessions.map(({ engineSession, tokens }) => [engineSession, tokens.total])).toEqual([
      ['t-1', 1_060],
      ['t-2', 11],
    ]);
  });

  test('in several files make one session, and the rollout of the same thread is not counted besides', () => {
    const rollout = [
      { timestamp: stamp(0), type: 'session_meta', payload: { id: 't-1', cwd: '/w', originator: 'codex_exec' } },
      {
        timestamp: stamp(3),
        type: 'event_msg',
        payload: {
          type: 'token_count',
          info: { total_token_usage: { input_tokens: 1_010, cached_input_tokens: 400, output_tokens: 65 } },
        },
      },
    ];
    const files = [[logs([completed(3, 1_000, 400, 60)])], [logs([completed(4, 10, 0, 5)])], rollout];
    const found = files.flatMap((rows, index) => {
      const bytes = Buffer.from(rows.map((each) => JSON.stringify(each)).join('\n'));
      return identify(`${index}`, bytes, readSessionFile(`${index}`, bytes, NO_PRICES));
    });
    expect(eachOnce(found).map(({ id, reading }) => [id, reading.tokens.total])).toEqual([['t-1', 1_075]]);
  });

  test('without tokens leave them unknown', () => {
    for (const more of [[], [completed(2, 0, 0, 0)]])
      expect(only(logs([codex(1, 'user_prompt'), ...more]))).toMatchObject({
        tokens: { total: null },
        cost: { usd: null },
      });
  });
});

describe('metrics of Codex', () => {
  const counts = { total: 1_060, input: 1_000, cached_input: 400, output: 60, reasoning_output: 3 };

  test('tell the tokens of a thread of which no event does', () => {
    expect(only(metrics([turnTokens(5, counts)]))).toMatchObject({
      engineSession: null,
      models: ['gpt-5.3-codex'],
      tokens: { input: 600, cacheRead: 400, output: 60, total: 1_060 },
      state: { tokens: 'lower_bound' },
    });
    const joined = only(logs([codex(1, 'conversation_starts')]), metrics([turnTokens(5, counts)]));
    expect(joined).toMatchObject({ engineSession: 't-1', tokens: { total: 1_060 } });
  });

  test('are priced as small requests, which never overstates what they cost', () => {
    const priced = (...list: readonly object[]): ReturnType<typeof readSessionFile> =>
      readSessionFile('x', Buffer.from(JSON.stringify(metrics(list))), openPriceList(stamp(0)));
    const { sessions } = priced(turnTokens(5, { input: 1_000_000, output: 0 }, 'gpt-5.4'));
    // GPT-5.4: 2.50 dollars for a million tokens of input, and 5 in requests of more than 272,000
    // (https://developers.openai.com/api/docs/models/gpt-5.4).
    expect(sessions[0]?.cost.usd).toBeCloseTo(2.5, 9);
    expect(sessions[0]?.state.cost).toBe('lower_bound');
    const days: PriceList = (_model, _usage, at) => (at === stamp(9) ? 1 : 9);
    const dated = JSON.stringify(metrics([turnTokens(5, { input: 1 }), turnTokens(9, { output: 1 })]));
    expect(readSessionFile('x', Buffer.from(dated), days).sessions[0]?.cost.usd).toBe(1);
    const { complaints } = priced(turnTokens(5, counts), turnTokens(5, counts, 'gpt-x'));
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 2 models have no known price: the cost leaves them out',
    ]);
  });

  test('are not counted beside events, nor where several threads share them', () => {
    const both = only(logs([completed(3, 1_000, 400, 60)]), metrics([turnTokens(5, counts)]));
    expect(both.tokens.total).toBe(1_060);
    const events = logs([completed(3, 10, 0, 1), completed(4, 20, 0, 2, 't-2')]);
    const { sessions } = read(events, metrics([turnTokens(5, counts)]));
    expect(sessions.map(({ tokens }) => tokens.total)).toEqual([11, 22]);
  });

  test('beside events in another file of the folder are not counted again', () => {
    const found = [metrics([turnTokens(5, counts)]), logs([completed(3, 1_000, 400, 60)])].flatMap((record, index) => {
      const bytes = Buffer.from(JSON.stringify(record));
      return identify(`otel/${index}`, bytes, readSessionFile(`otel/${index}`, bytes, NO_PRICES));
    });
    expect(eachOnce(found).map(({ id, reading }) => [id, reading.tokens.total])).toEqual([['t-1', 1_060]]);
  });

  test('of other things only are no session', () => {
    const { sessions, complaints } = read(
      metrics([{ name: 'codex.thread.started', sum: { dataPoints: [{ asInt: '1', attributes: [] }] } }]),
    );
    expect(sessions).toEqual([]);
    expect(complaints.map(({ reason }) => reason)).toEqual(['holds telemetry of Codex, and no thread in it']);
  });
});

function gemini(second: number, name: string, fields: Readonly<Record<string, Scalar>> = {}): object {
  const about = { 'event.name': `gemini_cli.${name}`, 'event.timestamp': stamp(second), 'session.id': 'g-1' };
  return { timeUnixNano: `${BORN + second * 1_000}000000`, attributes: attributes({ ...about, ...fields }) };
}

const RESPONSE = {
  model: 'gemini-2.5-pro',
  duration_ms: 700,
  input_token_count: 1_000,
  cached_content_token_count: 400,
  output_token_count: 50,
  thoughts_token_count: 20,
  tool_token_count: 5,
  total_token_count: 1_075,
};

describe('what the Gemini CLI exports', () => {
  test('tells tokens by kind, tools and models in its events', () => {
    const reading = only(
      logs(
        [
          gemini(0, 'config', { approval_mode: 'yolo' }),
          gemini(1, 'api_response', RESPONSE),
          gemini(2, 'tool_call', {
            function_name: 'mcp_github_get_issue',
            duration_ms: 40,
            success: false,
            decision: 'auto_accept',
            error_type: 'execution_failed',
          }),
        ],
        'gemini-cli',
      ),
    );
    expect(reading).toMatchObject({
      engine: 'gemini',
      format: 'gemini-otel',
      engineSession: 'g-1',
      models: ['gemini-2.5-pro'],
      // Tool prompts count as input, thoughts as output (gemini/tokens.ts).
      tokens: { input: 605, cacheRead: 400, output: 70, total: 1_075 },
      tools: [{ server: 'github', tool: 'get_issue', calls: 1, errors: 1 }],
      denials: 0,
      state: { tokens: 'lower_bound', tools: 'partial' },
      detail: { unguarded: true, apiDuration: 700 },
    });
  });

  test('tells tokens in its metrics where no event does: running totals, each once', () => {
    const point = (second: number, type: string, total: number): object => ({
      startTimeUnixNano: `${BORN}000000`,
      timeUnixNano: `${BORN + second * 1_000}000000`,
      asInt: `${total}`,
      attributes: attributes({ 'session.id': 'g-1', model: 'gemini-2.5-pro', type }),
    });
    const exported = (second: number, times: number): object =>
      metrics(
        [
          {
            name: 'gemini_cli.token.usage',
            sum: {
              aggregationTemporality: 2,
              dataPoints: [
                point(second, 'input', 1_000 * times),
                point(second, 'output', 50 * times),
                point(second, 'cache', 400 * times),
                point(second, 'thought', 20 * times),
                point(second, 'tool', 5 * times),
              ],
            },
          },
        ],
        'gemini-cli',
      );
    expect(only(exported(10, 1), exported(20, 2))).toMatchObject({
      engineSession: 'g-1',
      tokens: { input: 1_210, cacheRead: 800, output: 140 },
      state: { tokens: 'lower_bound' },
    });
    const both = only(exported(10, 1), logs([gemini(1, 'api_response', RESPONSE)], 'gemini-cli'));
    expect(both.tokens.total).toBe(1_075);
    expect(only(exported(10, 1))).toMatchObject({
      cost: { usd: 0.25, basis: 'estimated' },
      detail: { computedCost: { usd: 0.25, basis: 'estimated' }, computedState: 'lower_bound', unpricedModels: [] },
    });
    const unpriced = readSessionFile('x', Buffer.from(JSON.stringify(exported(10, 1))), NO_PRICES);
    expect(unpriced.sessions[0]).toMatchObject({ cost: { usd: null }, detail: { unpricedModels: ['gemini-2.5-pro'] } });
    expect(unpriced.complaints.map(({ reason }) => reason)).toEqual([
      '1 of 1 models have no known price: the cost leaves them out',
    ]);
  });
});

describe('a file into which a collector writes what several engines send', () => {
  const claude = logs(
    [
      {
        timeUnixNano: `${BORN}000000`,
        attributes: attributes({
          'event.name': 'claude_code.api_request',
          'session.id': 'c-1',
          model: 'claude-x',
          input_tokens: 3,
          output_tokens: 4,
        }),
      },
    ],
    'claude-code',
  );
  const all = [claude, logs([completed(3, 10, 0, 1)]), logs([gemini(1, 'api_response', RESPONSE)], 'gemini-cli')];

  test('gives the sessions of each', () => {
    for (const order of [all, [...all].reverse()]) {
      expect(read(...order).sessions.map(({ engine, tokens }) => [engine, tokens.total])).toEqual([
        ['claude', 7],
        ['codex', 11],
        ['gemini', 1_075],
      ]);
    }
  });

  test('cut anywhere never makes the reader throw, and keeps what stands before the cut', () => {
    const text = all.map((record) => JSON.stringify(record)).join('\n');
    const first = JSON.stringify(all[0]).length;
    fc.assert(
      fc.property(fc.integer({ min: first + 1, max: text.length - 1 }), (cut) => {
        const { sessions } = readSessionFile('x', Buffer.from(text.slice(0, cut)), NO_PRICES);
        expect(sessions[0]).toMatchObject({ engine: 'claude', tokens: { total: 7 } });
      }),
      { numRuns: 60 },
    );
  });

  test('with any values in any field gives numbers that are known or null, never below zero', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('input_token_count', 'cached_token_count', 'output_token_count'),
        fc.jsonValue(),
        (key, value) => {
          const odd = {
            timeUnixNano: value,
            attributes: [
              ...attributes({
                'event.name': 'codex.sse_event',
                'event.kind': 'response.completed',
                'conversation.id': 't-1',
              }),
              { key, value: { intValue: value } },
              { key: 'model', value },
            ],
          };
          for (const { tokens } of read(logs([odd, completed(1, 5, 9, 1)])).sessions)
            for (const count of Object.values(tokens)) expect(count === null || count >= 0).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
