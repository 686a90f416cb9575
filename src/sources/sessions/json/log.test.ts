import { strToU8, zipSync } from 'fflate';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { COPILOT_STREAM } from '../../../../test/kit/newer-session-shapes.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { findSessions } from '../../zip/find-sessions.ts';
import { collectSessions } from '../collect.ts';
import { readSessionFile } from '../recognise.ts';
import { readDocumentOrLog } from './log.ts';

const INIT = { type: 'system', subtype: 'init', session_id: 's-1', model: 'claude-opus-5', tools: [], mcp_servers: [] };
const SAID = {
  type: 'assistant',
  session_id: 's-1',
  message: {
    id: 'm1',
    model: 'claude-opus-5',
    content: [{ type: 'tool_use', id: 't1', name: 'mcp__github__get_issue', input: {} }],
    usage: { input_tokens: 3, output_tokens: 5 },
  },
};
const RESULT = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  session_id: 's-1',
  num_turns: 2,
  total_cost_usd: 0.5,
  permission_denials: [],
  modelUsage: {
    'claude-opus-5': { inputTokens: 3, outputTokens: 70, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 },
  },
};
const MESSAGES = [INIT, SAID, RESULT].map((message) => JSON.stringify(message));

function logOf(lines: readonly string[]): string {
  return [
    '[INFO] Starting {containers}',
    ...lines,
    'Process exiting with code: 0',
    '{ not json',
    '[SUCCESS] done',
    '',
  ].join('\n');
}

describe('a log in which an engine writes among others', () => {
  test('tells what the engine printed, and nothing of it is damaged', () => {
    for (const first of ['', 'Pulling image\n', '[2026-08-01] up\n']) {
      const { format, sessions, complaints } = readSessionFile(
        'x',
        Buffer.from(`${first}${logOf(MESSAGES)}`),
        NO_PRICES,
      );
      expect(format).toBe('claude-execution');
      expect(complaints).toEqual([]);
      expect(sessions).toMatchObject([
        {
          engineSession: 's-1',
          outcome: 'completed',
          turns: 2,
          tokens: { input: 3, output: 70 },
          tools: [{ server: 'github', tool: 'get_issue', calls: 1 }],
          state: { tokens: 'exact', cost: 'exact' },
        },
      ]);
    }
  });

  test.each([
    ['over several lines', (printed: unknown) => JSON.stringify(printed, null, 2)],
    ['on one line', (printed: unknown) => JSON.stringify(printed)],
  ])('may hold the execution file as a step printed it %s', (_, print) => {
    const printed = print([INIT, SAID, RESULT]);
    const timed = printed.replaceAll(/^/gm, '2026-08-01T10:00:00.0000000Z ');
    // A log may hold the lines of the stream as well, which say the same.
    for (const text of [printed, timed, [...MESSAGES, printed].join('\n')]) {
      const { sessions, complaints } = readSessionFile('x', Buffer.from(`cat "$FILE"\n${text}\ndone\n`), NO_PRICES);
      expect(sessions).toMatchObject([
        {
          turns: 2,
          tokens: { input: 3, output: 70 },
          tools: [{ calls: 1 }],
          state: { tokens: 'exact', tools: 'exact' },
        },
      ]);
      expect(complaints.filter(({ line }) => line !== null)).toEqual([]);
    }
  });

  test('keeps the whole records of a printed array that breaks off', () => {
    const printed = JSON.stringify([INIT, SAID, RESULT], null, 2).split('\n').slice(0, -4).join('\n');
    const document = readDocumentOrLog(`cat\n${printed}\n{\n  "next": 1\n}\n[\n  1\n`);
    expect(document?.records).toEqual([INIT, SAID, { next: 1 }]);
    expect(document?.flaws).toEqual([{ offset: 4, reason: 'a record is cut off before its end' }]);
  });

  test('may have times in front of its lines', () => {
    const stamped = logOf(MESSAGES).replaceAll(/^/gm, '2026-08-01T00:00:01.1234567Z ');
    const { sessions, complaints } = readSessionFile('job.txt', Buffer.from(stamped), NO_PRICES);
    expect(sessions).toMatchObject([{ engineSession: 's-1', tokens: { output: 70 } }]);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['what `gh run view --log` writes', (line: string) => `build\tRun Claude\t2026-08-01T00:00:01.1234567Z ${line}`],
    ['the same with a byte order mark in its middle', (line: string) => `a b\tc d\t\uFEFF2026-08-01T00:00:01Z ${line}`],
    ['the service, as docker compose writes', (line: string) => `agent-1  | ${line}`],
    ['a label and colours', (line: string) => `[agent] \u001B[36;1m${line}\u001B[0m`],
    ['times of other programs', (line: string) => `2026-08-01 00:00:01,123 ${line}`],
    ['line ends of Windows', (line: string) => `2026-08-01T00:00:01.1234567Z ${line}\r`],
  ])('may have %s around its lines', (_what, wrap) => {
    const text = ['##[group]Run anthropics/claude-code-action@v1', ...MESSAGES, '##[endgroup]', 'Post job cleanup.'];
    const { format, sessions, complaints } = readSessionFile('x', Buffer.from(text.map(wrap).join('\n')), NO_PRICES);
    expect(format).toBe('claude-execution');
    expect(complaints).toEqual([]);
    expect(sessions).toMatchObject([{ engineSession: 's-1', tokens: { output: 70 }, state: { tokens: 'exact' } }]);
  });

  test('may hold messages over several lines, among the words of others', () => {
    const stamp = (text: string): string => text.replaceAll(/^/gm, '2026-08-01T00:00:01.1234567Z ');
    const printed = [INIT, SAID, RESULT].map((message) => JSON.stringify(message, null, 2)).join('\nsomething else\n');
    for (const text of [`Running\n${printed}\nfunction () {\n  done\n}\n`, stamp(`##[group]Run\n${printed}\n`)]) {
      const { sessions, complaints } = readSessionFile('x', Buffer.from(text), NO_PRICES);
      expect(complaints).toEqual([]);
      expect(sessions).toMatchObject([
        { engineSession: 's-1', tokens: { output: 70 }, tools: [{ tool: 'get_issue', calls: 1 }] },
      ]);
    }
  });

  test('that ends within a message tells where that begins, and keeps what stands before', () => {
    const printed = [INIT, SAID, RESULT].map((message) => JSON.stringify(message, null, 2)).join('\n');
    const text = `Running\n${printed.slice(0, -40)}\n`;
    const { sessions, complaints } = readSessionFile('x', Buffer.from(text), NO_PRICES);
    expect(sessions).toMatchObject([{ engineSession: 's-1', tokens: { output: 5 }, state: { tokens: 'partial' } }]);
    expect(complaints[0]).toMatchObject({
      reason: 'a record is cut off before its end',
      byte: text.lastIndexOf('\n{\n') + 1,
    });
  });

  test('in which claude-code-action shortens what Claude Code prints gives a session for each start', () => {
    // As its base-action prints them without `show_full_output`.
    const start = { type: 'system', subtype: 'init', message: 'Claude Code initialized', model: 'claude-opus-5' };
    const end = (usd: number): object => ({
      type: 'result',
      subtype: 'success',
      is_error: false,
      duration_ms: 9_000,
      num_turns: 3,
      total_cost_usd: usd,
      permission_denials_count: 2,
    });
    const printed = [start, end(0.25), start, end(0.5)].map((message) => JSON.stringify(message, null, 2));
    const text = ['Running Claude', ...printed].join('\n').replaceAll(/^/gm, '2026-08-01T00:00:01.1234567Z ');
    const { sessions, complaints } = readSessionFile('job.txt', Buffer.from(text), NO_PRICES);
    expect(complaints).toEqual([]);
    expect(sessions).toMatchObject(
      [0.25, 0.5].map((usd) => ({
        engineSession: null,
        models: ['claude-opus-5'],
        outcome: 'completed',
        turns: 3,
        duration: 9_000,
        denials: 2,
        tokens: { total: null },
        cost: { usd, basis: 'billed' },
        state: { tokens: 'unknown', cost: 'exact' },
      })),
    );
  });

  test('of which a line of the engine is cut off, tells where', () => {
    const cut = MESSAGES.map((line, index) => (index === 2 ? line.slice(0, 50) : line));
    const text = `Pulling\n${cut.join('\n')}\n`;
    const { sessions, complaints } = readSessionFile('x', Buffer.from(text), NO_PRICES);
    expect(sessions).toMatchObject([{ engineSession: 's-1', state: { tokens: 'partial' } }]);
    expect(complaints[0]).toMatchObject({ line: 4, byte: text.indexOf('{"type":"result"') });
  });

  test('without a line of an engine is not recognised', () => {
    const { format, complaints } = readSessionFile('x', Buffer.from('hello "result"\n{"a":1}\nworld'), NO_PRICES);
    expect(format).toBeNull();
    expect(complaints[0]?.reason).toContain('format not recognised');
    expect(readDocumentOrLog('hello\nworld {"a":1}')).toBeNull();
  });

  test('is no list of JSON, and a list of JSON is no log', () => {
    expect(readDocumentOrLog('[{"a":1}]')).toMatchObject({ shape: 'array', damaged: false });
    expect(readDocumentOrLog('[\n{"a":1},\n{"b"')).toMatchObject({ shape: 'array', damaged: true });
    expect(readDocumentOrLog('[entrypoint] up\n{"a":1}')).toMatchObject({ shape: 'lines', damaged: false });
  });

  test('is read from a folder and from an artifact under the name that gh-aw gives it, and under no other', async () => {
    const log = `warn: up\n${COPILOT_STREAM.map((event) => JSON.stringify(event)).join('\n')}\ndone\n`;
    await using folder = await createFixture({ 'agent/agent-stdio.log': log, 'agent/other.log': log });
    const { sessions } = await collectSessions([folder.path], NO_PRICES, () => undefined);
    expect(sessions).toMatchObject([{ id: 'd2c237e8-59b4', reading: { engine: 'copilot', outcome: 'completed' } }]);
    const zip = zipSync({ 'agent-stdio.log': strToU8(log), 'other.log': strToU8(log) });
    expect(findSessions('agent.zip', zip, NO_PRICES).sessions.map(({ id }) => id)).toEqual(['d2c237e8-59b4']);
  });

  test('beside the figures of gh-aw adds what only the engine tells', async () => {
    await using folder = await createFixture({
      'run/agent-stdio.log': logOf(MESSAGES),
      'run/agent_usage.json': JSON.stringify({
        input_tokens: 3,
        output_tokens: 70,
        ai_credits: 50,
        primary_model: 'claude-opus-5',
      }),
      'run/sandbox/agent/s-1.jsonl': JSON.stringify({
        type: 'assistant',
        sessionId: 's-1',
        uuid: 'u',
        timestamp: '2026-08-01T00:00:01.000Z',
        message: SAID.message,
      }),
    });
    const { sessions } = await collectSessions([folder.path], NO_PRICES, () => undefined);
    expect(sessions).toMatchObject([{ reading: { engine: 'gh-aw', turns: 2, tokens: { input: 3, output: 70 } } }]);
  });
});

test("the log of gh-aw's detection adds to the figures of the detection, and to no others", async () => {
  const usage = { input_tokens: 3, output_tokens: 70, cache_read_tokens: 0, cache_write_tokens: 0 };
  const request = { event: 'token_usage', provider: 'anthropic', model: 'claude-opus-5', ...usage };
  await using folder = await createFixture({
    'run/aw_info.json': JSON.stringify({ engine_id: 'claude', workflow_name: 'w', run_id: 5, run_attempt: 1 }),
    'run/agent/token_usage.jsonl': JSON.stringify({ ...request, request_id: '1' }),
    'run/detection/token_usage.jsonl': JSON.stringify({ ...request, request_id: '2' }),
    'run/threat-detection/detection.log': logOf(MESSAGES),
  });
  const { sessions } = await collectSessions([folder.path], NO_PRICES, () => undefined);
  expect(sessions).toMatchObject([
    { id: 'gh-aw:5-1', reading: { turns: null, tokens: { total: 73 } } },
    {
      id: 'gh-aw:5-1:detection',
      reading: { turns: 2, tokens: { total: 73 }, tools: [{ server: 'github', calls: 1 }] },
    },
  ]);
});

test('the logs of the Gemini CLI are read in folders and zips although other lines come first', async () => {
  const ID = '11111111-2222-4333-8444-555555555555';
  const sent = { 'session.id': ID, 'event.name': 'gemini_cli.api_response', model: 'gemini-x' };
  const used = { input_token_count: 1_000, output_token_count: 80 };
  const error = { type: 'FatalTurnLimitedError', message: 'x', code: 53 };
  const files = {
    'gemini-artifacts/telemetry.log': JSON.stringify({ attributes: { ...sent, ...used } }, null, 2),
    'gemini-artifacts/stderr.log': `YOLO mode is enabled.\n${JSON.stringify({ session_id: ID, error }, null, 2)}\n`,
  };
  const tokens = { prompt: 300, candidates: 20, total: 320, cached: 0, thoughts: 0, tool: 0 };
  const printed = { session_id: 'other', response: 'x', stats: { models: { 'gemini-x': { tokens } } } };
  const stdout = `Loaded cached credentials.\n${JSON.stringify(printed, null, 2)}\n`;
  const zip = zipSync({ 'stdout.log': strToU8(stdout), 'notes.log': strToU8(stdout.replace('other', 'third')) });
  await using folder = await createFixture({ ...files, 'output.zip': Buffer.from(zip) });
  const { sessions, complaints } = await collectSessions([folder.path], NO_PRICES, () => undefined);
  expect(sessions).toMatchObject([
    { id: ID, reading: { tokens: { total: 1_080 }, outcome: 'stopped_by_limit', detail: { limitsHit: ['turns'] } } },
    { id: 'other', reading: { tokens: { total: 320 }, outcome: 'completed' } },
  ]);
  expect(complaints.filter(({ line }) => line !== null)).toEqual([]);
});

describe('a file without its beginning', () => {
  test.each(['"message": "x",', 'age": 3', '"data": {', '"told": true,', '}', 'x":1}}'])(
    'begins with %j, which is the rest of a record',
    (rest) => {
      const { complaints } = readSessionFile('job.log', Buffer.from(`${rest}\n${logOf(MESSAGES)}`), NO_PRICES);
      expect(complaints).toMatchObject([{ line: 1, byte: 0, reason: 'a record has lost its beginning' }]);
    },
  );

  test.each(['"on": push', '+ jq \'."a": .b\'', '##[group]Run echo "done": $?', '}; do', 'Done.'])(
    'is not meant where a log begins with %j',
    (line) => {
      const { complaints } = readSessionFile('job.log', Buffer.from(`${line}\n${logOf(MESSAGES)}`), NO_PRICES);
      expect(complaints).toEqual([]);
    },
  );

  const LINE = {
    event: 'token_usage',
    provider: 'anthropic',
    model: 'claude-x',
    input_tokens: 3,
    output_tokens: 40,
    cache_read_tokens: 900,
    cache_write_tokens: 60,
  };
  const proxy = ['1', '2'].map((id) => `${JSON.stringify({ ...LINE, request_id: id })}\n`).join('');

  test.each([1, 20, 100])('lacks the record of which %i bytes are lost, and says so', async (lost) => {
    await using folder = await createFixture({ 'token_usage.jsonl': proxy.slice(lost) });
    const { sessions, complaints } = await collectSessions(
      [folder.getPath('token_usage.jsonl')],
      NO_PRICES,
      () => undefined,
    );
    // One of the two lines: 3 + 40 + 900 + 60.
    expect(sessions).toMatchObject([{ reading: { tokens: { total: 1_003 }, state: { tokens: 'partial' } } }]);
    expect(complaints[0]).toMatchObject({ line: 1, byte: 0, reason: 'a record has lost its beginning' });
  });

  test.each([undefined, 2])('still yields the other messages of an array (indented by %j)', (indent) => {
    const array = JSON.stringify([INIT, SAID, RESULT], null, indent);
    for (const damaged of [`#${array.slice(1)}`, array.slice(40)]) {
      const { format, sessions, complaints } = readSessionFile('x', Buffer.from(damaged), NO_PRICES);
      expect(format).toBe('claude-execution');
      expect(sessions).toMatchObject([{ tokens: { output: 70 }, tools: [{ calls: 1 }], state: { tools: 'partial' } }]);
      expect(complaints[0]).toMatchObject({ line: 1, byte: 0, reason: 'a record has lost its beginning' });
    }
  });
});
