import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../../test/kit/growth.ts';
import { repeatsOf } from './repeats.ts';
import type { ToolCall } from './tool-uses.ts';

/** Calls from words such as `Bash:1` or `github/get:2`. Without a number the input is unknown. */
function calls(words: string): readonly ToolCall[] {
  return words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [name = '', input] = word.split(':');
      const [tool = '', server] = name.split('/').reverse();
      return {
        server: server ?? null,
        tool,
        failed: false,
        latency: null,
        input: input === undefined ? null : Number(input),
      };
    });
}

const told = (tool: string, count: number, server: string | null = null) => ({ server, tool, calls: count });

describe('the same call again and again', () => {
  test.each<[string, string, ReturnType<typeof told>, ReturnType<typeof told>]>([
    ['a row in the middle', 'Read:1 Bash:1 Bash:1 Bash:1 Read:2', told('Bash', 3), told('Bash', 3)],
    ['two calls in turns are no row', 'Bash:1 Read:1 Bash:1 Read:1 Bash:1', told('Bash', 1), told('Bash', 3)],
    ['the longest row and the most of all are of two tools', 'A:1 A:1 B:2 A:3 B:2 A:4 B:2', told('A', 2), told('B', 3)],
    ['another input is another call', 'Bash:1 Bash:2 Bash:3', told('Bash', 1), told('Bash', 1)],
    ['another tool with the same input, too', 'Read:1 Glob:1 Read:1 Glob:1 Glob:1', told('Glob', 2), told('Glob', 3)],
    ['and the tool of another server', 'a/get:1 b/get:1 a/get:1 get:1', told('get', 1, 'a'), told('get', 2, 'a')],
    ['a call of which nothing is told ends a row', 'Bash:1 Bash:1 Bash Bash:1 Bash', told('Bash', 2), told('Bash', 3)],
    ['of two with as many the first', 'A:1 A:1 B:1 B:1', told('A', 2), told('A', 2)],
  ])('%s', (_name, words, inARow, most) => {
    expect(repeatsOf(calls(words))).toEqual({ inARow, most });
  });

  test('is not known without calls, or without inputs', () => {
    expect(repeatsOf([])).toBeNull();
    expect(repeatsOf(calls('Bash Bash Bash'))).toBeNull();
    expect(repeatsOf([{ server: null, tool: 'Bash', failed: false, latency: null }])).toBeNull();
  });

  test('keeps names as names are kept: without what is no letter of a name, and short', () => {
    const hostile = {
      server: null,
      tool: `\u001b[31m${'x'.repeat(500)}\n@everyone`,
      failed: false,
      latency: null,
      input: 7,
    };
    const tool = repeatsOf([hostile, hostile])?.most.tool ?? '';
    expect(tool.length).toBeLessThanOrEqual(80);
    for (const letter of ['\u001b', '\n', '@everyone']) expect(tool).not.toContain(letter);
  });

  test.each<[string, (index: number) => Partial<ToolCall>]>([
    ['tools', (index) => ({ tool: `tool_${index}` })],
    ['servers', (index) => ({ server: `server_${index}` })],
    ['inputs', (index) => ({ input: index })],
  ])('takes no longer for a call if there were more %s before it', (_name, nth) => {
    const [call] = calls('Bash:1');
    const among = (count: number): void => {
      const repeats = repeatsOf(Array.from({ length: count }, (_, index) => ({ ...call, ...nth(index) }) as ToolCall));
      expect(repeats?.most.calls).toBe(1);
    };
    expect(growth(among, 10_000)).toBeLessThan(LINEAR);
  });
});
