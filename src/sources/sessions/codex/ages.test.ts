import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { readSessionFile } from '../recognise.ts';

// Shapes seen in rollouts of the first versions (until September 2025) and of those of 2026 up to 0.153. All values are made up.

function read(rows: readonly unknown[]): ReturnType<typeof readSessionFile> {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  return readSessionFile('rollout.jsonl', Buffer.from(text), NO_PRICES);
}

function only(rows: readonly unknown[]): SessionReading {
  const { sessions } = read(rows);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

function row(second: number, type: string, payload: object, more: object = {}): object {
  return { timestamp: `2026-09-15T12:00:${String(second).padStart(2, '0')}.000Z`, type, payload, ...more };
}

function usage(input: number, cached: number, output: number): object {
  return { input_tokens: input, cached_input_tokens: cached, output_tokens: output, total_tokens: input + output };
}

function count(second: number, total: object, more: object = {}): object {
  return row(second, 'event_msg', { type: 'token_count', info: { total_token_usage: total } }, more);
}

function record(second: number, response: string, used: object, more: object = {}): object {
  return row(second, 'token_usage_record', { thread_id: 'own', response_id: response, usage: used, ...more });
}

const META = row(0, 'session_meta', { id: 'own', cwd: '/w', cli_version: '0.153.4', source: 'exec' });
const ENDED = row(50, 'event_msg', { type: 'task_complete', turn_id: 't', last_agent_message: 'done' });

describe('records of responses', () => {
  test('count instead of the counts behind them, which tell the same', () => {
    const reading = only([
      META,
      row(1, 'turn_context', { model: 'gpt-5.6' }),
      record(2, 'r1', usage(1_000, 400, 50)),
      count(2, usage(1_000, 400, 50)),
      record(4, 'r2', usage(1_500, 1_000, 70)),
      count(4, usage(2_500, 1_400, 120)),
      ENDED,
    ]);
    expect(reading.tokens).toMatchObject({ input: 2_500 - 1_400, cacheRead: 1_400, output: 120 });
    expect(reading.models).toEqual(['gpt-5.6']);
  });

  test('tell of the response that summed up the conversation, which the counts leave out', () => {
    const summary = { thread_id: 'own', response_id: 'sum', usage: usage(32_000, 0, 248) };
    const reading = only([
      META,
      record(2, 'r1', usage(32_048, 0, 12)),
      count(2, usage(32_048, 0, 12)),
      row(3, 'token_usage_record', summary),
      row(3, 'compacted', { message: '', compaction_response_id: 'sum', latest_token_usage_record: summary }),
      count(4, usage(32_048, 0, 12)),
      ENDED,
    ]);
    expect(reading.tokens).toMatchObject({ input: 64_048, output: 260 });
  });

  test('count once where a response is told twice', () => {
    const reading = only([META, record(2, 'r1', usage(10, 0, 3)), record(3, 'r1', usage(10, 0, 3)), ENDED]);
    expect(reading.tokens).toMatchObject({ input: 10, output: 3 });
  });

  test('alone make a rollout, also with no more than the total of the thread', () => {
    const total = (second: number, tokens: object): object =>
      row(second, 'token_usage_record', { thread_token_usage: tokens });
    const reading = only([META, total(2, usage(1_000, 100, 200)), total(4, usage(1_600, 300, 260))]);
    expect(reading.tokens).toMatchObject({ input: 1_300, cacheRead: 300, output: 260 });
  });

  test('follow the counts of an older version that began the thread', () => {
    const reading = only([
      META,
      count(2, usage(500, 0, 10)),
      record(4, 'r1', usage(80, 0, 5)),
      count(4, usage(580, 0, 15)),
    ]);
    expect(reading.tokens).toMatchObject({ input: 580, output: 15 });
  });

  test('without numbers leave the tokens unknown', () => {
    const broken = [{ usage: null }, { usage: { input_tokens: 'many', output_tokens: 1 } }, { usage: [] }, {}];
    const reading = only([META, ...broken.map((payload) => row(2, 'token_usage_record', payload))]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.state.tokens).toBe('unknown');
  });
});

describe('a thread that another one spawned', () => {
  const parentIn = { subagent: { thread_spawn: { parent_thread_id: 'parent', depth: 1 } } };

  test('leaves out what it took over, also where only its source names the other one', () => {
    const reading = only([
      row(0, 'session_meta', { id: 'own', source: parentIn }),
      row(0, 'session_meta', { id: 'parent', source: 'exec' }),
      count(0, usage(9_000, 8_000, 300)),
      count(5, usage(10_500, 8_900, 420)),
    ]);
    expect(reading.engineSession).toBe('own');
    expect(reading.tokens).toMatchObject({ input: 600, cacheRead: 900, output: 120 });
  });

  test('begins where its first row says, however long the copy took to write', () => {
    const ordinal = (at: number): object => ({ ordinal: at });
    const rows = [
      row(0, 'session_meta', { id: 'own', parent_thread_id: 'parent', subagent_history_start_ordinal: 4 }, ordinal(0)),
      row(3, 'session_meta', { id: 'parent' }, ordinal(1)),
      count(8, usage(9_000, 0, 300), ordinal(2)),
      row(9, 'token_usage_record', { thread_id: 'parent', response_id: 'p', usage: usage(9_000, 0, 300) }, ordinal(3)),
      row(9, 'event_msg', { type: 'task_started', turn_id: 't' }, ordinal(4)),
      row(9, 'token_usage_record', { thread_id: 'own', response_id: 'o', usage: usage(70, 0, 7) }, ordinal(5)),
    ];
    const reading = only(rows);
    expect(reading.tokens).toMatchObject({ input: 70, output: 7 });
    expect(reading.turns).toBe(1);
    const cutOff = rows.slice(0, 4);
    const inputs = (more: readonly object[]): unknown => read(more).sessions.map(({ tokens }) => tokens.input);
    expect(inputs([...cutOff, ...rows])).toEqual([null, 70]);
    const other = row(20, 'session_meta', { id: 'other' }, ordinal(0));
    const late = row(20, 'session_meta', { id: 'other' }, ordinal(2));
    expect(inputs([...rows.slice(0, 1), other, count(21, usage(5, 0, 1), ordinal(1))])).toEqual([null, 5]);
    expect(inputs([...rows, late, count(21, usage(5, 0, 1), ordinal(3))])).toEqual([70, 5]);
    expect(inputs([...rows, other, count(21, usage(5, 0, 1), ordinal(1))])).toEqual([70, 5]);
  });

  test('leaves out records of the other one that stand among its own rows', () => {
    const reading = only([
      row(0, 'session_meta', { id: 'own', forked_from_id: 'parent' }),
      row(5, 'token_usage_record', { thread_id: 'parent', response_id: 'p', usage: usage(9_000, 0, 300) }),
      row(6, 'token_usage_record', { thread_id: 'own', response_id: 'o', usage: usage(70, 0, 7) }),
    ]);
    expect(reading.tokens).toMatchObject({ input: 70, output: 7 });
  });
});

describe('a rollout of the first versions, without anything around its items', () => {
  const HEADER = {
    id: 'c3c4b301-27c8',
    timestamp: '2025-08-18T01:16:13.522Z',
    instructions: null,
    git: { branch: 'main' },
  };
  const STATE = { record_type: 'state' };
  const call = (id: string, exit: number): readonly object[] => [
    { type: 'function_call', id: `fc_${id}`, name: 'shell', arguments: `{"command":["${id}"]}`, call_id: id },
    {
      type: 'function_call_output',
      call_id: id,
      output: JSON.stringify({ output: '', metadata: { exit_code: exit } }),
    },
  ];

  test('tells its tools, and of tokens, turns and its end that they are not known', () => {
    const said = { type: 'message', id: null, role: 'user', content: [{ type: 'input_text', text: 'hello' }] };
    const reading = only([HEADER, STATE, said, ...call('a', 0), STATE, ...call('b', 1)]);
    expect(reading.format).toBe('codex-rollout');
    expect(reading.engineSession).toBe('c3c4b301-27c8');
    expect(reading.startedAt).toBe('2025-08-18T01:16:13.522Z');
    expect(reading.tools).toMatchObject([{ server: null, tool: 'shell', calls: 2, errors: 1 }]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.state).toMatchObject({ tokens: 'unknown', turns: 'unknown', tools: 'partial' });
    expect(reading.outcome).toBe('unknown');
  });

  test('is not taken for one by its header alone, nor by its items alone', () => {
    expect(read([HEADER]).format).toBeNull();
    expect(read([STATE, ...call('a', 0)]).format).toBeNull();
    expect(read([{ id: 'x', timestamp: '2025-08-18T01:16:13Z', type: 'note', git: {} }, STATE]).format).toBeNull();
  });
});
