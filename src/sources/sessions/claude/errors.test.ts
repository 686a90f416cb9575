import { describe, expect, test } from 'vitest';
import { type ErrorClass, errorClass, SIGNS, STARTS } from './errors.ts';

// The texts and the order in which they are tested: session-formats.md, section 3, "Error class".
describe('errorClass', () => {
  test.each([
    ['Exit code 1\nno such file', 'exit'],
    ['Error: Exit code 127', 'exit'],
    ['<tool_use_error>Sibling tool call errored</tool_use_error>', 'sibling'],
    ['<tool_use_error>File has not been read yet</tool_use_error>', 'misuse'],
    ["The user doesn't want to proceed with this tool use.", 'rejected'],
    ["Error: The user doesn't want to take this action right now.", 'rejected'],
    ['Permission to use Bash with command x has been denied.', 'denied'],
    ['Claude requested permissions to write to /x, but you have not granted it yet.', 'denied'],
    ['This command requires approval', 'denied'],
    ['Permission to use Bash was granted, and the disk is full', 'other'],
    ['MCP error -32000: it said Exit code 1', 'other'],
    ['', 'other'],
  ])('%j is of class %s', (text, expected) => {
    expect(errorClass(text)).toBe(expected);
    const spelt = JSON.stringify(text);
    const escaped = spelt.replace(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
    for (const spelling of [spelt.slice(1, -1), escaped.slice(1, -1)])
      expect([expected, null]).toContain(classBySpelling(spelling));
    expect(errorClass([{ type: 'image' }, { type: 'text', text }])).toBe(expected);
  });

  test('some classes are certain from the spelling alone', () => {
    expect(classBySpelling('Exit code 1\\nno')).toBe('exit');
    expect(classBySpelling("Error: The user doesn't want to")).toBe('rejected');
    expect(classBySpelling('no such file')).toBe('other');
    expect(classBySpelling('It said Exit code 1')).toBe('other');
    expect(classBySpelling('no\\u0020such file')).toBeNull();
  });

  test.each([null, undefined, 7, {}, [], [null, 'Exit code 1']])('%j says nothing of its cause', (content) => {
    expect(errorClass(content)).toBe('other');
  });
});

/** The class of a text by its JSON spelling, as WebAssembly tells it. Null if the text has to be read. */
function classBySpelling(spelt: string): ErrorClass | null {
  const [, error = null] = STARTS.find(([start]) => spelt.startsWith(start)) ?? [];
  return error ?? (SIGNS.some((sign) => spelt.includes(sign)) ? null : 'other');
}
