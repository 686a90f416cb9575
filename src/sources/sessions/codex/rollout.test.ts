import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList, type RequestUsage } from '../../prices/price-list.ts';
import { eachOnce, identify } from '../identity.ts';
import { asObject } from '../json/fields.ts';
import { readSessionFile } from '../recognise.ts';
import { requestsOf } from './requests.ts';
import { rolloutOf } from './rows.ts';
import { turnsOf } from './turns.ts';

const SAMPLES = '../shared/samples';
const DAY = '2026-11-01T00:00:00.000Z';
const REAL = 'agent-sessions/codex-rollout-0.146-all-events.jsonl';
const ALPHA = 'ccusage/codex-session-alpha.jsonl';

// All expected numbers: session-formats.md, section 10, "Other sample".
describe.skipIf(!existsSync(SAMPLES))('the sample rollouts (skipped where ../shared/samples is not there)', () => {
  test('the one with every kind of event gives the totals of the reference', () => {
    const text = readFileSync(`${SAMPLES}/${REAL}`, 'utf8');
    const rows = text.trim().split('\n');
    expect(rows).toHaveLength(118);
    const reading = only(text);
    // Input 16,341, of which 3,584 cached and 0 written; output 81 with 63 of reasoning.
    expect(reading.tokens).toEqual({
      input: 16_341 - 3_584,
      output: 81,
      cacheRead: 3_584,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      total: 16_341 + 81,
    });
    expect(reading.engineSession).toBe('019fc8be-3658-7ca3-9e29-000000000000');
    const { inherited, own } = rolloutOf(rows.map((row) => JSON.parse(row)));
    expect(inherited).toEqual([]);
    expect(turnsOf(inherited, own).filter(({ aborted }) => aborted)).toHaveLength(1);
    const counts = own.filter(({ kind }) => kind === 'token_count').map(({ payload }) => asObject(payload['info']));
    expect(counts.filter((info) => info === null)).toHaveLength(1);
    expect(requestsOf(inherited, own)).toHaveLength(1);
    expect(reading.state.tokens).toBe('lower_bound');
  });

  test('the one with two models gives the totals of the reference, by model and priced', async () => {
    const text = readFileSync(`${SAMPLES}/${ALPHA}`, 'utf8');
    const reading = only(text, await openPriceList(DAY));
    expect(reading.tokens).toMatchObject({ input: 3_500 - 750, cacheRead: 750, output: 425 });
    expect(reading.models).toEqual(['gpt-5.2-codex', 'gpt-5.3-codex']);
    expect(reading.tools).toEqual([]);
    expect(reading.cost.usd).toBeCloseTo(0.010894, 6);
    const { own } = rolloutOf(lines(text));
    expect(requestsOf([], own).map(({ model, used }) => [model, used.input, used.cached, used.output])).toEqual([
      ['gpt-5.2-codex', 1_000, 250, 125],
      ['gpt-5.3-codex', 2_500, 500, 300],
    ]);
  });

  test('cuts, flipped bytes and glued lines never make the reader throw', () => {
    const bytes = readFileSync(`${SAMPLES}/${REAL}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 10, 32, 34, 44, 123, 125, 255)), {
          maxLength: 12,
        }),
        fc.nat(bytes.length),
        fc.boolean(),
        (flips, cut, glue) => {
          const damaged = Uint8Array.from(bytes.subarray(0, cut));
          for (const [at, value] of flips) if (at < cut) damaged[at] = value;
          const text = Buffer.from(damaged).toString('latin1');
          const given = Buffer.from(glue ? text.replaceAll('\n', '') : text, 'latin1');
          const { sessions, complaints } = readSessionFile('x', given, NO_PRICES);
          expect(sessions.length + complaints.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const BORN = Date.parse('2026-01-01T00:00:00.000Z');

/** A row `second` seconds after the thread began. */
function row(second: number, type: string, payload: object): object {
  return { timestamp: new Date(BORN + second * 1000).toISOString(), type, payload };
}
function event(second: number, type: string, more: object = {}): object {
  return row(second, 'event_msg', { type, ...more });
}
function item(second: number, type: string, more: object = {}): object {
  return row(second, 'response_item', { type, ...more });
}
function usage(input: number, cached: number, output: number, more: object = {}): object {
  // Codex's own total is wrong on purpose, because it must never be read.
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    output_tokens: output,
    total_tokens: 999_999_999,
    ...more,
  };
}
function count(second: number, input: number, cached: number, output: number, more: object = {}): object {
  return event(second, 'token_count', { info: { total_token_usage: usage(input, cached, output), ...more } });
}
const META = row(0, 'session_meta', { id: 'thread-1', cwd: '/home/someone/x', originator: 'codex_exec' });
const MODEL = row(0, 'turn_context', { turn_id: 't1', model: 'model-a' });
const START = event(0, 'task_started', { turn_id: 't1' });
const END = event(60, 'task_complete', { turn_id: 't1', last_agent_message: 'done', duration_ms: 59_000 });

function read(text: string, price: PriceList = NO_PRICES): ReturnType<typeof readSessionFile> {
  return readSessionFile('f.jsonl', Buffer.from(text), price);
}
function only(text: string, price?: PriceList): SessionReading {
  const { sessions } = read(text, price);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}
function jsonl(rows: readonly object[]): string {
  return `${rows.map((one) => JSON.stringify(one)).join('\n')}\n`;
}
function lines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
function of(rows: readonly object[], price?: PriceList): SessionReading {
  return only(jsonl(rows), price);
}
/** A complete session with these rows in its only turn. */
function turn(rows: readonly object[], price?: PriceList): SessionReading {
  return of([META, START, MODEL, ...rows, END], price);
}
const perToken: PriceList = (_model, { input, output, cacheRead, cacheWrite5m }) =>
  (input + cacheRead / 10 + cacheWrite5m + 10 * output) / 1_000;

describe('the tokens of a Codex rollout', () => {
  test('are the last running total, cached input apart, reasoning within the output', () => {
    const more = { reasoning_output_tokens: 20 };
    const last = event(9, 'token_count', { info: { total_token_usage: usage(1_500, 900, 160, more) } });
    const reading = turn([count(5, 1_000, 400, 60), last]);
    expect(reading.tokens).toEqual({
      input: 600,
      output: 160,
      cacheRead: 900,
      cacheWrite5m: null,
      cacheWrite1h: null,
      total: 1_660,
    });
    expect(reading.state.tokens).toBe('exact');
  });

  test('do not grow when a total is repeated, or by a count without one', () => {
    const nothing = event(6, 'token_count', { info: null, rate_limits: {} });
    expect(turn([count(5, 1_000, 400, 60), nothing, count(7, 1_000, 400, 60)]).tokens.total).toBe(1_060);
  });

  test('go on after a reset: a total that fell is all new', () => {
    const reading = turn([count(5, 1_000, 400, 60), count(6, 0, 0, 0), count(7, 300, 100, 30), count(8, 500, 200, 50)]);
    expect(reading.tokens).toMatchObject({ input: 600 + 300, cacheRead: 400 + 200, output: 60 + 50 });
    expect(turn([count(5, 1_000, 400, 60), count(7, 300, 100, 30)]).tokens.total).toBe(1_060 + 330);
  });

  test('do not start over where a file holds its rows twice', () => {
    const rows = [count(5, 1_000, 400, 60), count(7, 1_500, 400, 90)];
    expect(turn([...rows, ...rows]).tokens.total).toBe(1_590);
    // The same total at another time is that of a thread that started over.
    expect(turn([...rows, count(8, 1_000, 400, 60)]).tokens.total).toBe(1_590 + 1_060);
  });

  test('that were written to the cache are not input', () => {
    const info = { total_token_usage: usage(1_000, 400, 60, { cache_write_input_tokens: 500 }) };
    expect(turn([event(5, 'token_count', { info })]).tokens).toMatchObject({
      input: 100,
      cacheRead: 400,
      cacheWrite5m: 500,
      cacheWrite1h: 0,
      total: 1_060,
    });
  });

  test('never become negative, whatever a record claims', () => {
    expect(turn([count(5, 100, 900, 5)]).tokens).toMatchObject({ input: 0, cacheRead: 100, total: 105 });
  });

  test.each([
    ['no count at all', []],
    ['counts of nothing', [event(5, 'token_count', { info: null })]],
    ['a total of zeros', [count(5, 0, 0, 0)]],
    ['a total without output', [event(5, 'token_count', { info: { total_token_usage: { input_tokens: 5 } } })]],
  ])('are unknown with %s', (_name, rows) => {
    const reading = turn(rows, perToken);
    expect(reading.tokens.total).toBeNull();
    expect(reading.cost).toEqual({ usd: null, basis: 'unknown' });
    expect(reading.state).toMatchObject({ tokens: 'unknown', cost: 'unknown' });
  });

  test.each([
    ['a turn that was not ended', [META, START, MODEL, count(5, 10, 0, 1)]],
    [
      'a turn that failed',
      [
        META,
        START,
        MODEL,
        count(5, 10, 0, 1),
        { ...END, payload: { type: 'task_complete', turn_id: 't1', error: { message: 'x' } } },
      ],
    ],
    [
      'a turn that was aborted',
      [META, START, MODEL, count(5, 10, 0, 1), event(9, 'turn_aborted', { turn_id: 't1', reason: 'interrupted' })],
    ],
    ['no turn to be seen', [META, MODEL, count(5, 10, 0, 1)]],
  ])('are a lower bound with %s', (_name, rows) => {
    expect(of(rows).state.tokens).toBe('lower_bound');
  });
});

describe('a Codex thread that was split off from another', () => {
  const forked = row(0, 'session_meta', { id: 'child', forked_from_id: 'parent', parent_thread_id: 'parent' });
  const replay = [
    row(0.1, 'session_meta', { id: 'parent' }),
    event(0.2, 'task_started', { turn_id: 'p1' }),
    row(0.2, 'turn_context', { model: 'model-p' }),
    item(0.3, 'function_call', { call_id: 'pc', name: 'shell' }),
    count(0.4, 800, 100, 40),
    count(1, 1_000, 400, 60),
    event(1, 'task_complete', { turn_id: 'p1' }),
  ];
  const own = [
    event(2, 'task_started', { turn_id: 'c1' }),
    count(5, 1_500, 600, 100),
    event(9, 'task_complete', { turn_id: 'c1' }),
  ];

  test('starts from the total that it took over, and counts none of the calls and turns of the other', () => {
    const reading = of([forked, ...replay, ...own]);
    expect(reading.engineSession).toBe('child');
    expect(reading.tokens).toMatchObject({ input: 300, cacheRead: 200, output: 40, total: 540 });
    expect(reading).toMatchObject({ turns: 1, tools: [], outcome: 'completed', models: ['model-p'] });
    expect(reading.state.tokens).toBe('exact');
  });

  test('that took over nothing but a turn which still goes on counts that turn', () => {
    const mine = [
      event(0.1, 'task_started', { turn_id: 'c1' }),
      count(5, 10, 0, 1),
      event(6, 'task_complete', { turn_id: 'c1' }),
    ];
    expect(of([forked, ...mine])).toMatchObject({ turns: 1, outcome: 'completed', tokens: { total: 11 } });
  });

  test('leaves the turn in which the other one spawned it to that one', () => {
    const open = replay.filter((replayed) => !JSON.stringify(replayed).includes('task_complete'));
    expect(of([forked, ...open, ...own])).toMatchObject({
      turns: 1,
      outcome: 'completed',
      tokens: { total: 540 },
      state: { tokens: 'exact' },
      detail: { cutOff: false },
    });
  });

  test('is unknown, and not its parent again, when nothing of its own is there', () => {
    const { sessions, complaints } = read(jsonl([forked, ...replay]));
    expect(sessions[0]?.tokens.total).toBeNull();
    expect(complaints[0]?.reason).toContain('took over from another one');
  });

  test('counts the same rows as its own when it was not split off', () => {
    expect(of([META, ...replay]).tokens.total).toBe(1_060);
  });
});

describe('rollouts of several threads in one file', () => {
  const thread = (id: string, second: number, input: number, more: object = {}): readonly object[] => [
    row(second, 'session_meta', { id, ...more }),
    event(second, 'task_started', { turn_id: id }),
    count(second + 5, input, 0, 1),
    event(second + 9, 'task_complete', { turn_id: id }),
  ];
  const [one, other] = [thread('one', 0, 1_000), thread('other', 20, 5_000)];
  const child = [
    row(4, 'session_meta', { id: 'child', parent_thread_id: 'one' }),
    row(4, 'session_meta', { id: 'one' }),
    count(4, 900, 0, 1),
    event(6, 'task_started', { turn_id: 'c' }),
    count(8, 1_200, 0, 3),
    event(9, 'task_complete', { turn_id: 'c' }),
  ];
  const told = (...threads: readonly (readonly object[])[]): readonly unknown[] =>
    read(jsonl(threads.flat())).sessions.map(({ engineSession, turns, tokens }) => [
      engineSession,
      turns,
      tokens.input,
    ]);

  test('are told apart, in any order', () => {
    const [a, b, c] = [
      ['one', 1, 1_000],
      ['other', 1, 5_000],
      ['child', 1, 300],
    ];
    expect(told(one, other)).toEqual([a, b]);
    expect(told(other, one)).toEqual([b, a]);
    expect(told(one, child, other)).toEqual([a, c, b]);
    expect(told(child, one, other)).toEqual([c, a, b]);
  });

  test('count once where the same file was put in twice', () => {
    expect(told(one, one)).toEqual([
      ['one', 1, 1_000],
      ['one', 1, 1_000],
    ]);
    const bytes = Buffer.from(jsonl([...one, ...one]));
    const found = identify('x', bytes, readSessionFile('x', bytes, NO_PRICES));
    expect(eachOnce(found)).toMatchObject([{ id: 'one', reading: { tokens: { input: 1_000 } } }]);
  });

  test('are one where a thread writes its first row anew', () => {
    const again = row(30, 'session_meta', { id: 'one', memory_mode: 'disabled' });
    expect(told([...one, again, count(31, 1_500, 0, 2)])).toEqual([['one', 1, 1_500]]);
  });

  test('are read up to a hundred, and more are complained of', () => {
    const many = Array.from({ length: 101 }, (_, n) => thread(`t${n}`, 10 * n, n));
    const { sessions, complaints } = read(jsonl(many.flat()));
    expect(sessions).toHaveLength(100);
    expect(complaints.map(({ reason }) => reason)).toContain('holds more than 100 threads: the rest was not read');
  });
});

describe('the cost of a Codex rollout', () => {
  test('is priced request by request, with the model and at the time of each', () => {
    const asked: [string, RequestUsage, string | null][] = [];
    const price: PriceList = (model, used, at) => {
      asked.push([model, used, at]);
      return 1;
    };
    const reading = turn(
      [
        count(5, 1_000, 400, 60),
        row(6, 'turn_context', { model: 'model-b' }),
        event(6, 'thread_settings_applied', { thread_settings: { service_tier: 'priority' } }),
        count(7, 1_500, 600, 100),
        count(8, 1_600, 600, 110, { model: 'model-c' }),
      ],
      price,
    );
    expect(asked).toMatchObject([
      ['model-a', { input: 600, cacheRead: 400, output: 60, fast: false }, '2026-01-01T00:00:05.000Z'],
      ['model-b', { input: 300, cacheRead: 200, output: 40, fast: true }, '2026-01-01T00:00:07.000Z'],
      ['model-c', { input: 100, cacheRead: 0, output: 10, fast: true }, '2026-01-01T00:00:08.000Z'],
    ]);
    expect(reading.models).toEqual(['model-a', 'model-b', 'model-c']);
    expect(reading.cost).toEqual({ usd: 3, basis: 'list' });
    expect(reading.state.cost).toBe('estimate');
    expect(reading.reportedCost).toEqual({ usd: null, basis: 'unknown' });
  });

  test('is a lower bound when a request has no price, and says how many', () => {
    const price: PriceList = (model) => (model === 'model-a' ? 1 : null);
    const rows = [META, START, MODEL, count(5, 10, 0, 1), count(6, 20, 0, 2, { model: 'model-x' }), END];
    const { sessions, complaints } = read(jsonl(rows), price);
    expect(sessions[0]?.cost).toEqual({ usd: 1, basis: 'estimated' });
    expect(sessions[0]?.state.cost).toBe('lower_bound');
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 2 requests have no known price: the cost leaves them out',
    ]);
  });

  test('is unknown without a model: none is assumed', () => {
    const reading = of([META, START, count(5, 10, 0, 1), END], () => 1);
    expect(reading).toMatchObject({ models: [], cost: { usd: null } });
    expect(reading.tokens.total).toBe(11);
  });

  test('is estimated where the session was cut off', () => {
    const reading = of([META, START, MODEL, count(5, 1_000, 0, 0)], perToken);
    expect(reading.cost).toEqual({ usd: 1, basis: 'estimated' });
    expect(reading.state.cost).toBe('lower_bound');
  });
});

describe('the outcome of a Codex rollout', () => {
  const aborted = (reason: string): object => event(60, 'turn_aborted', { turn_id: 't1', reason, duration_ms: 5 });
  test.each([
    ['completed', [END]],
    ['failed', [event(60, 'task_complete', { turn_id: 't1', error: { message: 'secret' } })]],
    ['failed', [event(60, 'task_complete', { turn_id: 't1', error: 'secret' })]],
    ['completed', [event(60, 'task_complete', { turn_id: 't1', error: null })]],
    [
      'failed',
      [event(50, 'error', { message: 'x' }), event(60, 'task_complete', { turn_id: 't1', last_agent_message: null })],
    ],
    ['completed', [event(50, 'error', { message: 'x' }), END]],
    ['cancelled', [aborted('interrupted')]],
    ['stopped_by_limit', [aborted('budget_limited')]],
    ['completed', [aborted('review_ended')]],
    ['unknown', []],
    [
      'completed',
      [
        aborted('replaced'),
        event(61, 'task_started', { turn_id: 't2' }),
        event(70, 'task_complete', { turn_id: 't2' }),
      ],
    ],
    ['unknown', [END, event(61, 'task_started', { turn_id: 't2' })]],
    ['completed', [event(60, 'turn_complete', {})]],
  ])('is %s after %j', (outcome, rows) => {
    expect(of([META, START, MODEL, ...rows]).outcome).toBe(outcome);
  });

  test('comes with the turns and with how long they took', () => {
    const rest = [
      event(100, 'task_started', { turn_id: 't2' }),
      event(130, 'task_complete', { turn_id: 't2', duration_ms: 30_000 }),
    ];
    expect(of([META, START, END, ...rest])).toMatchObject({
      turns: 2,
      duration: 59_000 + 30_000,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:02:10.000Z',
      state: { turns: 'exact' },
    });
    expect(of([META, START, event(60, 'task_complete', {})]).duration).toBe(60_000);
  });
});

describe('the tools of a Codex rollout', () => {
  test('are told once each, from the call, its end and its result', () => {
    const reading = turn([
      item(1, 'function_call', { call_id: 'c1', name: 'shell', arguments: '{"command":"secret"}' }),
      event(4, 'exec_command_end', { call_id: 'c1', exit_code: 0, duration: { secs: 2, nanos: 500_000_000 } }),
      item(9, 'function_call_output', { call_id: 'c1', output: 'secret' }),
      item(10, 'function_call', { call_id: 'c1', name: 'other', arguments: '' }),
      item(11, 'custom_tool_call', { call_id: 'c2', name: 'apply_patch', input: 'secret' }),
      event(12, 'patch_apply_end', { call_id: 'c2', success: false }),
      item(13, 'custom_tool_call_output', { call_id: 'c2', output: 'x' }),
    ]);
    expect(reading.tools).toMatchObject([
      { server: null, tool: 'shell', calls: 1, errors: 0, latency: { count: 1, sum: 2_500 } },
      { server: null, tool: 'apply_patch', calls: 1, errors: 1, latency: { count: 1, sum: 1_000 } },
    ]);
    expect(reading.state).toMatchObject({ tools: 'exact', latency: 'exact' });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('of MCP servers bear the server that the end names', () => {
    const end = (id: string, result: object): object =>
      event(5, 'mcp_tool_call_end', {
        call_id: id,
        duration: { secs: 0, nanos: 4_000_000 },
        invocation: { server: 'git_hub', tool: 'get_issue', arguments: { x: 'secret' } },
        result,
      });
    const reading = turn([
      item(1, 'function_call', { call_id: 'm1', name: 'get_issue', namespace: 'apps' }),
      end('m1', { Ok: { content: [], isError: false } }),
      end('m2', { Ok: { content: [], isError: true } }),
      item(2, 'function_call', { call_id: 'm3', name: 'mcp__git_hub__get_issue' }),
      end('m3', { Err: 'secret' }),
      item(3, 'function_call', { call_id: 'm4', name: 'get_issue', namespace: 'mcp__git_hub__' }),
    ]);
    expect(reading.tools).toMatchObject([
      { server: 'git_hub', tool: 'get_issue', calls: 4, errors: 2, latency: { count: 3, sum: 12 } },
    ]);
    // The result of the last call is unknown.
    expect(reading.state).toMatchObject({ tools: 'lower_bound', latency: 'partial' });
  });

  test.each([
    ['Exit code: 2\nWall time: 0.1 seconds\nOutput:\nx', 1],
    ['Exit code: 0\nWall time: 0.1 seconds\nOutput:\nExit code: 2\n', 0],
    ['Chunk ID: ab12\nWall time: 1.2 seconds\nProcess exited with code 127\nOutput:\n', 1],
    ['{"output":"x","metadata":{"exit_code":1,"duration_seconds":0.1}}', 1],
    ['{"output":"x","metadata":{"exit_code":0}}', 0],
    ['nothing that Codex writes: Exit code: 2\n', 0],
  ])('take the exit code from the head of an output: %j', (output, errors) => {
    const call = item(1, 'function_call', { call_id: 'c1', name: 'shell' });
    expect(turn([call, item(3, 'function_call_output', { call_id: 'c1', output })]).tools).toMatchObject([
      { tool: 'shell', calls: 1, errors, latency: { sum: 2_000 } },
    ]);
  });

  test('are read from the items of newer versions too', () => {
    const done = (type: string, more: object): object =>
      event(5, 'item_completed', { item: { type, ...more }, started_at_ms: 1_000, completed_at_ms: 1_700 });
    const reading = turn([
      done('CommandExecution', { id: 'a', exit_code: 1, status: 'failed', duration: { secs: 1, nanos: 0 } }),
      done('McpToolCall', { id: 'b', server: 's', tool: 't', status: 'completed', result: { isError: false } }),
      done('FileChange', { id: 'c', status: 'declined' }),
      done('AgentMessage', { id: 'd', content: [] }),
      done('Extension', { id: 'e', kind: 'web_search' }),
    ]);
    expect(reading.tools).toMatchObject([
      { server: null, tool: 'exec_command', calls: 1, errors: 1, latency: { sum: 1_000 } },
      { server: 's', tool: 't', calls: 1, errors: 0, latency: { sum: 700 } },
      { server: null, tool: 'apply_patch', calls: 1, errors: 1 },
      { server: null, tool: 'web_search', calls: 1, errors: 0 },
    ]);
    expect(reading.denials).toBe(1);
  });

  test('a web search whose call bears no id is one with its end', () => {
    const call = item(1, 'web_search_call', { status: 'completed', action: {} });
    const end = (id: string): object => event(2, 'web_search_end', { call_id: id });
    expect(turn([end('w1'), call, call]).tools).toMatchObject([{ tool: 'web_search', calls: 2 }]);
    expect(turn([call, end('w1'), call, end('w2')]).tools).toMatchObject([{ tool: 'web_search', calls: 2 }]);
    expect(turn([call, call]).tools).toMatchObject([{ tool: 'web_search', calls: 2 }]);
  });

  test('a result without its call is no call, a call without its result is one', () => {
    const reading = turn([
      item(1, 'function_call_output', { call_id: 'x', output: 'y' }),
      item(2, 'function_call', { call_id: 'z', name: 'shell' }),
    ]);
    expect(reading.tools).toMatchObject([{ tool: 'shell', calls: 1, errors: 0, latency: null }]);
    expect(reading.state.latency).toBe('unknown');
  });

  test('none are proven only by a whole conversation', () => {
    const message = item(1, 'message', { role: 'assistant', content: [] });
    expect(turn([message])).toMatchObject({ tools: [], state: { tools: 'exact' } });
    expect(of([META, START, MODEL, message])).toMatchObject({ tools: [], state: { tools: 'partial' } });
    expect(turn([count(5, 10, 0, 1)])).toMatchObject({ tools: [], state: { tools: 'unknown' } });
  });

  test('what the guardian denied counts once with the call that it is about', () => {
    const assess = (id: string, status: string, target?: string): object =>
      event(3, 'guardian_assessment', { id, status, target_item_id: target });
    const rows = [
      assess('g1', 'in_progress', 'c1'),
      assess('g1', 'denied', 'c1'),
      event(4, 'exec_command_end', { call_id: 'c1', status: 'declined' }),
      assess('g2', 'approved'),
      assess('g3', 'denied'),
    ];
    expect(turn(rows).denials).toBe(2);
    expect(turn([assess('g2', 'approved')]).denials).toBeNull();
  });

  test('what the guardian denied was not made, unless another row tells how it ended', () => {
    const call = item(1, 'function_call', { call_id: 'c1', name: 'exec_command' });
    const denied = event(3, 'guardian_assessment', { id: 'g1', status: 'denied', target_item_id: 'c1' });
    const refused = item(4, 'function_call_output', { call_id: 'c1', output: 'rejected' });
    const ended = (exit: number): object => event(4, 'exec_command_end', { call_id: 'c1', exit_code: exit });
    expect(turn([call, denied, refused])).toMatchObject({
      tools: [{ tool: 'exec_command', calls: 1, errors: 1, errorsByClass: { denied: 1 } }],
      state: { tools: 'exact' },
    });
    expect(turn([call, denied, ended(0)]).tools).toMatchObject([{ calls: 1, errors: 0 }]);
    expect(turn([call, denied, ended(2)]).tools).toMatchObject([{ calls: 1, errorsByClass: { exit: 1 } }]);
  });

  test('have numbers that may be written as text', () => {
    const end = (exit: string): object =>
      event(4, 'exec_command_end', { call_id: 'c1', exit_code: exit, duration: { secs: '2', nanos: '500000000' } });
    expect(turn([end('3')]).tools).toMatchObject([{ errorsByClass: { exit: 1 }, latency: { sum: 2_500 } }]);
    expect(turn([end('-1')]).tools).toMatchObject([{ errorsByClass: { exit: 1 } }]);
    expect(turn([end('0')])).toMatchObject({ tools: [{ errors: 0 }], state: { tools: 'exact' } });
    expect(turn([end('?')])).toMatchObject({ tools: [{ errors: 0 }], state: { tools: 'lower_bound' } });
  });
});

describe('a damaged Codex rollout', () => {
  const rows = [
    META,
    START,
    MODEL,
    ...Array.from({ length: 20 }, (_, n) => count(n + 1, 100 * (n + 1), 10 * (n + 1), n + 1)),
    END,
  ];

  test('cut anywhere keeps the total before the cut, and never claims to be exact', () => {
    const text = jsonl(rows);
    fc.assert(
      fc.property(fc.integer({ min: JSON.stringify(META).length + 1, max: text.length - 2 }), (at) => {
        const cut = text.slice(0, at);
        const whole = cut.split('\n').filter((line) => isJson(line)).length;
        const counted = Math.min(20, Math.max(0, whole - 3));
        const { sessions } = read(cut);
        expect(sessions[0]?.tokens.total ?? 0).toBe(counted === 0 ? 0 : 101 * counted);
        if (whole < rows.length) expect(sessions[0]?.state.tokens).not.toBe('exact');
      }),
    );
  });

  test('a lost line in the middle costs nothing of a running total, but the certainty', () => {
    const text = jsonl(rows).replace(JSON.stringify(rows[7]), '{"timestamp":"2026');
    const { sessions, complaints } = read(text, perToken);
    expect(sessions[0]?.tokens.total).toBe(2_020);
    expect(sessions[0]?.state).toMatchObject({
      tokens: 'partial',
      cost: 'partial',
      turns: 'partial',
      tools: 'unknown',
    });
    expect(complaints).toMatchObject([{ path: 'f.jsonl', line: 8 }]);
  });

  test('glued lines are all read', () => {
    const text = jsonl(rows);
    expect(read(text.replaceAll('\n', '')).sessions).toEqual(read(text).sessions);
  });

  test('rows of the wrong shape are passed over', () => {
    const odd = [null, 5, 'x', [], { type: 'event_msg' }, { type: 'event_msg', payload: 'x' }, { payload: {} }];
    const text = [JSON.stringify(META), ...odd.map((one) => JSON.stringify(one)), JSON.stringify(count(5, 10, 0, 1))];
    expect(only(text.join('\n')).tokens.total).toBe(11);
  });

  test('any values in any field never make the reader throw', () => {
    const junk = fc.jsonValue({ maxDepth: 2 });
    const payload = fc.dictionary(
      fc.constantFrom(
        'type',
        'info',
        'call_id',
        'id',
        'name',
        'output',
        'duration',
        'item',
        'result',
        'status',
        'turn_id',
        'model',
        'invocation',
      ),
      fc.oneof(
        junk,
        fc.constantFrom(
          'token_count',
          'function_call',
          'item_completed',
          'task_started',
          'task_complete',
          'exec_command_end',
        ),
      ),
    );
    const one = fc.record({
      type: fc.constantFrom('event_msg', 'response_item', 'turn_context', 'session_meta'),
      payload,
      timestamp: junk,
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (rows) => {
        const { sessions } = read(jsonl(rows));
        expect(sessions).not.toEqual([]);
      }),
    );
  });

  test('no secret of any free-text position reaches the reading or the complaints', () => {
    const secret = `ghp_${'aB3dE5gH7jK9'.repeat(3)}`;
    const planted = [
      row(0, 'session_meta', { id: secret, cwd: secret, git: { branch: secret } }),
      row(0, 'turn_context', { model: `m ${secret}` }),
      item(1, 'function_call', { call_id: secret, name: `n ${secret}`, arguments: secret }),
      item(1, 'message', { content: [{ text: secret }] }),
      event(2, 'mcp_tool_call_end', {
        call_id: 'x',
        invocation: { server: secret, tool: secret },
        result: { Err: secret },
      }),
      event(3, 'task_complete', { turn_id: secret, error: { message: secret }, last_agent_message: secret }),
      count(5, 10, 0, 1),
    ];
    for (const text of [jsonl(planted), jsonl(planted).slice(0, -30), `${jsonl(planted)}{"${secret}`]) {
      const found = read(text);
      expect(found.sessions).toHaveLength(1);
      expect(JSON.stringify(found)).not.toContain(secret);
    }
  });
});

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
