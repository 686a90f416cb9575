import { describe, expect, test } from 'vitest';
import { factsAfter, worked } from '../../test/kit/happenings.ts';
import { budgetRaised } from '../../test/kit/leases.ts';
import type { LedgerEvent } from '../core/event.ts';
import { HOUR, after as later, MINUTE } from '../core/time.ts';
import type { Budget } from './allowance.ts';
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
    ['one dear session', ago(5, 30), null],
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
    expect(finding?.reason).toBe(
      'The agents of octo/repo used $15.00 in the last 1 h, 15 times the rate at which repo-month ($720.00) would last.',
    );
    expect(finding).toMatchObject({ value: 15, limit: 14.4, labels: { budget: 'repo-month', period: 'month' } });
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
