import { expect, test } from 'vitest';
import { factsAfter, worked } from '../../test/kit/happenings.ts';
import type { OwnerUse, SharedUse } from '../core/owner-use.ts';
import type { Budget } from './allowance.ts';
import { budgetRule } from './budget-rule.ts';
import { ownerQueries } from './others.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const DAY: Budget = { name: 'org-day', scope: 'organisation', period: 'day', usd: 50, warn_at: [0.8] };
const NONE: SharedUse = { known: 0, pieces: 0, assumed: 0, guessed: 0, uncounted: 0, reserved: 0 };

function judged(usd: Partial<SharedUse>, silent = 0) {
  const uses = ownerQueries([DAY], NOW).map(
    (query): OwnerUse => ({
      query,
      units: { usd: { ...NONE, ...usd }, tokens: NONE, minutes: NONE, runs: NONE },
      ...{ leases: 0, repositories: 3, silent },
    }),
  );
  const facts = { ...factsAfter(worked({ id: 1, at: NOW, usd: 10 }), { now: NOW }), others: uses };
  return budgetRule.judge(facts, { enabled: true, budgets: [DAY] }, NOW)[0];
}

test('a budget of an organisation is broken by what its repositories used together, and says how much of it was elsewhere', () => {
  const finding = judged({ known: 45.5, pieces: 4 });
  expect(finding).toMatchObject({ outcome: 'violated', severity: 'critical', value: 55.5 });
  expect(finding?.reason).toBe(
    'The agents of octo/repo and 3 more repositories of octo spent $55.50 of $50.00 on 2026-11-21 (111 %).',
  );
  const rows = finding?.outcome === 'violated' ? finding.evidence.facts : [];
  expect(rows).toContainEqual({ label: 'Of it in other repositories', value: 45.5, unit: 'usd' });
});

test.each([
  ['holds when all of them were heard', {}, 0, 'ok', /\(20 %\)\.$/],
  ['is not proven while one is silent', {}, 1, 'unknown', /nothing was heard of 1 of its repositories/],
  ['is not proven where the use of a session elsewhere is not known', { uncounted: 1 }, 0, 'unknown', /not counted/],
] as const)('a budget of an organisation %s', (_what, usd, silent, outcome, reason) => {
  const finding = judged(usd, silent);
  expect(finding?.outcome).toBe(outcome);
  expect(finding?.reason).toMatch(reason);
});

test('nothing is asked about other repositories where no budget is of an organisation', () => {
  expect(ownerQueries([{ ...DAY, scope: 'repository' }], NOW)).toEqual([]);
});
