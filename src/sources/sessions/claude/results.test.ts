import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { readSessionFile } from '../recognise.ts';

// Fields and words of results as named in the vendor's types of the Agent SDK 0.3.330. All values are made up.

function read(messages: readonly unknown[]): ReturnType<typeof readSessionFile> {
  return readSessionFile('out.jsonl', Buffer.from(messages.map((each) => JSON.stringify(each)).join('\n')), NO_PRICES);
}

function only(messages: readonly unknown[]): SessionReading {
  const { sessions } = read(messages);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

function model(input: number, output: number, written = 0, more: object = {}): object {
  const cached = { cacheReadInputTokens: 0, cacheCreationInputTokens: written };
  return { inputTokens: input, outputTokens: output, ...cached, webSearchRequests: 0, costUSD: 0.1, ...more };
}

function result(more: object): object {
  return { type: 'result', subtype: 'success', is_error: false, session_id: 's-1', num_turns: 1, ...more };
}

describe('the lifetimes of cache writes in a result', () => {
  const told = { cacheCreationEphemeral5mInputTokens: 200, cacheCreationEphemeral1hInputTokens: 800 };
  const loop = (long: number): object => ({
    input_tokens: 1,
    output_tokens: 1,
    cache_creation_input_tokens: long,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: long },
  });

  test('are taken as told by model, whatever the main loop wrote', () => {
    const { tokens } = only([result({ usage: loop(300), modelUsage: { a: model(1, 1, 1_000, told) } })]);
    expect(tokens).toMatchObject({ cacheWrite5m: 200, cacheWrite1h: 800 });
  });

  test('are of 5 minutes where a response told none', () => {
    const { tokens } = only([result({ usage: loop(0), modelUsage: { a: model(1, 1, 1_500, told) } })]);
    expect(tokens).toMatchObject({ cacheWrite5m: 700, cacheWrite1h: 800 });
  });

  test('that an older version left out are taken from the main loop, up to what is open', () => {
    const usages = { a: model(1, 1, 1_500, told), b: model(1, 1, 100) };
    const { tokens } = only([result({ usage: loop(1_250), modelUsage: usages })]);
    expect(tokens).toMatchObject({ cacheWrite5m: 350, cacheWrite1h: 1_250 });
  });

  test('are never more than what was written', () => {
    const usages = { a: model(1, 1, 100, { cacheCreationEphemeral1hInputTokens: 5_000 }) };
    expect(only([result({ modelUsage: usages })]).tokens).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 100 });
  });
});

describe('why a session ended', () => {
  test.each([
    ['budget_exhausted', 'error_max_budget_usd', 'stopped_by_limit', ['usd']],
    ['prompt_too_long', 'error_during_execution', 'stopped_by_limit', ['context']],
    ['structured_output_retry_exhausted', 'error_max_structured_output_retries', 'failed', ['attempts']],
    ['aborted_streaming', 'error_during_execution', 'cancelled', []],
    ['aborted_tools', 'error_during_execution', 'cancelled', []],
    ['api_error', 'success', 'failed', []],
    ['something_new', 'error_during_execution', 'failed', []],
  ])('%s: %s is %s', (terminal_reason, subtype, outcome, limits) => {
    const reading = only([result({ subtype, terminal_reason, is_error: true })]);
    expect(reading.outcome).toBe(outcome);
    expect(reading.detail?.limitsHit).toEqual(limits);
  });
});

describe('several results of one session', () => {
  const numbered = (index: number, usd: number, more: object = {}): object =>
    result({ result_index: index, total_cost_usd: usd, modelUsage: { a: model(usd * 1_000, usd * 100) }, ...more });

  test('of one run: the last one holds the totals so far, and turns add up', () => {
    const reading = only([numbered(0, 1, { num_turns: 3 }), numbered(1, 4, { num_turns: 2 })]);
    expect(reading.reportedCost.usd).toBe(4);
    expect(reading.tokens).toMatchObject({ input: 4_000, output: 400 });
    expect(reading.turns).toBe(5);
    expect(read([numbered(0, 1), numbered(1, 4)]).complaints).toEqual([]);
  });

  test('whose totals fell had begun anew: both count', () => {
    const reading = only([numbered(0, 1), numbered(1, 4), numbered(0, 2)]);
    expect(reading.reportedCost.usd).toBe(6);
    expect(reading.tokens).toMatchObject({ input: 6_000, output: 600 });
    expect(reading.state).toMatchObject({ tokens: 'exact', cost: 'exact' });
  });

  test('without numbers are told, since nothing says whether the last holds the others', () => {
    const results = [result({ total_cost_usd: 1, num_turns: 3 }), result({ total_cost_usd: 4, num_turns: 2 })];
    expect(only(results).turns).toBe(2);
    expect(read(results).complaints.map(({ reason }) => reason)).toEqual([
      'holds 2 results of one session: the last one counts',
    ]);
  });

  test('deny a call once, also where each repeats those before', () => {
    const denial = (id: string): object => ({ tool_name: 'mcp__git__push', tool_use_id: id, tool_input: {} });
    const reading = only([
      numbered(0, 1, { permission_denials: [denial('a')] }),
      numbered(1, 2, { permission_denials: [denial('a'), denial('b'), 'what'] }),
    ]);
    expect(reading.denials).toBe(3);
    expect(reading.detail?.deniedTools).toEqual([{ server: 'git', tool: 'push', calls: 2 }]);
  });

  test('last from the first message to the last, since one tells of its own turn only', () => {
    const said = (timestamp: string): object => ({
      type: 'user',
      session_id: 's-1',
      message: { content: [] },
      timestamp,
    });
    const times = [said('2026-10-01T10:00:00.000Z'), said('2026-10-01T10:05:00.000Z')];
    expect(only([...times, numbered(0, 1), numbered(1, 2, { duration_ms: 7_000 })]).duration).toBe(300_000);
    expect(only([numbered(0, 1), numbered(1, 2, { duration_ms: 7_000 })]).duration).toBe(7_000);
  });
});

describe('an execution that was killed, and the session executed again into the same file', () => {
  const INIT = { type: 'system', subtype: 'init', session_id: 's-1', model: 'a' };
  const used = (input: number): object => ({ input_tokens: input, output_tokens: 1 });
  const said = (id: string, input: number, parent: string | null = null): object => ({
    type: 'assistant',
    session_id: 's-1',
    parent_tool_use_id: parent,
    message: { id, model: 'a', content: [], usage: used(input) },
  });
  // The auxiliary model read more than the killed execution, whose messages therefore fit into the sum of all models.
  const end = (input: number): object =>
    result({ total_cost_usd: 0.2, usage: used(input), modelUsage: { a: model(input, 9), b: model(1_000, 9) } });
  const KILLED = 'an execution of this session broke off without a result';

  test('leaves a lower bound, and the complaint says why', () => {
    const messages = [INIT, said('m1', 20), INIT, said('m2', 30), end(30)];
    const { tokens, cost, state } = only(messages);
    expect([tokens.input, cost.usd]).toEqual([1_030, 0.2]);
    expect(state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound', turns: 'lower_bound' });
    expect(read(messages).complaints.filter(({ reason }) => reason.startsWith(KILLED))).toHaveLength(1);
  });

  test.each([
    ['a copy of its beginning', [INIT, said('m1', 20), INIT, said('m1', 20), said('m2', 30), end(50)]],
    ['a second init of the same execution', [INIT, said('m1', 20), INIT, said('m2', 30), end(50)]],
    ['messages of a subagent', [INIT, said('m1', 20, 't1'), INIT, said('m2', 30), end(30)]],
    ['an execution that ended', [INIT, said('m1', 20), end(20), INIT, said('m2', 30), end(30)]],
  ])('is not taken for %s', (_, messages) => {
    expect(only(messages).state).toMatchObject({ tokens: 'exact', cost: 'exact', turns: 'exact' });
    expect(read(messages).complaints.filter(({ reason }) => reason.startsWith(KILLED))).toEqual([]);
  });
});
