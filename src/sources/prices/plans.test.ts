import { describe, expect, test } from 'vitest';
import { sessionRecorded } from '../../../test/kit/happenings.ts';
import { UNKNOWN_DETAIL } from '../../core/session.ts';
import { underPlan } from './plans.ts';

const AT = '2026-11-21T12:00:00.000Z';
const SESSION = sessionRecorded({
  run: 1,
  at: AT,
  usd: 3,
  certainty: 'lower_bound',
  more: { detail: { ...UNKNOWN_DETAIL, computedCost: { usd: 2.9, basis: 'list' }, unpricedModels: ['new'] } },
}).data.session;

describe('a flat plan', () => {
  test('takes the money away and leaves tokens, reported and computed cost', () => {
    const covered = underPlan(SESSION, 'fixer', AT, [{}]);
    expect(covered).toMatchObject({
      cost: { usd: 0, basis: 'quota' },
      reportedCost: { usd: 3, basis: 'billed' },
      tokens: SESSION.tokens,
      state: { cost: 'exact', tokens: 'exact' },
      detail: { computedCost: { usd: 2.9, basis: 'list' }, unpricedModels: [] },
    });
  });

  test.each([
    ['of the agent', { agent: 'fixer' }, true],
    ['of another agent', { agent: 'other' }, false],
    ['of the engine', { engine: 'claude' as const }, true],
    ['of another engine', { engine: 'codex' as const }, false],
    ['that has begun', { from: '2026-11-21' }, true],
    ['that has not begun', { from: '2026-11-22' }, false],
    ['of the agent and another engine', { agent: 'fixer', engine: 'codex' as const }, false],
  ])('%s', (_name, plan, covers) => {
    expect(underPlan(SESSION, 'fixer', AT, [plan]).cost.basis).toBe(covers ? 'quota' : 'billed');
  });

  test('a session of no known time is covered only by a plan that always holds', () => {
    expect(underPlan(SESSION, 'fixer', null, [{ from: '2020-01-01' }]).cost.basis).toBe('billed');
    expect(underPlan(SESSION, 'fixer', null, [{}]).cost.basis).toBe('quota');
  });

  test('none leaves everything as it is', () => {
    expect(underPlan(SESSION, 'fixer', AT, [])).toBe(SESSION);
  });
});
