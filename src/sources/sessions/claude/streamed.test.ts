import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { readSessionFile } from '../recognise.ts';

// The events are those of the streaming Messages API, in `stream_event` rows as Claude Code 2.1.330 names them. All values are made
// up.

const INIT = { type: 'system', subtype: 'init', session_id: 's-1', model: 'claude-x', tools: [], mcp_servers: [] };

function row(event: object, agent: string | null = null): object {
  return { type: 'stream_event', event, parent_tool_use_id: agent, uuid: 'u', session_id: 's-1' };
}

function start(id: string, input: number, agent: string | null = null): object {
  const usage = { input_tokens: input, output_tokens: 1, cache_read_input_tokens: 900, cache_creation_input_tokens: 0 };
  return row({ type: 'message_start', message: { id, model: 'claude-x', content: [], usage } }, agent);
}

function delta(output: number, agent: string | null = null): object {
  const usage = { input_tokens: null, output_tokens: output };
  return row({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }, agent);
}

const STOP = row({ type: 'message_stop' });

function assistant(id: string, input: number, output: number, agent: string | null = null): object {
  const usage = { input_tokens: input, output_tokens: output, cache_read_input_tokens: 900 };
  const message = { id, model: 'claude-x', content: [{ type: 'text', text: 'x' }], usage };
  return { type: 'assistant', message, parent_tool_use_id: agent, session_id: 's-1' };
}

function read(rows: readonly object[]): ReturnType<typeof readSessionFile> {
  return readSessionFile('out.jsonl', Buffer.from(rows.map((each) => JSON.stringify(each)).join('\n')), () => 0.1);
}

function only(rows: readonly object[]): SessionReading {
  const { sessions, complaints } = read(rows);
  expect(complaints).toEqual([]);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('answers that were streamed with their parts', () => {
  test('count once, with the output that they had in the end', () => {
    const reading = only([INIT, start('m1', 10), assistant('m1', 10, 1), delta(70), STOP]);
    expect(reading).toMatchObject({
      tokens: { input: 10, output: 70, cacheRead: 900 },
      state: { tokens: 'lower_bound' },
      models: ['claude-x'],
    });
  });

  test('are told apart from those of subagents that come between', () => {
    const rows = [
      INIT,
      start('m1', 10),
      start('a1', 5, 'toolu_1'),
      delta(30, 'toolu_1'),
      assistant('a1', 5, 1, 'toolu_1'),
      delta(70),
    ];
    expect(only(rows).tokens).toMatchObject({ input: 15, output: 100, cacheRead: 1_800 });
  });

  test('that were cut off in the middle count with what was told of them', () => {
    expect(only([INIT, start('m1', 10), delta(70), STOP, start('m2', 12)]).tokens).toMatchObject({
      input: 22,
      output: 71,
      cacheRead: 1_800,
    });
  });

  test('are all in the result, where there is one', () => {
    const result = {
      type: 'result',
      subtype: 'success',
      is_error: false,
      session_id: 's-1',
      num_turns: 1,
      total_cost_usd: 0.5,
      modelUsage: {
        'claude-x': { inputTokens: 10, outputTokens: 71, cacheReadInputTokens: 900, cacheCreationInputTokens: 0 },
      },
    };
    expect(only([INIT, start('m1', 10), assistant('m1', 10, 1), delta(70), STOP, result])).toMatchObject({
      tokens: { output: 71 },
      cost: { usd: 0.5 },
      state: { tokens: 'exact', cost: 'exact' },
    });
  });

  test('a delta without a beginning, and events of any form, tell nothing and break nothing', () => {
    expect(only([INIT, delta(70), assistant('m1', 10, 3)]).tokens).toMatchObject({ input: 10, output: 3 });
    fc.assert(
      fc.property(fc.array(fc.object(), { maxLength: 5 }), (events) => {
        const { sessions } = read([INIT, start('m1', 10), ...events.map((event) => row(event)), delta(70)]);
        expect(sessions[0]?.tokens.output ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });

  test('beside the other rows of this year change nothing', () => {
    const others = ['status', 'hook_started', 'hook_response', 'compact_boundary', 'task_progress', 'thinking_tokens'];
    const noise = others.map((subtype) => ({
      type: 'system',
      subtype,
      session_id: 's-1',
      usage: { output_tokens: 9 },
    }));
    const progress = { type: 'tool_progress', tool_use_id: 't', session_id: 's-1', elapsed_time_seconds: 3 };
    const limit = { type: 'rate_limit_event', rate_limit_info: { status: 'allowed' }, session_id: 's-1' };
    expect(only([INIT, ...noise, progress, limit, start('m1', 10), delta(70)]).tokens).toMatchObject({ output: 70 });
  });
});
