import { describe, expect, test } from 'vitest';
import {
  answer,
  assistant,
  call,
  type Fields,
  lines,
  prompt,
  row,
  usage,
} from '../../../../../test/kit/transcript-rows.ts';
import type { SessionReading } from '../../../../core/session.ts';
import { openPriceList } from '../../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../../prices/price-list.ts';
import { readSessionFile } from '../../recognise.ts';

function read(rows: readonly object[], price: PriceList = NO_PRICES): ReturnType<typeof readSessionFile> {
  return readSessionFile('x', Buffer.from(lines(rows)), price);
}
function only(rows: readonly object[], price?: PriceList): SessionReading {
  const { sessions } = read(rows, price);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}
const perInputToken: PriceList = (_model, { input }) => input / 1_000;
const progress = (inner: Fields, more: Fields = {}): object =>
  row('progress', { data: { type: 'agent_progress', agentId: 'a1', message: inner }, ...more });

describe('the responses of a Claude transcript', () => {
  test('count once, with the largest output of their rows and the tools of all of them', () => {
    const reading = only([
      assistant('m1', { usage: usage(4, 3) }, [call('t1', 'Bash')]),
      assistant('m1', { usage: usage(4, 70) }, [call('t2', 'Read')]),
      assistant('m1', { usage: usage(4, 9) }, [call('t1', 'Bash')]),
    ]);
    expect(reading.tokens).toMatchObject({ input: 4, output: 70, cacheRead: 900 });
    expect(reading.tools.map(({ tool, calls }) => [tool, calls])).toEqual([
      ['Bash', 1],
      ['Read', 1],
    ]);
  });

  test('of equal outputs the last row counts', () => {
    const rows = ['first-model', 'last-model'].map((model) => assistant('m1', { model, usage: usage(4, 9) }));
    expect(only(rows).models).toEqual(['last-model']);
  });

  test.each([
    [['r1', 'r2'], 8],
    [['r1', 'r1'], 4],
    [['r1', undefined], 4],
    [[undefined, 'r1'], 4],
    [[undefined, undefined], 4],
    [['r1', 'r2', undefined], 8],
  ] as const)('with the requests %j of one message hold %i input tokens', (requests, input) => {
    const rows = requests.map((requestId) => assistant('m1', { usage: usage(4, 9) }, [], { requestId }));
    expect(only(rows).tokens.input).toBe(input);
  });

  test('without an id of the message count row by row', () => {
    const rows = [1, 2].map(() => assistant(undefined, { usage: usage(4, 9) }));
    expect(only(rows).tokens.input).toBe(8);
  });

  test('are a lower bound as long as one of them does not say why it stopped', () => {
    const [open, done] = [null, 'end_turn'].map((stop_reason, index) =>
      assistant(`m${index}`, { usage: usage(1_000, 9), stop_reason }),
    );
    const half = only([open ?? {}, done ?? {}], perInputToken);
    expect(half.state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound' });
    expect(half.cost).toEqual({ usd: 2, basis: 'estimated' });
    const whole = only([done ?? {}], perInputToken);
    expect(whole.state).toMatchObject({ tokens: 'estimate', cost: 'estimate' });
    expect(whole.cost).toEqual({ usd: 1, basis: 'list' });
    expect(whole.reportedCost).toEqual({ usd: null, basis: 'unknown' });
  });

  test.each([
    ['nested', { cache_creation_input_tokens: 50, cache_creation: split(20, 30) }, 20, 30],
    ['nested beside a flat zero', { cache_creation_input_tokens: 0, cache_creation: split(0, 30) }, 0, 30],
    ['flat alone', { cache_creation_input_tokens: 50 }, 50, 0],
    ['nowhere', { cache_creation_input_tokens: undefined }, null, null],
  ])('have their cache writes %s', (_where, more, short, long) => {
    const reading = only([assistant('m1', { usage: { ...usage(4, 9), ...more } })]);
    expect(reading.tokens).toMatchObject({ cacheWrite5m: short, cacheWrite1h: long });
  });

  test('are priced one by one, at the rates of both kinds of cache writes', async () => {
    // Opus 4.5 per million: input 5, output 25, cache read 0.5, writes 6.25 and 10 (the vendor's public list).
    const model = 'claude-opus-4-5-20251101';
    const written = { cache_creation: split(100_000, 100_000), cache_read_input_tokens: 100_000 };
    const rows = ['m1', 'm2'].map((id) => assistant(id, { model, usage: { ...usage(10_000, 1_000), ...written } }));
    const price = 0.05 + 0.025 + 0.05 + 0.625 + 1;
    expect(only(rows, await openPriceList('2026-11-01T00:00:00.000Z')).cost.usd).toBeCloseTo(2 * price, 9);
  });

  test('in fast mode cost a multiple, and nothing is guessed where none is known', async () => {
    const price = await openPriceList('2026-11-01T00:00:00.000Z');
    const fast = { ...usage(100_000, 0), cache_read_input_tokens: 0, speed: 'fast' };
    // 6 times 0.5 dollars: session-formats.md, section 9.
    expect(only([assistant('m1', { model: 'claude-opus-4-6', usage: fast })], price).cost.usd).toBeCloseTo(3, 9);
    const { sessions, complaints } = read([assistant('m1', { model: 'claude-sonnet-4-5', usage: fast })], price);
    expect(sessions[0]?.cost).toEqual({ usd: null, basis: 'unknown' });
    expect(complaints[0]?.reason).toContain('1 of 1 responses have no known price, 1 of them in fast mode');
  });

  test('without a price make the cost a lower bound, and are told', () => {
    const some: PriceList = (model) => (model === 'known' ? 0.5 : null);
    const rows = ['known', 'strange'].map((model) =>
      assistant(model, { model, usage: usage(4, 9), stop_reason: 'end_turn' }),
    );
    const { sessions, complaints } = read(rows, some);
    expect(sessions[0]).toMatchObject({ cost: { usd: 0.5 }, state: { tokens: 'estimate', cost: 'lower_bound' } });
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 2 responses have no known price: the cost leaves them out',
    ]);
  });

  test('that the engine wrote itself are none', () => {
    const synthetic = assistant('u1', { model: '<synthetic>', usage: usage(0, 0) });
    expect(only([synthetic])).toMatchObject({ models: [], tokens: { total: null }, state: { tokens: 'unknown' } });
  });

  test('of zeros say nothing: no answer is without input', () => {
    const nothing = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    const zeros = assistant('m1', { usage: nothing, stop_reason: 'end_turn' });
    expect(only([zeros], perInputToken)).toMatchObject({ tokens: { total: null }, cost: { usd: null } });
    const some = only([zeros, assistant('m2', { usage: usage(4, 9), stop_reason: 'end_turn' })], perInputToken);
    expect(some).toMatchObject({ tokens: { input: 4 }, state: { tokens: 'lower_bound', cost: 'lower_bound' } });
  });
});

describe('the subagents of a Claude transcript', () => {
  const inner = { type: 'assistant', uuid: 'i1', requestId: 'r9', message: message('s1', 3, [call('t9', 'Grep')]) };

  test('count from progress rows, from inline rows, and once where both hold them', () => {
    const main = assistant('m1', { usage: usage(4, 9) });
    const inline = assistant('s1', { usage: usage(3, 9) }, [call('t9', 'Grep')], {
      isSidechain: true,
      requestId: 'r9',
    });
    for (const rows of [
      [main, progress(inner)],
      [main, inline],
      [main, progress(inner), inline],
    ]) {
      expect(only(rows).tokens.input).toBe(7);
      expect(only(rows).tools).toMatchObject([{ tool: 'Grep', calls: 1 }]);
    }
  });

  test('have the times of their own rows, else of the row that wraps them', () => {
    const result = { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't9' }] } };
    const reading = only([
      assistant('m1', {}),
      progress({ ...inner, timestamp: '2026-01-01T00:01:00.000Z' }, { timestamp: '2026-01-01T00:09:00.000Z' }),
      progress(result, { timestamp: '2026-01-01T00:01:07.000Z' }),
    ]);
    expect(reading.tools[0]?.latency).toMatchObject({ count: 1, sum: 7_000 });
  });

  test('that worked without leaving anything here make the sums lower bounds', () => {
    const rows = [
      assistant('m1', { usage: usage(4, 9), stop_reason: 'tool_use' }, [call('t1', 'Task')]),
      answer('t1'),
      assistant('m2', { usage: usage(4, 9), stop_reason: 'end_turn' }),
    ];
    expect(only(rows).state).toMatchObject({ tokens: 'lower_bound', tools: 'lower_bound' });
    expect(only([...rows, progress(inner)]).state).toMatchObject({ tools: 'lower_bound' });
    const stopped = { ...inner, message: { ...message('s1', 3, []), stop_reason: 'end_turn' } };
    expect(only([...rows, progress(stopped)]).state).toMatchObject({ tokens: 'estimate', tools: 'exact' });
  });

  test('ask nothing and end nothing in the name of the session', () => {
    const asked = { type: 'user', message: { content: 'do this' } };
    expect(only([assistant('m1', { stop_reason: 'end_turn' }), progress(asked)])).toMatchObject({
      turns: null,
      outcome: 'completed',
    });
  });
});

describe('the tools of a Claude transcript', () => {
  test('are counted with errors, times and servers', () => {
    const reading = only([
      assistant('m1', {}, [call('t1', 'mcp__my_server__do__it')], { timestamp: '2026-01-01T00:00:00.000Z' }),
      answer('t1', { is_error: true }, { timestamp: '2026-01-01T00:00:02.000Z' }),
    ]);
    expect(reading.tools).toMatchObject([
      { server: 'my_server', tool: 'do__it', calls: 1, errors: 1, latency: { count: 1, sum: 2_000 } },
    ]);
    expect(reading.state).toMatchObject({ tools: 'exact', latency: 'exact' });
  });

  test('whose blocks bear no ids count as calls, and are not paired', () => {
    const reading = only([assistant('m1', {}, [call(undefined, 'bash')]), answer(undefined, { is_error: true })]);
    expect(reading.tools).toMatchObject([{ tool: 'bash', calls: 1, errors: 0, latency: null }]);
    expect(reading.state).toMatchObject({ tools: 'lower_bound', latency: 'unknown' });
  });

  test('are unknown where the model never speaks in blocks', () => {
    const reading = only([prompt('hello'), row('assistant', { message: { role: 'assistant', content: 'a text' } })]);
    expect(reading).toMatchObject({ tools: [], state: { tools: 'unknown', tokens: 'unknown' } });
  });

  test('that were denied are counted; none is believed only where results are there', () => {
    const denied = answer('t1', { is_error: true, content: 'Permission to use Bash has been denied' });
    const asked = assistant('m1', {}, [call('t1', 'Bash')]);
    expect(only([asked, denied]).denials).toBe(1);
    expect(only([asked, answer('t1')]).denials).toBe(0);
    expect(only([asked]).denials).toBeNull();
  });
});

describe('the turns of a Claude transcript', () => {
  const ended = (durationMs: number, more: Fields = {}): object =>
    row('system', { subtype: 'turn_duration', durationMs, ...more });

  test('are those that the engine closed', () => {
    const reading = only([prompt('a'), assistant('m1', {}), ended(4_000), prompt('b'), assistant('m2', {}), ended(2)]);
    expect(reading).toMatchObject({ turns: 2, state: { turns: 'exact' }, outcome: 'completed' });
    const open = only([prompt('a'), assistant('m1', {}), ended(4), prompt('b'), assistant('m2', {})]);
    expect(open).toMatchObject({ turns: 1, state: { turns: 'lower_bound' }, outcome: 'unknown' });
  });

  test('are estimated from what was asked where the engine closes none', () => {
    const reading = only([
      prompt('a'),
      prompt([{ type: 'text', text: 'b' }]),
      prompt('a note', { isMeta: true }),
      prompt('the story so far', { isCompactSummary: true }),
      prompt('to an agent', { isSidechain: true }),
      assistant('m1', {}, [call('t1', 'Bash')]),
      answer('t1'),
    ]);
    expect(reading).toMatchObject({ turns: 2, state: { turns: 'estimate' } });
  });

  test('give the duration where each is noted, so that a night between two turns does not count', () => {
    const [day, next] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
    const rows = [
      prompt('a', { timestamp: day }),
      ended(4_000, { timestamp: day }),
      prompt('b', { timestamp: next }),
      ended(2_000, { timestamp: next }),
    ];
    expect(only(rows).duration).toBe(6_000);
    expect(only(rows.slice(0, 3)).duration).toBe(86_400_000);
    expect(only([...rows, ended(1e12, { timestamp: next })]).duration).toBe(86_400_000);
  });

  test.each([
    ['the last word of the model', [prompt('a'), assistant('m1', { stop_reason: 'end_turn' })], 'completed'],
    ['a call without an end', [assistant('m1', { stop_reason: 'tool_use' }, [call('t1', 'Bash')])], 'unknown'],
    ['a question behind the last word', [assistant('m1', { stop_reason: 'end_turn' }), prompt('b')], 'unknown'],
    ['a refusal of the API', [prompt('a'), refusal()], 'failed'],
    ['a refusal and the end of its turn', [prompt('a'), refusal(), ended(4)], 'failed'],
    ['an answer behind a refusal', [refusal(), assistant('m1', { stop_reason: 'end_turn' })], 'completed'],
    ['a note behind the last word', [assistant('m1', { stop_reason: 'end_turn' }), row('attachment', {})], 'completed'],
  ] as const)('end with %s: %s', (_what, rows, outcome) => {
    expect(only(rows).outcome).toBe(outcome);
  });
});

describe('a Claude transcript', () => {
  test('that was compacted lacks the request that summed it up', () => {
    const done = assistant('m1', { usage: usage(4, 9), stop_reason: 'end_turn' });
    expect(only([done, row('system', { subtype: 'compact_boundary' })]).state.tokens).toBe('lower_bound');
    expect(only([done, row('system', { subtype: 'microcompact_boundary' })]).state.tokens).toBe('estimate');
  });

  test('of several sessions gives each its rows; those without an id belong to the one before', () => {
    const { sessions } = read([
      { type: 'summary', summary: 'x' },
      assistant('m1', { usage: usage(1, 1) }, [], { sessionId: 's1' }),
      assistant('m2', { usage: usage(10, 1) }, [], { sessionId: 's2' }),
      assistant('m3', { usage: usage(100, 1) }, [], { sessionId: undefined, isSidechain: false }),
      row('mode', { sessionId: 's3' }),
    ]);
    expect(sessions.map(({ engineSession, tokens }) => [engineSession, tokens.input])).toEqual([
      ['s1', 1],
      ['s2', 110],
    ]);
  });

  test('reads the export of the web, whose tokens nobody knows', () => {
    const loglines = [
      { type: 'user', timestamp: '2026-01-01T00:00:00Z', message: { content: 'do' } },
      { type: 'assistant', timestamp: '2026-01-01T00:00:01Z', message: { content: [call('t1', 'Bash')] } },
      {
        type: 'user',
        timestamp: '2026-01-01T00:00:06Z',
        message: { content: [{ type: 'tool_result', tool_use_id: 't1' }] },
      },
    ];
    expect(only([{ loglines }])).toMatchObject({
      engineSession: null,
      turns: 1,
      duration: 6_000,
      tokens: { total: null },
      tools: [{ tool: 'Bash', calls: 1, latency: { sum: 5_000 } }],
      state: { tokens: 'unknown', cost: 'unknown', turns: 'estimate', tools: 'exact', latency: 'exact' },
    });
  });

  test('without a message says that nothing is known', () => {
    const { sessions, complaints } = read([{ loglines: [] }]);
    expect(sessions).toEqual([]);
    expect(complaints[0]?.reason).toBe('holds no messages: nothing is known of the session');
  });

  test('takes odd values for what they are worth', () => {
    const odd = { input_tokens: '12', output_tokens: -1, cache_read_input_tokens: null, cache_creation: 'x' };
    const rows = [
      assistant('m1', { usage: odd, model: 7 }, [], { timestamp: 'yesterday', requestId: 9 }),
      row('user', { message: 'error' }),
      row('user', { message: null }),
      row('assistant', { message: [] }),
      row('progress', { data: 'x' }),
      { type: 7, sessionId: { a: 1 } },
    ];
    expect(only(rows)).toMatchObject({
      models: [],
      tokens: { input: 12, output: null, cacheRead: null, total: null },
      state: { tokens: 'lower_bound', cost: 'unknown' },
      turns: null,
    });
  });

  test('bounds what a forged record can make it keep', () => {
    const calls = Array.from({ length: 1_000 }, (_, index) => call(`t${index}`, `Tool${index}`));
    const many = Array.from({ length: 300 }, (_, index) =>
      assistant(`m${index}`, { model: `model-${index}` }, calls, { sessionId: `s${index}` }),
    );
    const { sessions, complaints } = read(many);
    expect(sessions).toHaveLength(100);
    expect(complaints.at(-1)?.reason).toBe('holds more than 100 sessions: the rest was not read');
    expect(sessions[0]?.tools.length).toBeLessThanOrEqual(201);
    const one = only(many.map((entry) => ({ ...entry, sessionId: 's' })));
    expect(one.models).toHaveLength(20);
  });

  test('no content, folder or secret reaches the reading or the complaints', () => {
    const secret = `ghp_${'aB3dE5gH7jK9'.repeat(3)}`;
    const rows = [
      prompt(secret, { cwd: `/home/${secret}`, gitBranch: secret }),
      assistant(`m-${secret}`, { model: secret, usage: usage(4, 9) }, [
        { type: 'text', text: secret },
        { type: 'tool_use', id: secret, name: `mcp__${secret}__${secret}`, input: { command: secret } },
      ]),
      answer(secret, { is_error: true, content: `Exit code 1 ${secret}` }, { toolUseResult: { stdout: secret } }),
      row('system', { subtype: secret, sessionId: secret }),
      assistant('m2', { usage: usage(4, 9) }, [], { sessionId: secret }),
    ];
    const text = `${lines(rows)}\n{"type":"user","sessionId":"${secret}","mess`;
    const { sessions, complaints } = readSessionFile('x', Buffer.from(text), NO_PRICES);
    expect(sessions).toHaveLength(2);
    expect(JSON.stringify({ sessions, complaints })).not.toContain(secret);
  });
});

function split(short: number, long: number): Fields {
  return { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long };
}
function message(id: string, input: number, content: readonly unknown[]): Fields {
  return { id, model: 'claude-y', content, usage: usage(input, 2) };
}
function refusal(): object {
  return assistant('e1', { model: '<synthetic>', usage: usage(0, 0) }, [], { isApiErrorMessage: true });
}
