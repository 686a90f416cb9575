import { describe, expect, test } from 'vitest';
import { splitToolName, type ToolCall, toolUsesOf } from './tool-uses.ts';

function call(tool: string | null, more: Partial<ToolCall> = {}): ToolCall {
  return { server: null, tool, failed: false, latency: null, ...more };
}

describe('toolUsesOf', () => {
  test('sums calls, errors and latencies by tool and server', () => {
    const calls = [
      call('read', { latency: 10 }),
      call('read', { server: 's', failed: true }),
      call('read', { latency: 30, failed: true }),
    ];
    expect(toolUsesOf(calls)).toMatchObject([
      { server: null, tool: 'read', calls: 2, errors: 1, latency: { count: 2, sum: 40 } },
      { server: 's', tool: 'read', calls: 1, errors: 1, latency: null },
    ]);
  });

  test('takes names that look alike for one, and names what has no name', () => {
    expect(
      toolUsesOf([call('read'), call('re\u200bad'), call(null), call(''), call('x', { server: '' })]),
    ).toMatchObject([
      { tool: 'read', calls: 2 },
      { server: null, tool: '(no name)', calls: 2 },
      { server: '(no name)', tool: 'x', calls: 1 },
    ]);
  });

  test('tells a tool of the engine from one of a server without a name', () => {
    expect(toolUsesOf([call('read'), call('read', { server: '' })]).map(({ server }) => server)).toEqual([
      null,
      '(no name)',
    ]);
  });

  test('counts the calls of all tools, however many names a record makes up', () => {
    const uses = toolUsesOf(Array.from({ length: 10_000 }, (_, n) => call(`tool-${n}`)));
    expect(uses).toHaveLength(201);
    expect(uses.reduce((sum, { calls }) => sum + calls, 0)).toBe(10_000);
  });

  test('keeps two hundred tools by name, and counts the calls of all', () => {
    const uses = toolUsesOf(Array.from({ length: 1_000 }, (_, n) => call(`tool-${n % 500}`)));
    expect(uses).toHaveLength(201);
    expect(uses.at(-1)).toMatchObject({ server: null, tool: '(other tools)', calls: 600 });
    expect(uses[0]).toMatchObject({ tool: 'tool-0', calls: 2 });
  });
});

test.each([
  ['Bash', null, 'Bash'],
  ['mcp__git_hub__get__it', 'git_hub', 'get__it'],
  ['mcp__only', null, 'mcp__only'],
  ['mcp____x', null, 'mcp____x'],
])('splitToolName takes %s apart', (name, server, tool) => {
  expect(splitToolName(name)).toEqual({ server, tool });
});
