import { expect, test } from 'vitest';
import { NO_PRICES } from '../prices/price-list.ts';
import type { SessionFileReading } from './file-reading.ts';
import { readSessionFile } from './recognise.ts';

const CODEX = [
  { type: 'thread.started', thread_id: 'thread-1' },
  { type: 'turn.started' },
  { type: 'error', message: 'x' },
  { type: 'turn.completed', usage: { input_tokens: 10, cached_input_tokens: 4, output_tokens: 3 } },
];
const CLAUDE = [
  { type: 'system', subtype: 'init', session_id: 'claude-1', model: 'm' },
  {
    type: 'assistant',
    session_id: 'claude-1',
    message: { id: 'a', model: 'm', content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }] },
  },
  {
    type: 'user',
    session_id: 'claude-1',
    message: { content: [{ type: 'tool_result', tool_use_id: 't', is_error: true }] },
  },
  {
    type: 'result',
    subtype: 'success',
    session_id: 'claude-1',
    total_cost_usd: 0.5,
    modelUsage: { m: { inputTokens: 7, outputTokens: 8, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 } },
  },
];
const GEMINI = [
  { type: 'init', session_id: 'gemini-1', model: 'g' },
  { type: 'message', role: 'assistant', content: 'x' },
  { type: 'result', status: 'success', stats: { total_tokens: 30, input_tokens: 20, output_tokens: 10, cached: 0 } },
];
const COPILOT = [
  { type: 'session.start', data: { sessionId: 'copilot-1' } },
  { type: 'assistant.message', data: { messageId: 'm', outputTokens: 5, toolRequests: [] } },
];

function read(...streams: readonly (readonly object[])[]): SessionFileReading {
  const lines = streams.flat().map((record) => `2026-01-01T00:00:00.0000000Z ${JSON.stringify(record)}`);
  return readSessionFile('job.log', Buffer.from(['Run agents', ...lines, 'Done'].join('\n')), NO_PRICES);
}

const told = ({ sessions }: SessionFileReading): readonly unknown[] =>
  sessions.map(({ engine, engineSession, tokens, tools }) => [engine, engineSession, tokens.output, tools.length]);

test('a log in which several engines wrote gives the sessions of all of them', () => {
  const [codex, claude, gemini, copilot] = [
    ['codex', 'thread-1', 3, 0],
    ['claude', 'claude-1', 8, 1],
    ['gemini', 'gemini-1', 10, 0],
    ['copilot', 'copilot-1', 5, 0],
  ];
  expect(told(read(CODEX, CLAUDE, GEMINI, COPILOT))).toEqual([codex, claude, gemini, copilot]);
  expect(told(read(GEMINI, CODEX))).toEqual([gemini, codex]);
  expect(told(read(CLAUDE, CODEX, CLAUDE))).toEqual([claude, codex]);
});

test('each keeps what is known of it when it is read alone', () => {
  const alone = [CODEX, CLAUDE, GEMINI].map((stream) => read(stream));
  const together = read(CODEX, CLAUDE, GEMINI);
  expect(together.sessions).toEqual(alone.flatMap(({ sessions }) => sessions));
  expect(together.running).toEqual([undefined, ...(alone[1]?.running ?? []), undefined]);
});
