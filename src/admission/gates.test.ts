import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON } from '../../test/kit/halts.ts';
import { leaseRequest } from '../../test/kit/leases.ts';
import type { LeaseAnswer } from '../budgets/lease.ts';
import type { BudgetFacts, WorkAttempt } from '../core/budget.ts';
import type { Resumption } from '../core/halt.ts';
import { HOUR, type Instant, after as later, MINUTE } from '../core/time.ts';
import { budgetGate } from './budget.ts';
import { chainGate } from './chain.ts';
import { denialGate } from './denial.ts';
import { haltGate, variableGate } from './halt.ts';
import { paceGate } from './pace.ts';
import { identityGate, unreadable } from './sight.ts';

const FIXER = '.github/workflows/fixer.yml';
const NONE = { kind: 'none' } as const;

function attemptOf(run: number, more: Partial<WorkAttempt> = {}): WorkAttempt {
  const place = { agent: 'fixer', workflow: FIXER, actor: null, chain: run, orphan: false };
  return {
    key: `${run}.1`,
    run,
    attempt: 1,
    parent: null,
    at: NOON,
    endedAt: null,
    told: 'awaited',
    ...place,
    ...more,
  };
}

function known(...attempts: readonly WorkAttempt[]): Pick<BudgetFacts, 'attempts' | 'leases'> {
  return { attempts, leases: [] };
}

describe('the gate of the stop', () => {
  const resumed = (released: readonly string[]): Resumption => {
    const by = { kind: 'operator', login: 'lead' } as const;
    return { generation: 1, by, reason: 'Mended', at: NOON, stage: 'canary', workflows: released, released };
  };

  test.each([
    ['none in force', { halt: null, held: [] }, 'allow'],
    ['one of all agents', { halt: haltOf(1), held: [heldWorkflow('fixer')] }, 'deny'],
    ['one of all agents that came before this one', { halt: haltOf(1), held: [heldWorkflow('triage')] }, 'deny'],
    [
      'one of this agent, in other letters',
      { halt: haltOf(1, { scope: { kind: 'agents', names: ['FIXER'] } }), held: [] },
      'deny',
    ],
    ['one of another agent', { halt: haltOf(1, { scope: { kind: 'agents', names: ['triage'] } }), held: [] }, 'allow'],
    [
      'one of another name that holds its workflow',
      { halt: haltOf(1, { scope: { kind: 'agents', names: ['old-name'] } }), held: [heldWorkflow('fixer')] },
      'deny',
    ],
    [
      'one that has let it go',
      { halt: haltOf(1), held: [heldWorkflow('triage')], resumptions: [resumed([FIXER])] },
      'allow',
    ],
    [
      'one that has let another go',
      { halt: haltOf(1), held: [heldWorkflow('fixer')], resumptions: [resumed(['x.yml'])] },
      'deny',
    ],
  ] as const)('%s', (_name, sight, decision) => {
    expect(haltGate({ resumptions: [], ...sight }, 'fixer', FIXER).decision).toBe(decision);
  });

  test('says who stopped it, why, and who ends it', () => {
    const { reason } = haltGate({ halt: haltOf(3), held: [], resumptions: [] }, 'fixer', FIXER);
    expect(reason).toBe(
      'Stop 3 (lead, 2026-11-20 12:00 UTC) holds fixer: It runs away. A lead ends it with `/checkrein resume`.',
    );
    expect(variableGate()).toMatchObject({ gate: 'halt', decision: 'deny' });
  });
});

describe('the gate of the chain', () => {
  test.each([
    ['a run that nobody is known to have started', known(), null, 'allow', 'No other run'],
    ['the third run of three', known(attemptOf(1), attemptOf(2, { parent: 1 })), 2, 'allow', '3rd'],
    ['the fourth of three', known(attemptOf(2, { parent: 1 }), attemptOf(3, { parent: 2 })), 3, 'deny', '4th'],
    // 9 -> 8 -> 7 -> 9: three members, and one more time round.
    ['a circle of three', known(attemptOf(8, { parent: 7 }), attemptOf(7, { parent: 9 })), 8, 'deny', '4th'],
  ] as const)('%s', (_name, facts, parent, decision, words) => {
    const answer = chainGate(facts, { ...leaseRequest(9), parent }, { max_depth: 3 }, NONE);
    expect(answer.decision).toBe(decision);
    expect(answer.reason).toContain(words);
  });

  test('knows a parent by the ledger where the event names none, and any depth where none is set', () => {
    const facts = known(attemptOf(9, { parent: 8 }), attemptOf(8, { parent: 7 }));
    expect(chainGate(facts, leaseRequest(9), { max_depth: 2 }, NONE).decision).toBe('deny');
    expect(chainGate(facts, leaseRequest(9), { max_depth: null }, NONE).decision).toBe('allow');
  });

  test('says out of which run a bot likely set it off, and why', () => {
    const because = 'no other run of an agent was going on';
    const likely = { kind: 'likely', run: 8, by: 'claude[bot]', because } as const;
    const asking = { ...leaseRequest(9), parent: 8, parentLikely: true } as const;
    const { reason } = chainGate(known(attemptOf(8)), asking, { max_depth: 3 }, likely);
    expect(reason).toBe(`It is the 2nd run of a chain. claude[bot] set it off, likely out of run 8: ${because}.`);
    const deep = chainGate(known(attemptOf(8)), asking, { max_depth: 1 }, likely);
    expect(deep).toMatchObject({ gate: 'chain', decision: 'deny', reason: expect.stringContaining('out of run 8') });
  });

  // 8 is the second run of its chain, 5 the first of another one.
  test.each([
    ['may start where none of them makes its chain too long', 3, 'chain', 'allow', 'at most the 3rd run'],
    ['may not where each of them does', 1, 'chain', 'deny', 'at least the 2nd'],
    ['cannot be judged where one of them does', 2, 'sight', 'deny', 'nobody can tell which'],
    ['may start where any depth is allowed', null, 'chain', 'allow', 'one of 2 runs (8, 5)'],
  ] as const)('one that a bot set off out of one of several runs %s', (_name, most, gate, decision, words) => {
    const facts = known(attemptOf(7), attemptOf(8, { parent: 7 }), attemptOf(5));
    const unknown = { kind: 'unknown', by: 'claude[bot]', candidates: [8, 5] } as const;
    const answer = chainGate(facts, leaseRequest(9), { max_depth: most }, unknown);
    expect(answer).toMatchObject({ gate, decision, reason: expect.stringContaining(words) });
  });
});

describe('the gate of the pace', () => {
  const at = (minutes: number): Instant => later(NOON, -minutes * MINUTE);

  test.each([
    ['no start that is known', known(), 'allow'],
    ['a start of long ago', known(attemptOf(1, { at: at(60) })), 'allow'],
    ['a start too short ago', known(attemptOf(1, { at: at(60) }), attemptOf(2, { at: at(59.9) })), 'deny'],
    ['a start of another agent', known(attemptOf(1, { at: at(1), agent: 'triage' })), 'allow'],
    ['its own earlier attempt', known(attemptOf(9, { at: at(1) })), 'allow'],
  ] as const)('%s', (_name, facts, decision) => {
    expect(paceGate(facts, leaseRequest(9), { min_interval: HOUR }, NOON).decision).toBe(decision);
  });

  test('says when it may start again', () => {
    const { reason } = paceGate(known(attemptOf(1, { at: at(15) })), leaseRequest(9), { min_interval: HOUR }, NOON);
    expect(reason).toBe(
      'fixer started 15 min ago, and 1 h must lie between two starts: it may start again at 2026-11-20 12:45 UTC.',
    );
    expect(paceGate(known(attemptOf(1)), leaseRequest(9), { min_interval: null }, NOON).decision).toBe('allow');
  });
});

describe('the other gates', () => {
  const answer = (kind: 'deny' | 'unknown', unit: LeaseAnswer['unit']): LeaseAnswer => {
    return { kind, reason: 'Because.', unit, lease: null, left: [] };
  };

  test('budgets: those of open pull requests are the time of people for review, and what is unknown is a matter of sight', () => {
    expect(budgetGate(answer('deny', 'usd')).gate).toBe('budget');
    expect(budgetGate(answer('deny', 'open_pull_requests')).gate).toBe('reviews');
    expect(budgetGate(answer('unknown', 'usd'))).toEqual({ gate: 'sight', decision: 'deny', reason: 'Because.' });
  });

  test('rules: what one denied holds until its end, for that agent', () => {
    const denial = { agent: 'fixer', at: NOON, until: later(NOON, HOUR), rule: 'loop', fingerprint: 'f', episode: 1 };
    expect(denialGate([denial], 'fixer', NOON)).toMatchObject({ gate: 'rule', decision: 'deny' });
    expect(denialGate([denial], 'fixer', later(NOON, HOUR))).toBeNull();
    expect(denialGate([denial], 'triage', NOON)).toBeNull();
  });

  test('sight: names of strangers are told in one line, and what is near is named', () => {
    const stranger = identityGate({ name: 'fix\u202Eer\nx', agent: null, workflow: FIXER, known: [] });
    expect(stranger.reason).toBe(
      'There is no agent fixer x. No agent is known yet: let `watch` run once, or name it under `agents:`.',
    );
    const fixer = { name: 'fixer', workflow: FIXER };
    expect(identityGate({ name: 'fixer', agent: fixer, workflow: FIXER, known: [] }).decision).toBe('allow');
    expect(identityGate({ name: 'fixer', agent: fixer, workflow: null, known: [] }).decision).toBe('allow');
    expect(identityGate({ name: 'fixer', agent: fixer, workflow: 'x.yml', known: [] }).decision).toBe('warn');
    const { reason } = unreadable('The ledger', { message: 'GitHub is away', remedy: 'Try again.' });
    expect(reason).toBe(
      'The ledger cannot be used, so that nobody knows whether it may start: GitHub is away. Try again.',
    );
  });
});
