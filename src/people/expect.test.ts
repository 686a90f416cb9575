import { describe, expect, test } from 'vitest';
import { DAY } from '../core/time.ts';
import { readCommand } from './grammar.ts';

const WHOLE = {
  metric: 'sessions.tokenUsage.cost',
  direction: 'down',
  by: 0.2,
  within: 10 * DAY,
  guardrails: ['sessions.failureRate', 'build.seconds'],
  agent: 'fixer',
};

describe('the command expect', () => {
  test('says what is held to a change, for whose sessions and with which guardrails', () => {
    const said =
      'expect sessions.tokenUsage.cost down 20% within 10d of fixer guard sessions.failureRate build.seconds';
    expect(readCommand(said)).toEqual({ kind: 'command', command: { verb: 'expect', hypothesis: WHOLE } });
  });

  test.each([
    'expect',
    'expect a.b sideways',
    'expect a.b down 20',
    'expect a.b down within',
    'expect a.b down 20% please',
  ])("'%s' is misread with the form", (said) => {
    expect(readCommand(said)).toMatchObject({ kind: 'misread', reason: 'bad_arguments' });
  });
});
