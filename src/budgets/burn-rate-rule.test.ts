import { describe, expect, test } from 'vitest';
import { factsAfter, worked } from '../../test/kit/happenings.ts';
import { budgetRaised } from '../../test/kit/leases.ts';
import type { LedgerEvent } from '../core/event.ts';
import { HOUR, after as later, MINUTE } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { burnRateRule } from './burn-rate-rule.ts';

const NOW = '2026-11-21T12:00:00.000Z';
/** November has 720 hours: even spend is one dollar an hour. */
const MONTH: Budget = { name: 'repo-month', period: 'month', usd: 720, warn_at: [0.8] };

function judge(events: readonly LedgerEvent[], budgets: readonly Budget[] = [MONTH]) {
  return burnRateRule.judge(factsAfter(events, { now: NOW }), burnRateRule.options.parse({ budgets }) as never, NOW);
}

const ago = (minutes: number, usd: number, id = minutes) => worked({ id, at: later(NOW, -minutes * MINUTE), usd });

describe('the burn rate', () => {
  test.each([
    // 14.4 dollars in the last hour, and more than 2.4 in the last ten minutes, is 14.4 times the even rate.
    ['fast in both windows', [5, 30, 50].flatMap((minutes) => ago(minutes, 5)), 'critical'],
    ['fast, but over', [15, 30, 50].flatMap((minutes) => ago(minutes, 5)), null],
    ['fast for ten minutes only', [1, 2, 3].flatMap((minutes) => ago(minutes, 1)), null],
    ['pyrra-dev/pyrra#1925, #1602, #1507, #1884, elastic/kibana#203279: one dear session', ago(5, 30), null],
    ['six times for six hours', [10, 100, 200, 300].flatMap((minutes) => ago(minutes, 9)), 'critical'],
    ['three times for a day', [10, 200, 600, 1_000, 1_300].flatMap((minutes) => ago(minutes, 15)), 'warning'],
    ['even', [10, 200, 600, 1_000, 1_300].flatMap((minutes) => ago(minutes, 2)), null],
    ['nothing', [], null],
  ])('%s is %s', (_what, events, severity) => {
    const [finding] = judge(events as readonly LedgerEvent[]);
    expect(finding?.outcome).toBe(severity === null ? 'ok' : 'violated');
    expect(finding?.outcome === 'violated' ? finding.severity : null).toBe(severity);
  });

  test('says what was used, how many times too fast, and against which budget', () => {
    const [finding] = judge([5, 30, 50].flatMap((minutes) => ago(minutes, 5)));
    // 14.4 times an even dollar an hour; 15 dollars were used.
    expect(finding?.reason).toBe(
      'The agents of octo/repo used at least $14.40 in the last 1 h, 14.4 times the rate at which repo-month ($720.00) would last.',
    );
    expect(finding).toMatchObject({ value: 14.4, limit: 14.4, labels: { budget: 'repo-month', period: 'month' } });
  });

  test('says of what is even as much as is known', () => {
    const [finding] = judge([10, 200, 600].flatMap((minutes) => ago(minutes, 2)));
    expect(finding).toMatchObject({ outcome: 'ok', value: 2 });
    expect(finding?.reason).toContain('used $2.00 in the last 1 h, 2 times the rate');
  });

  test('tells the same while its windows slide over the same fire, and something else when that doubles', () => {
    // A session of six dollars each ten minutes; then each five.
    const steady = Array.from({ length: 12 }, (_, n) => ago(10 * n + 1, 6, n + 1)).flat();
    const told = Array.from({ length: 9 }, (_, minutes) => {
      const now = later(NOW, minutes * MINUTE);
      const facts = factsAfter(steady, { now });
      return JSON.stringify(burnRateRule.judge(facts, burnRateRule.options.parse({ budgets: [MONTH] }) as never, now));
    });
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('"outcome":"violated"');
    const more = Array.from({ length: 12 }, (_, n) => ago(10 * n + 4, 6, n + 101)).flat();
    expect(judge([...steady, ...more])[0]).toMatchObject({ value: 57.6 });
  });

  test('goes by the raise in force', () => {
    const events = [5, 30, 50].flatMap((minutes) => ago(minutes, 5));
    expect(judge([...events, budgetRaised('repo-month', 1_440, later(NOW, -HOUR))])[0]?.outcome).toBe('ok');
  });

  test.each<[string, Partial<Budget>]>([
    ['a day', { period: 'day' }],
    ['each chain', { scope: 'chain' }],
    ['open pull requests', { usd: undefined, open_pull_requests: 3 }],
  ])('is not watched for %s', (_what, budget) => {
    expect(judge([], [{ ...MONTH, ...budget }])).toEqual([]);
  });
});
