import { describe, expect, test } from 'vitest';
import { haltMark, saysStopped } from './halt-variable.ts';
import { overrides, readOverride } from './override.ts';

const NOON = '2026-11-20T12:00:00.000Z';

describe('an override in a variable', () => {
  test.each([
    ['fixer until 2026-11-20T13:00:00Z', 'fixer', '2026-11-20T13:00:00.000Z'],
    ['  ALL   until 2026-11-27T12:00:00Z ', null, '2026-11-27T12:00:00.000Z'],
    ['fixer until 2026-11-21', 'fixer', '2026-11-21T00:00:00.000Z'],
  ])('%j is read', (text, agent, until) => {
    expect(readOverride(text, NOON)).toEqual({ agent, by: null, why: null, at: NOON, until });
  });

  test.each(['', 'fixer', 'true', 'fixer until tomorrow', 'all until 2026-11-27T12:00:01Z', 'a b until 2026-11-21'])(
    '%j is none',
    (text) => {
      expect(readOverride(text, NOON)).toBeNull();
    },
  );

  test('holds for its agent from its beginning until its end', () => {
    const override = { agent: 'fixer', by: 'lea', why: null, at: NOON, until: '2026-11-20T13:00:00.000Z' };
    expect(overrides(override, 'Fixer', NOON)).toBe(true);
    expect(overrides(override, 'triage', NOON)).toBe(false);
    expect(overrides(override, 'fixer', '2026-11-20T11:59:59.999Z')).toBe(false);
    expect(overrides(override, 'fixer', '2026-11-20T13:00:00.000Z')).toBe(false);
    expect(overrides({ ...override, agent: null }, 'triage', NOON)).toBe(true);
  });
});

describe('the variable of a stop', () => {
  test.each([
    ['stopped:3', { generation: 3, before: null }, true],
    ['stopped:0:on', { generation: 0, before: 'on' }, true],
    ['Stopped', null, true],
    [' stopped ', null, true],
    ['stopped-by', null, false],
    ['', null, false],
    ['running', null, false],
  ])('%j', (text, mark, stops) => {
    expect(haltMark(text)).toEqual(mark);
    expect(saysStopped(text)).toBe(stops);
  });
});
