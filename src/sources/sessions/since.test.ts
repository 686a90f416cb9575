import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import { identify } from './identity.ts';
import { readSessionFile } from './recognise.ts';
import { withoutWholeThreads } from './since.ts';

// Shapes: session-formats.md, sections 5 to 7. All values are made up.

const SINCE = '2026-08-02T00:00:00.000Z';
const EARLIER = '2026-08-01T00:00:0';
const LATER = '2026-08-02T00:00:0';

function read(rows: readonly object[], since: Instant | null = SINCE): ReturnType<typeof readSessionFile> {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  return readSessionFile('x.jsonl', Buffer.from(text), () => 0.25, since);
}

function only(rows: readonly object[], since: Instant | null = SINCE): SessionReading {
  const { sessions } = read(rows, since);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('a thread of Codex that was resumed in a later run', () => {
  const row = (timestamp: string, type: string, payload: object): object => ({ timestamp, type, payload });
  const count = (timestamp: string, input: number, output: number): object =>
    row(timestamp, 'event_msg', {
      type: 'token_count',
      info: { total_token_usage: { input_tokens: input, cached_input_tokens: 0, output_tokens: output } },
    });
  const turn = (day: string, id: string, input: number, output: number): object[] => [
    row(`${day}1.000Z`, 'turn_context', { turn_id: id, model: 'gpt-5.3-codex' }),
    row(`${day}1.000Z`, 'event_msg', { type: 'task_started', turn_id: id }),
    row(`${day}2.000Z`, 'response_item', { type: 'function_call', call_id: id, name: 'shell', arguments: '{}' }),
    count(`${day}3.000Z`, input, output),
    row(`${day}4.000Z`, 'event_msg', { type: 'task_complete', turn_id: id, last_agent_message: 'done' }),
  ];
  const rollout = [
    row(`${EARLIER}0.000Z`, 'session_meta', { id: 't-1', cwd: '/w' }),
    ...turn(EARLIER, 'one', 1_000, 50),
    ...turn(LATER, 'two', 3_000, 70),
  ];

  test('counts for what it did since then', () => {
    expect(only(rollout)).toMatchObject({
      engineSession: 't-1',
      startedAt: `${LATER}1.000Z`,
      tokens: { input: 2_000, output: 20, total: 2_020 },
      turns: 1,
      tools: [{ tool: 'shell', calls: 1 }],
      outcome: 'completed',
      state: { tokens: 'exact' },
      models: ['gpt-5.3-codex'],
    });
    expect(only(rollout, null)).toMatchObject({ tokens: { input: 3_000, output: 70 }, turns: 2 });
  });

  test('that did nothing since then stays as it is', () => {
    expect(only(rollout.slice(0, 6))).toMatchObject({ tokens: { input: 1_000, output: 50 } });
  });

  test('is not counted by what `codex exec` printed of the whole thread', () => {
    const printed = [
      { type: 'thread.started', thread_id: 't-1' },
      { type: 'turn.started' },
      { type: 'turn.completed', usage: { input_tokens: 3_000, cached_input_tokens: 0, output_tokens: 70 } },
    ];
    const found = [printed, rollout].flatMap((rows, index) =>
      identify(`${index}`, Buffer.from(`${index}`), read(rows)),
    );
    expect(withoutWholeThreads(found).map(({ reading }) => [reading.format, reading.tokens.total])).toEqual([
      ['codex-rollout', 2_020],
    ]);
    expect(withoutWholeThreads(found.slice(0, 1))).toHaveLength(1);
  });
});

describe('a chat of the Gemini CLI that was resumed in a later run', () => {
  const message = (id: string, timestamp: string, input: number): object => ({
    id,
    timestamp,
    type: 'gemini',
    model: 'gemini-2.5-pro',
    tokens: { input, output: 7, cached: 0, thoughts: 0, tool: 0, total: input + 7 },
    toolCalls: [{ id: `call ${id}`, name: 'read_file', status: 'success', timestamp }],
  });
  const chat = [
    { sessionId: 'g-1', projectHash: 'h', startTime: `${EARLIER}0.000Z`, lastUpdated: `${LATER}9.000Z` },
    message('a', `${EARLIER}1.000Z`, 100),
    message('b', `${LATER}1.000Z`, 300),
  ];

  test('counts for what was said since then', () => {
    expect(only(chat)).toMatchObject({
      engineSession: 'g-1',
      startedAt: `${LATER}1.000Z`,
      tokens: { input: 300, output: 7 },
      tools: [{ tool: 'read_file', calls: 1 }],
    });
    expect(only(chat, null).tokens).toMatchObject({ input: 400, output: 14 });
    expect(only(chat.slice(0, 2)).tokens).toMatchObject({ input: 100 });
  });

  test('also in the telemetry of both runs', () => {
    const event = (timestamp: string, input: number): object => ({
      attributes: {
        'event.name': 'gemini_cli.api_response',
        'event.timestamp': timestamp,
        'session.id': 'g-1',
        model: 'gemini-2.5-pro',
        input_token_count: input,
        output_token_count: 7,
      },
    });
    const both = [event(`${EARLIER}1.000Z`, 100), event(`${LATER}1.000Z`, 300)];
    expect(only(both).tokens).toMatchObject({ input: 300 });
    expect(only(both, null).tokens).toMatchObject({ input: 400 });
  });
});

describe('a session of Copilot that was resumed in a later run', () => {
  const event = (timestamp: string, type: string, data: object): object => ({ type, data, id: timestamp, timestamp });
  const shutdown = (timestamp: string, input: number, output: number, requests: number): object =>
    event(timestamp, 'session.shutdown', {
      shutdownType: 'routine',
      totalPremiumRequests: requests,
      modelMetrics: {
        'gpt-x': {
          requests: { count: requests, cost: requests },
          usage: { inputTokens: input, outputTokens: output, cacheReadTokens: 0, cacheWriteTokens: 0 },
        },
      },
    });
  const said = (timestamp: string, output: number): object =>
    event(timestamp, 'assistant.message', { messageId: timestamp, outputTokens: output, toolRequests: [] });
  const start = event(`${EARLIER}0.000Z`, 'session.start', { sessionId: 'c-1', selectedModel: 'gpt-x' });
  const first = [start, said(`${EARLIER}1.000Z`, 50), shutdown(`${EARLIER}2.000Z`, 1_000, 50, 1)];
  const resumed = event(`${LATER}0.000Z`, 'session.resume', { resumeTime: 'x' });

  test.each([
    ['goes on counting', shutdown(`${LATER}2.000Z`, 3_000, 70, 3)],
    ['begins anew', shutdown(`${LATER}2.000Z`, 2_000, 20, 3)],
  ])('counts for what was new, where the engine %s', (_how, last) => {
    expect(only([...first, resumed, said(`${LATER}1.000Z`, 20), last])).toMatchObject({
      engineSession: 'c-1',
      startedAt: `${LATER}0.000Z`,
      outcome: 'completed',
      tokens: { input: 2_000, output: 20 },
      detail: { billedUnits: { premiumRequests: 2 } },
    });
  });

  test('without a shutdown since then has the output of its messages', () => {
    expect(only([...first, resumed, said(`${LATER}1.000Z`, 20)])).toMatchObject({
      tokens: { output: 20 },
      state: { tokens: 'lower_bound' },
      detail: { billedUnits: null, cutOff: true },
    });
  });
});
