import { expect, test } from 'vitest';
import { factsAfter, worked } from '../../test/kit/happenings.ts';
import type { Facts } from '../core/facts.ts';
import type { OwnerQuarter, OwnerUse, SharedUse } from '../core/owner-use.ts';
import { DAY as A_DAY, HOUR, type Instant, after as later, MINUTE } from '../core/time.ts';
import { termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { budgetRule } from './budget-rule.ts';
import { burnRateRule } from './burn-rate-rule.ts';
import { forecastOf, headingOf, headingWords, whatCame } from './forecast.ts';
import { needsQuarters, ownerQueries } from './others.ts';
import { standingOf } from './standing.ts';

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

/** 720 hours, so that even spend is a dollar an hour. */
const MONTH: Budget = { name: 'org-month', scope: 'organisation', period: 'month', usd: 720, warn_at: [0.8] };

function quarter(at: Instant, usd: number, pieces = 1): OwnerQuarter {
  const amounts = (amount: number) => ({ usd: amount, tokens: 0, minutes: 0, runs: 0 });
  return { at, known: amounts(usd), told: amounts(pieces), pieces: amounts(pieces) };
}

/** A session of a dollar here each day at noon, and what the others used. */
function monthFacts(quarters: readonly OwnerQuarter[] | null, silent = 0, now = NOW): Facts {
  const mine = Array.from({ length: 21 }, (_, day) =>
    worked({ id: day + 1, at: later(NOW, -(day + 1) * A_DAY), usd: 1 }),
  );
  const known = (quarters ?? [])
    .filter(({ at }) => at >= '2026-11-01')
    .reduce((sum, { known: { usd } }) => sum + usd, 0);
  const uses = ownerQueries([MONTH], now).map((query): OwnerUse => {
    const units = { usd: { ...NONE, known, pieces: 20 }, tokens: NONE, minutes: NONE, runs: NONE };
    return { query, units, leases: 0, repositories: 3, silent };
  });
  return { ...factsAfter(mine.flat(), { now }), others: uses, othersByQuarter: quarters };
}

/** Nine dollars a day elsewhere for three weeks, at ten in the morning. */
const NINE = Array.from({ length: 21 }, (_, day) => quarter(later(NOW, -(day + 1) * A_DAY - 2 * HOUR), 9)).reverse();

function heading(facts: Facts, now = NOW): string | null {
  const standing = standingOf(facts, MONTH, now);
  return headingWords(headingOf(facts, standing, now), standing);
}

test('a budget of an organisation is forecast from the days of all its repositories', () => {
  // 20 days of ten dollars since the 1st, and ten more for each of the ten days to come, that of today included.
  expect(heading(monthFacts(NINE))).toMatch(/^comes to \$300\.\d\d by the end of 2026-11 /);
  expect(forecastOf(monthFacts(NINE), termsOf(MONTH), NOW)?.nextDay.expected).toBeCloseTo(10, 6);
  const rule = budgetRule.judge(monthFacts(NINE), { enabled: true, budgets: [{ ...MONTH, usd: 250 }] }, NOW)[0];
  const rows = rule?.outcome === 'violated' ? rule.evidence.facts : [];
  expect(rows).toContainEqual({ label: 'A usual day (median of 14)', value: 10, unit: 'usd' });
});

test.each([
  ['where nobody asked for the days of the others', null, 0],
  ['while one of them is silent', NINE, 1],
])('a budget of an organisation has no forecast %s', (_why, quarters, silent) => {
  const facts = monthFacts(quarters, silent);
  const standing = standingOf(facts, MONTH, NOW);
  expect(headingOf(facts, standing, NOW)).toEqual({ unknown: expect.stringMatching(/^There is no forecast: /) });
  expect(forecastOf(facts, termsOf(MONTH), NOW)).toBeNull();
  const stretch = { from: '2026-11-15T00:00:00.000Z', until: '2026-11-16T00:00:00.000Z' };
  expect(whatCame(facts, termsOf(MONTH), stretch, NOW)).toBeNull();
});

test('what came of the forecast of an organisation is what all of them used', () => {
  const stretch = { from: '2026-11-15T00:00:00.000Z', until: '2026-11-16T00:00:00.000Z' };
  expect(whatCame(monthFacts(NINE), termsOf(MONTH), stretch, NOW)).toBe(10);
});

function burnt(facts: Facts) {
  return burnRateRule.judge(facts, burnRateRule.options.parse({ budgets: [MONTH] }) as never, NOW)[0];
}

test('a budget of an organisation burns too fast by what its repositories used in both windows', () => {
  const fast = [40, 20, 5].map((minutes) => quarter(later(NOW, -minutes * MINUTE), 6));
  expect(burnt(monthFacts([...NINE, ...fast]))).toMatchObject({
    ...{ outcome: 'violated', severity: 'critical', value: 14.4 },
    reason: expect.stringMatching(/^The agents of octo\/repo and 3 more repositories of octo used at least \$14\.40/),
  });
  expect(burnt(monthFacts(NINE))).toMatchObject({ outcome: 'ok' });
});

test('of a quarter of an hour that a window begins in counts as much as lies in it', () => {
  // From 11:45 to 12:00, of which the last ten minutes hold two thirds of the $3.60: $2.40, exactly 14.4 times the even rate.
  const exact = [60, 45, 30].map((minutes) => quarter(later(NOW, -minutes * MINUTE), 6));
  expect(burnt(monthFacts([...exact, quarter(later(NOW, -15 * MINUTE), 3.61)]))).toMatchObject({ outcome: 'violated' });
  expect(burnt(monthFacts([...exact, quarter(later(NOW, -15 * MINUTE), 3.59)]))).toMatchObject({ outcome: 'ok' });
});

test('a rate that is not too fast here is no proof while nobody knows of the others', () => {
  expect(burnt(monthFacts(null))).toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('other repositories'),
  });
});

test('quarters are asked for where something is forecast or its rate is watched', () => {
  expect(needsQuarters([DAY], NOW)).toBe(false);
  expect(needsQuarters([DAY, MONTH], NOW)).toBe(true);
  expect(needsQuarters([{ ...DAY, period: 'week', time_zone: 'Europe/Berlin' }], '2026-03-28T12:00:00.000Z')).toBe(
    true,
  );
  expect(needsQuarters([{ ...MONTH, scope: 'repository' }], NOW)).toBe(false);
});
