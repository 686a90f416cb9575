import { describe, expect, test } from 'vitest';
import { detailOf, type Repeats } from '../../core/session.ts';
import { NO_PRICES } from '../prices/price-list.ts';
import { readSessionFile } from './recognise.ts';

/** Three equal calls, another one, and the first once more. */
const INPUTS = ['ls', 'ls', 'ls', 'ls -l', 'ls'];
const AT = '2026-01-01T00:00:00.000Z';

function repeatsIn(path: string, records: readonly object[]): Repeats | null {
  const { sessions } = readSessionFile(
    path,
    Buffer.from(records.map((one) => JSON.stringify(one)).join('\n')),
    NO_PRICES,
  );
  const [session] = sessions;
  if (session === undefined) throw new Error(`no session was read of ${path}`);
  return detailOf(session).repeats;
}

function block(command: string, nth: number): object {
  return { type: 'tool_use', id: `t${nth}`, name: 'Bash', input: { command } };
}

function said(extra: object): (command: string, nth: number) => object {
  return (command, nth) => ({
    type: 'assistant',
    timestamp: AT,
    ...extra,
    message: { id: `m${nth}`, model: 'claude-x', content: [block(command, nth)], usage: { input_tokens: 1 } },
  });
}

function payload(type: string, data: object): object {
  return { timestamp: AT, type, payload: data };
}

const META = payload('session_meta', { id: 's1', cwd: '/w', cli_version: '1' });

function otel(input: (command: string) => object): readonly object[] {
  const attributes = (fields: object) =>
    Object.entries(fields).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const logRecords = INPUTS.map((command, nth) => ({
    timeUnixNano: `${1_767_225_600_000_000_000n + BigInt(nth)}`,
    body: { stringValue: 'claude_code.tool_result' },
    attributes: attributes({
      'event.name': 'tool_result',
      'session.id': 's1',
      tool_name: 'Bash',
      tool_use_id: `t${nth}`,
      success: 'true',
      ...input(command),
    }),
  }));
  const resource = { attributes: attributes({ 'service.name': 'claude-code' }) };
  return [{ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }];
}

function gemini(name: string, fields: object): object {
  return { attributes: { 'event.name': `gemini_cli.${name}`, 'event.timestamp': AT, 'session.id': 's1', ...fields } };
}

const FORMATS: readonly (readonly [what: string, path: string, tool: string, records: readonly object[]])[] = [
  ['the execution file of Claude', 'claude-execution-output.json', 'Bash', INPUTS.map(said({ session_id: 's1' }))],
  ['a transcript of Claude', 's1.jsonl', 'Bash', INPUTS.map(said({ sessionId: 's1', parentUuid: null, uuid: 'u' }))],
  [
    'OpenTelemetry of Claude with the details of tools',
    'otlp.jsonl',
    'Bash',
    otel((command) => ({ tool_input: JSON.stringify({ command }) })),
  ],
  [
    'a rollout of Codex',
    'rollout-1.jsonl',
    'shell',
    [
      META,
      ...INPUTS.flatMap((command, nth) => [
        payload('response_item', {
          type: 'function_call',
          call_id: `c${nth}`,
          name: 'shell',
          arguments: JSON.stringify({ command }),
        }),
        // Its other fields differ each time.
        payload('event_msg', { type: 'exec_command_end', call_id: `c${nth}`, command: [`${nth}`], exit_code: 0 }),
      ]),
    ],
  ],
  [
    'a rollout of Codex that tells calls by their ends',
    'rollout-1.jsonl',
    'exec_command',
    [
      META,
      ...INPUTS.map((command, nth) =>
        payload('event_msg', { type: 'exec_command_end', call_id: `c${nth}`, command: [command], exit_code: 0 }),
      ),
    ],
  ],
  [
    'the output of codex exec',
    'stdout.jsonl',
    'command_execution',
    [
      { type: 'thread.started', thread_id: 's1' },
      { type: 'turn.started' },
      ...INPUTS.map((command, nth) => ({
        type: 'item.completed',
        item: { id: `i${nth}`, type: 'command_execution', command, exit_code: 0, aggregated_output: `${nth}` },
      })),
    ],
  ],
  [
    'a chat of Gemini',
    'session-1.jsonl',
    'run_shell_command',
    [
      { sessionId: 's1', projectHash: 'p1', startTime: AT, lastUpdated: AT },
      ...INPUTS.map((command, nth) => ({
        id: `g${nth}`,
        timestamp: AT,
        type: 'gemini',
        model: 'gemini-x',
        tokens: { input: 1, output: 1, total: 2 },
        toolCalls: [{ id: `c${nth}`, name: 'run_shell_command', args: { command }, status: 'success' }],
      })),
    ],
  ],
  [
    'a stream of Gemini',
    'stream.jsonl',
    'run_shell_command',
    [
      { type: 'init', session_id: 's1', model: 'gemini-x', timestamp: AT },
      ...INPUTS.map((command, nth) => ({
        type: 'tool_use',
        tool_id: `c${nth}`,
        tool_name: 'run_shell_command',
        parameters: { command },
        timestamp: AT,
      })),
      {
        type: 'result',
        status: 'success',
        stats: { total_tokens: 2, input_tokens: 1, output_tokens: 1 },
        timestamp: AT,
      },
    ],
  ],
  [
    'telemetry of Gemini',
    'telemetry.log',
    'run_shell_command',
    INPUTS.map((command) =>
      gemini('tool_call', {
        function_name: 'run_shell_command',
        function_args: JSON.stringify({ command }),
        success: true,
      }),
    ),
  ],
  [
    'the events of Copilot',
    'events.jsonl',
    'shell',
    [
      { type: 'session.start', data: { sessionId: 's1', copilotVersion: '1' }, id: 'e', parentId: null, timestamp: AT },
      ...INPUTS.map((command, nth) => ({
        type: 'tool.execution_start',
        data: { toolCallId: `c${nth}`, toolName: 'shell', arguments: { command } },
        id: `e${nth}`,
        parentId: 'e',
        timestamp: AT,
      })),
    ],
  ],
];

describe('equal calls of a session', () => {
  test.each(FORMATS)('%s: three in a row, four in all', (_what, path, tool, records) => {
    expect(repeatsIn(path, records)).toEqual({
      inARow: { server: null, tool, calls: 3 },
      most: { server: null, tool, calls: 4 },
    });
  });

  test('a call that a copy of its row tells again counts once', () => {
    const rows = INPUTS.map(said({ sessionId: 's1', parentUuid: null, uuid: 'u' }));
    expect(repeatsIn('s1.jsonl', [...rows, ...rows])?.most.calls).toBe(4);
  });

  test('rows that the parser reads and rows that the scanner reads tell the same inputs', () => {
    const rows = INPUTS.map(said({ sessionId: 's1', parentUuid: null, uuid: 'u' })).map((row) => JSON.stringify(row));
    const spaced = rows.map((row, nth) => (nth % 2 === 0 ? row : row.replaceAll('":', '": ')));
    const { sessions } = readSessionFile('s1.jsonl', Buffer.from(spaced.join('\n')), NO_PRICES);
    expect(sessions.map((session) => detailOf(session).repeats)).toMatchObject([
      { inARow: { calls: 3 }, most: { calls: 4 } },
    ]);
  });

  test.each([
    ['no arguments at all', otel(() => ({}))],
    // Each value is cut at 512 letters, so values that are equal up to there may differ afterwards.
    ['arguments that may be cut off', otel(() => ({ tool_input: JSON.stringify({ command: 'x'.repeat(300) }) }))],
  ])('OpenTelemetry of Claude with %s does not tell', (_what, records) => {
    expect(repeatsIn('otlp.jsonl', records)).toBeNull();
  });

  test('changes of files that Codex tells without their contents are not equal', () => {
    const items = [1, 2, 3].map((nth) => ({
      type: 'item.completed',
      item: { id: `i${nth}`, type: 'file_change', status: 'completed', changes: [{ path: 'a.ts', kind: 'update' }] },
    }));
    expect(repeatsIn('stdout.jsonl', [{ type: 'thread.started', thread_id: 's1' }, ...items])).toBeNull();
  });
});
