import { describe, expect, test } from 'vitest';
import { errorClass, mayHaveClass } from './errors.ts';

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
    if (expected !== 'other') expect([mayHaveClass(spelt), mayHaveClass(escaped)]).toEqual([true, true]);
    expect(errorClass([{ type: 'image' }, { type: 'text', text }])).toBe(expected);
  });

  test.each([null, undefined, 7, {}, [], [null, 'Exit code 1']])('%j says nothing of its cause', (content) => {
    expect(errorClass(content)).toBe('other');
  });
});
