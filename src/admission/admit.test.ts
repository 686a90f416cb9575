import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOON } from '../../test/kit/halts.ts';
import { leaseRequest } from '../../test/kit/leases.ts';
import type { LeaseAnswer } from '../budgets/lease.ts';
import type { Left } from '../core/budget.ts';
import type { Decision, Gate, GateAnswer } from '../core/guard.ts';
import { USUAL_GUARD } from '../core/guard-terms.ts';
import { HOUR, after as later } from '../core/time.ts';
import { type AdmissionCase, admit } from './admit.ts';

const { lives: _, limits: __, ...errand } = leaseRequest(9);

function leaseWith(...left: readonly Left[]): LeaseAnswer {
  const reserved = { usd: 2, tokens: null, minutes: null };
  const lease = { ...errand, id: 'lease:9', at: NOON, until: later(NOON, HOUR), reserved };
  return { kind: 'allow', reason: 'Room.', unit: 'usd', lease, left };
}

function answer(gate: Gate, decision: Decision): GateAnswer {
  return { gate, decision, reason: `${gate} says ${decision}.` };
}

function admitted(answers: readonly GateAnswer[], more: Partial<AdmissionCase> = {}) {
  const base = { errand, at: NOON, mode: 'enforce', terms: USUAL_GUARD, ofSessions: [], override: null } as const;
  return admit({ ...base, protects: null, lease: leaseWith(), answers, ...more });
}

const OVERRIDE = { agent: 'fixer', by: 'lea', why: null, at: NOON, until: later(NOON, HOUR) };

describe('an admission', () => {
  test('is that of the weightiest gate, and keeps what the others say', () => {
    const { decision, reason, answers } = admitted([
      answer('chain', 'allow'),
      answer('budget', 'warn'),
      answer('pace', 'deny'),
    ]);
    expect([decision, reason]).toEqual(['deny', 'pace says deny.']);
    expect(answers.map(({ gate }) => gate)).toEqual(['pace', 'budget', 'chain']);
  });

  test('tells of the budgets where nothing speaks against it', () => {
    expect(admitted([answer('halt', 'allow'), answer('budget', 'allow')]).reason).toBe('budget says allow.');
  });

  test.each([
    ['enforce', 'halt', 'deny', null],
    ['enforce', 'budget', 'deny', null],
    ['shadow', 'halt', 'deny', null],
    ['shadow', 'budget', 'warn', 'deny'],
    ['shadow', 'sight', 'warn', 'deny'],
    ['shadow', 'rule', 'warn', 'deny'],
  ] as const)('in %s mode a denial of %s becomes %s', (mode, gate, decision, wouldBe) => {
    expect(admitted([answer(gate, 'deny')], { mode })).toMatchObject({ decision, wouldBe });
  });

  test('never denies what protects the repository, not even under a stop', () => {
    const { decision, reason } = admitted([answer('halt', 'deny')], { protects: 'its name says that it tests' });
    expect(decision).toBe('warn');
    expect(reason).toBe(
      'halt says deny. It starts all the same, for it protects the repository (its name says that it tests).',
    );
  });

  test.each([
    ['an override', { override: OVERRIDE }, 'lea lets it start until 2026-11-20 13:00 UTC.'],
    ['`fail: open`', { terms: { ...USUAL_GUARD, fail: 'open' } }, '`guard.fail` is `open`.'],
  ] as const)('lets what is unknown start under %s, and nothing that is known', (_name, more, words) => {
    const open = admitted([answer('sight', 'deny')], more);
    expect(open.decision).toBe('warn');
    expect(open.reason).toContain(words);
    for (const gate of ['halt', 'rule', 'budget', 'chain', 'reviews', 'pace'] as const) {
      expect(admitted([answer('sight', 'deny'), answer(gate, 'deny')], more).decision).toBe('deny');
    }
  });

  test('tells how many dollars are left of the tightest budget, without those of single sessions', () => {
    const left = (budget: string, rest: number, unit: Left['unit'] = 'usd'): Left => {
      return { budget, unit, left: rest, limit: 10 };
    };
    const lease = leaseWith(left('day', 4), left('month', 3), left('one', 0), left('tokens', 1, 'tokens'));
    expect(admitted([], { lease, ofSessions: ['one'] }).leftUsd).toBe(3);
    expect(admitted([], { lease: leaseWith(left('tokens', 1, 'tokens')) }).leftUsd).toBeNull();
  });

  test.each([
    [2.1, null],
    [2, 'claude-haiku-4-5'],
    [0, 'claude-haiku-4-5'],
  ])('with %d of 10 left and a cheaper model from 80 %% on, %j is offered', (left, model) => {
    const terms = { ...USUAL_GUARD, downgrade: { at: 0.8, model: 'claude-haiku-4-5' } };
    const lease = leaseWith({ budget: 'day', unit: 'usd', left, limit: 10 });
    expect(admitted([], { terms, lease }).model).toBe(model);
    expect(admitted([answer('pace', 'deny')], { terms, lease }).model).toBeNull();
    // Open pull requests, and what one session may use, are no reason for another model.
    const pulls = leaseWith({ budget: 'pulls', unit: 'open_pull_requests', left: 0, limit: 3 });
    expect(admitted([], { terms, lease: pulls }).model).toBeNull();
    expect(admitted([], { terms, lease, ofSessions: ['day'] }).model).toBeNull();
  });

  test('whatever the gates say: a denied agent holds no lease, and shadow mode denies for a stop alone', () => {
    const gates = fc.constantFrom<Gate>('halt', 'rule', 'budget', 'chain', 'reviews', 'pace', 'sight');
    const decisions = fc.constantFrom<Decision>('allow', 'warn', 'deny');
    const cases = fc.array(fc.record({ gate: gates, decision: decisions, reason: fc.string() }), { maxLength: 8 });
    fc.assert(
      fc.property(cases, fc.constantFrom('shadow', 'enforce'), (answers, mode) => {
        const { decision, wouldBe, lease } = admitted(answers, { mode });
        const denies = answers.filter((one) => one.decision === 'deny');
        const acts = mode === 'enforce' ? denies : denies.filter(({ gate }) => gate === 'halt');
        expect(decision === 'deny').toBe(acts.length > 0);
        expect((wouldBe ?? decision) === 'deny').toBe(denies.length > 0);
        expect(lease === null).toBe(decision === 'deny');
      }),
    );
  });
});
