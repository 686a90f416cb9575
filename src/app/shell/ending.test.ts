import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../core/failure.ts';
import { complain, endingOf, endOfOutput } from './ending.ts';
import { VERSION } from './version.ts';
import { type Screen, UsageError } from './world.ts';

interface Kept extends Screen {
  text(): string;
}

function keptScreen(): Kept {
  let all = '';
  const write = (text: string): void => {
    all += text;
  };
  return { write, columns: null, colour: false, text: () => all };
}

function outside(remedy: string): OutsideFailure {
  return new OutsideFailure({ kind: 'forbidden', message: 'GitHub says no', remedy, retry: false });
}

// The exit codes are those of docs/commands.md: 1 failed, 2 bad usage.
describe('a command that was broken off', () => {
  test('by bad usage ends with 2 and the reason alone', () => {
    expect(endingOf(new UsageError('Say where.'))).toEqual({ message: 'Say where.', stack: null, exit: 2 });
  });

  test.each([
    ['Add actions: read', 'GitHub says no. Add actions: read.'],
    ['Try later!', 'GitHub says no. Try later!'],
  ])('from outside ends with 1, what happened, what to do and one full stop', (remedy, message) => {
    expect(endingOf(outside(remedy))).toEqual({ message, stack: null, exit: 1 });
  });

  test('by a bug ends with 1, the version, where to report it and where it was', () => {
    const { message, stack, exit } = endingOf(new TypeError('x is not a function'));
    expect(message).toContain(
      `This is a bug in Checkrein ${VERSION}: TypeError: x is not a function\nPlease report it at http`,
    );
    expect(stack).toContain('ending.test.ts');
    expect(exit).toBe(1);
  });

  test.each([
    ['text', 'text'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('by the throw of %j is a bug too', (thrown, told) => {
    const screen = keptScreen();
    expect(complain(screen, thrown)).toBe(1);
    expect(screen.text()).toMatch(new RegExp(`^checkrein: This is a bug in Checkrein \\S+: ${told}\\n[^\\n]+\\n$`));
  });

  test('says nothing that a terminal would obey, keeps lines and indents, and ends long lines', () => {
    const { message } = endingOf(new UsageError(`two\n  \u001b[31mlines\u202E\n${'x'.repeat(5_000)}\n\n`));
    const lines = message.split('\n');
    expect(lines[0]).toBe('two');
    expect(lines[1]).toMatch(/^ {2}\S*lines$/);
    expect(message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(lines).toHaveLength(3);
    expect(lines[2]?.length).toBe(1_000);
  });
});

describe('an output that cannot be written', () => {
  test.each([0, 2])('to a reader who has enough ends as it was about to, with %i', (exit) => {
    const screen = keptScreen();
    expect(endOfOutput(Object.assign(new Error('x'), { code: 'EPIPE' }), screen, exit)).toBe(exit);
    expect(screen.text()).toBe('');
  });

  test('to a full disk is a failure with a word on why', () => {
    const screen = keptScreen();
    expect(endOfOutput(Object.assign(new Error('x'), { code: 'ENOSPC' }), screen, 0)).toBe(1);
    expect(screen.text()).toBe('checkrein: The output could not be written (ENOSPC).\n');
  });
});
