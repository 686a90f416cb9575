import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommandDoc } from './command-doc.ts';
import { readFlags } from './flags.ts';
import { UsageError } from './world.ts';

const COMMAND: CommandDoc = {
  name: 'look',
  summary: '',
  operands: 'PATH…',
  options: [
    { flag: 'at', value: 'PLACE', many: true, summary: '' },
    { flag: 'json', summary: '' },
    { flag: 'no-wait', summary: '' },
  ],
  exits: {},
  examples: [],
};

/** What Node makes of the same words. */
function asNode(words: readonly string[]): readonly unknown[] {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      at: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      'no-wait': { type: 'boolean' },
    },
  });
  return [positionals, values.at ?? [], values.json ?? false, values['no-wait'] ?? false];
}

function asOurs(words: readonly string[]): readonly unknown[] {
  const read = readFlags(COMMAND, words);
  return [read.operands, read.values('at'), read.has('json'), read.has('no-wait')];
}

describe('the words after a command', () => {
  const word = fc.constantFrom('a', '-', '--', '--at', '--at=b', '--at=c=d', '--json', '--no-wait', 'x=y', 'é f');

  test('mean what they mean to Node, wherever Node accepts them', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        let expected: readonly unknown[];
        try {
          expected = asNode(words);
        } catch {
          return;
        }
        compared++;
        expect(asOurs(words)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test.each([[['-5']], [['-.5', 'a']], [['--json', '-12x']]])('%j holds a negative number, not a flag', (words) => {
    expect(readFlags(COMMAND, words).operands).toEqual(words.filter((each) => !each.startsWith('--')));
  });

  test('the last value of a flag counts, and a dash is one', () => {
    const read = readFlags(COMMAND, ['--at', 'a', '--at', '-']);
    expect([read.value('at'), read.values('at')]).toEqual(['-', ['a', '-']]);
  });

  test.each([['-j'], ['-json'], ['--jsn'], ['--=x'], ['--json='], ['--at'], ['--at='], ['--__proto__']])(
    '%s is refused',
    (bad) => {
      expect(() => readFlags(COMMAND, [bad])).toThrow(UsageError);
    },
  );
});
