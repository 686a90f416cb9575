import { describe, expect, test } from 'vitest';
import { HOUR } from '../core/time.ts';
import { readCommand } from './grammar.ts';

function read(text: string): unknown {
  const reading = readCommand(text);
  if (reading.kind === 'command') return reading.command;
  return reading.kind === 'misread' ? reading.sentence : null;
}

describe('a silence by labels', () => {
  test('names the labels first, then the time, then why', () => {
    expect(read('silence name=high_* agent=!nightly-fixer for 2h we are moving')).toEqual({
      verb: 'silence',
      match: { name: 'high_*', agent: '!nightly-fixer' },
      lasts: 2 * HOUR,
      why: 'we are moving',
    });
    expect(read('unsilence name=high_*')).toEqual({ verb: 'unsilence', match: { name: 'high_*' } });
    expect(read('silence for 2h')).toMatchObject({ verb: 'silence', match: null });
  });

  test.each([
    [
      'a label behind the time, without which it would hold more',
      'silence name=a for 2h agent=b',
      'stands too far back',
    ],
    ['a label in the reason of a silence of one alert', 'silence name = a agent=b', 'stands too far back'],
    ['a label twice', 'silence name=a name=b', 'was given twice'],
    ['a label without a value', 'silence name=', 'A value was expected'],
    ['a label that turns nothing round', 'silence name=!', 'A value was expected'],
    ['a value that looks like a secret', `silence name=ghp_${'a'.repeat(36)}`, 'holds what is not kept'],
    ['a value that is too long', `silence name=${'a'.repeat(201)}`, 'is too long'],
    ['nine labels', `silence ${[...'abcdefghi'].map((label) => `${label}=x`).join(' ')}`, 'More than 8'],
    ['a word after the labels of an end', 'unsilence name=a now', "takes nothing more, but got 'now'"],
  ])('refuses %s', (_what, text, why) => {
    expect(read(text)).toContain(why);
  });
});
