import { describe, expect, test } from 'vitest';
import { leaseRequest } from '../../test/kit/leases.ts';
import { factsWithPulls, pullSeen } from '../../test/kit/pulls.ts';
import { parseConfig } from '../config/parse.ts';
import type { LedgerEvent } from '../core/event.ts';
import { DAY, HOUR, type Instant, after as later } from '../core/time.ts';
import { isWeekend } from '../metrics/reviews/capacity.ts';
import type { Budget } from './budget.ts';
import { budgetRule } from './budget-rule.ts';
import { judgeLease } from './lease.ts';

/** A Saturday. */
const NOW: Instant = '2026-11-21T12:00:00.000Z';
const AUTO: Budget = { name: 'review', period: 'day', open_pull_requests: 'auto', warn_at: [] };

/** So many merged by a person on each of the last ten working days. */
function reviewedDaily(count: number): readonly LedgerEvent[] {
  const days = Array.from({ length: 14 }, (_, day) => later(NOW, -(day + 1) * DAY)).filter((day) => !isWeekend(day));
  return days.flatMap((day, n) =>
    Array.from({ length: count }, (_, one) =>
      pullSeen({ number: 100 * (n + 1) + one, createdAt: later(day, -HOUR), mergedAt: day }),
    ),
  );
}

function openNow(count: number): readonly LedgerEvent[] {
  return Array.from({ length: count }, (_, one) => pullSeen({ number: one + 1, createdAt: later(NOW, -HOUR) }));
}

function judged(events: readonly LedgerEvent[], budget: Budget = AUTO) {
  return budgetRule.judge(factsWithPulls(events, NOW), { enabled: true, budgets: [budget] }, NOW)[0];
}

function asked(events: readonly LedgerEvent[], budget: Budget = AUTO) {
  return judgeLease(factsWithPulls(events, NOW), [budget], leaseRequest(9), NOW);
}

describe('a budget of open pull requests that is measured', () => {
  test('allows what people get to in the time that one may wait', () => {
    // Four on each working day are 20 a week; in the two days of the usual `sla` 5.7 (Little 1961), so that five may be open.
    const finding = judged([...reviewedDaily(4), ...openNow(5)]);
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'critical', value: 5, limit: 5 });
    expect(finding?.reason).toBe(
      'The agents of octo/repo left 5 of at most 5 open pull requests (100 %), which people get to within 2 d at 20 a week.',
    );
    expect(judged([...reviewedDaily(4), ...openNow(4)])).toMatchObject({ outcome: 'ok', limit: 5 });
    expect(judged([...reviewedDaily(8), ...openNow(5)])).toMatchObject({ outcome: 'ok', limit: 11 });
  });

  test('is held by the guard', () => {
    expect(asked([...reviewedDaily(4), ...openNow(4)])).toMatchObject({ kind: 'warn', left: [{ left: 0, limit: 5 }] });
    const denied = asked([...reviewedDaily(4), ...openNow(5)]);
    expect(denied).toMatchObject({ kind: 'deny', unit: 'open_pull_requests', lease: null });
    expect(denied.reason).toContain(
      'open pull requests, which people get to within 2 d at 20 a week: there is no room',
    );
  });

  test('goes by how long one may wait, and by what the configuration says people can do', () => {
    const week: Budget = { ...AUTO, reviews: { sla: 7 * DAY, capacity: null } };
    expect(judged([...reviewedDaily(4), ...openNow(5)], week)).toMatchObject({ outcome: 'ok', limit: 20 });
    const told: Budget = { ...AUTO, reviews: { sla: 7 * DAY, capacity: 1 } };
    expect(judged([...reviewedDaily(4), ...openNow(5)], told)).toMatchObject({ outcome: 'violated', limit: 5 });
  });

  test('is not known while too little was seen, and lets one be open so that it will be', () => {
    const finding = judged(openNow(3));
    expect(finding).toMatchObject({ outcome: 'unknown', value: 3, limit: null });
    expect(finding?.reason).toContain('how many pull requests people can look at in a day is not known yet');
    expect(asked([])).toMatchObject({ kind: 'warn', left: [{ left: 0, limit: 1 }] });
    const answer = asked(openNow(1));
    expect(answer).toMatchObject({ kind: 'unknown', lease: null });
    expect(answer.reason).toContain('is not known yet, so that one may be open and 1 are');
  });

  test('lets one be open where people answer nothing of what waits', () => {
    const idle = pullSeen({ number: 1, createdAt: later(NOW, -30 * DAY) });
    expect(judged([idle])).toMatchObject({ outcome: 'violated', value: 1, limit: 1 });
  });
});

describe('`open_pull_requests: auto` in the configuration', () => {
  const parsed = (budget: string) =>
    parseConfig(`reviews: { sla: 3d, capacity: 6 }\nbudgets: [{ name: review, period: day, ${budget} }]\n`, 'c.yml');

  test('is measured by what `reviews` says', () => {
    const config = parsed('open_pull_requests: auto');
    expect(config.ok && config.config.budgets).toEqual([
      { ...AUTO, warn_at: [0.5, 0.8], reviews: { sla: 3 * DAY, capacity: 6 } },
    ]);
  });

  test.each([
    ['open_pull_requests: auto, agent: fixer', /'auto' is for all agents of the repository together/],
    ['open_pull_requests: auto, scope: organisation', /'auto' is for all agents of the repository together/],
    ['open_pull_requests: some', /expected a number above 0, or 'auto'/],
    ['usd: auto', /expected a number/],
  ])('is refused as %s', (budget, message) => {
    const config = parsed(budget);
    expect(config.ok ? [] : config.errors.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  });
});
