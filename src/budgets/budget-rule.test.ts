import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, REPO, sessionAbsent, sourceStatus, worked } from '../../test/kit/happenings.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { HOUR, after as shifted } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { type BudgetOptions, budgetRule } from './budget-rule.ts';
import { budgetSchema, DEFAULT_BUDGETS } from './budget-schema.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';

const REPO_DAY: Budget = { name: 'repo-day', period: 'day', usd: 50, warn_at: [0.5, 0.8] };
const FIXER_DAY: Budget = { name: 'fixer-day', period: 'day', usd: 10, agent: 'fixer', warn_at: [0.5, 0.8] };

function judge(facts: Facts, budgets: readonly Budget[] = [REPO_DAY], now = NOW): readonly Finding[] {
  return budgetRule.judge(facts, { enabled: true, budgets }, now);
}

function only(findings: readonly Finding[]): Finding {
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

function violated(finding: Finding | undefined): Extract<Finding, { outcome: 'violated' }> {
  if (finding?.outcome !== 'violated') throw new Error(`expected a violated finding, got ${JSON.stringify(finding)}`);
  return finding;
}

const spent = (usd: number, agent = 'fixer', id = 1) => worked({ id, agent, at: TODAY, usd });

describe('the budget rule', () => {
  test.each([
    [24, 'ok', null],
    [25, 'violated', 'info'],
    [40, 'violated', 'warning'],
    [50, 'violated', 'critical'],
    [400, 'violated', 'critical'],
  ])('%d of 50 dollars is %s (%s)', (usd, outcome, severity) => {
    const finding = only(judge(factsAfter(spent(usd), { now: NOW })));
    expect(finding.outcome).toBe(outcome);
    expect(finding.outcome === 'violated' ? finding.severity : null).toBe(severity);
    expect(finding).toMatchObject({
      value: usd,
      limit: 50,
      unit: 'usd',
      labels: { budget: 'repo-day', period: 'day' },
    });
  });

  test('says in one sentence who spent how much of what, when, and who most of it', () => {
    const finding = only(judge(factsAfter([...spent(60), ...spent(2.5, 'triage', 2)], { now: NOW })));
    expect(finding.reason).toBe(
      'The agents of octo/repo spent $62.50 of $50.00 on 2026-11-21 (125 %), of which fixer $60.00.',
    );
    const own = only(judge(factsAfter(spent(9.999), { now: NOW }), [FIXER_DAY]));
    expect(own.reason).toBe('fixer spent $10.00 of $10.00 on 2026-11-21 (99 %).');
  });

  test('the next day it is ok again without anything being done', () => {
    const tomorrow = '2026-11-22T01:00:00.000Z';
    const finding = only(judge(factsAfter(spent(400), { now: tomorrow }), [REPO_DAY], tomorrow));
    expect(finding).toMatchObject({
      outcome: 'ok',
      value: 0,
      reason: 'The agents of octo/repo spent $0.00 of $50.00 on 2026-11-22 (0 %).',
    });
  });

  test('a month budget holds the whole month against its limit, with the same identity every month', () => {
    const budget: Budget = { name: 'repo-month', period: 'month', usd: 800, warn_at: [0.5, 0.8] };
    const events = [...worked({ id: 1, at: '2026-11-02T09:00:00.000Z', usd: 700 }), ...spent(150, 'fixer', 2)];
    const november = violated(only(judge(factsAfter(events, { now: NOW }), [budget])));
    expect(november).toMatchObject({
      severity: 'critical',
      value: 850,
      labels: { budget: 'repo-month', period: 'month' },
    });
    expect(november.reason).toContain('in 2026-11 (106 %)');
    expect(november.evidence.chart).toMatchObject({ title: 'Spend of 2026-11 so far', limit: 800 });
    expect(november.evidence.chart?.values.slice(0, 3)).toEqual([null, 700, 700]);
    expect(november.evidence.chart?.values.at(-1)).toBe(850);
    const december = '2026-12-01T00:00:00.000Z';
    expect(only(judge(factsAfter(events, { now: december }), [budget], december)).outcome).toBe('ok');
  });

  test('what is known to be spent is violated whatever is unknown', () => {
    const failing = { now: NOW, sources: [sourceStatus('artifacts', TODAY, { since: TODAY })] };
    const finding = violated(
      only(judge(factsAfter([...spent(60), sessionAbsent({ run: 7, agent: 'new', at: TODAY })], failing))),
    );
    expect(finding.severity).toBe('critical');
    expect(finding.reason).toContain('spent at least $60.00');
    expect(finding.reason).toContain('1 session of unknown cost not counted');
  });

  test.each([
    [
      'a source fails',
      factsAfter(spent(1), { now: NOW, sources: [sourceStatus('artifacts', TODAY, { since: TODAY })] }),
      /the source artifacts cannot be read/,
    ],
    ['no source was read', noFacts(NOW), /no source has been read yet/],
    [
      'a source was never read',
      factsAfter([], { now: NOW, sources: [sourceStatus('artifacts', null)] }),
      /has not been read yet/,
    ],
    [
      'a cost is unknown and nothing tells what it may be',
      factsAfter([sessionAbsent({ run: 1, at: TODAY })], { now: NOW }),
      /1 session of unknown cost not counted/,
    ],
  ])('an ok needs proof: when %s, the answer is unknown', (_name, facts, reason) => {
    const finding = only(judge(facts));
    expect(finding.outcome).toBe('unknown');
    expect(finding.reason).toMatch(reason);
  });

  describe('money that is only guessed', () => {
    /** Five sessions of four dollars each on the days before: what is usual for the agent. */
    const habit = [1, 2, 3, 4, 5].flatMap((n) => worked({ id: 100 + n, at: `2026-11-1${n}T09:00:00.000Z`, usd: 4 }));
    const unpriced = (count: number) => [...Array(count).keys()].map((n) => sessionAbsent({ run: 200 + n, at: TODAY }));

    test.each([
      // Known, of unknown cost at 4 dollars each, and what the budget of 50 says to it.
      [0, 30, 'info'],
      [10, 20, 'info'],
      [24, 5, 'warning'],
      [24, 10, 'info'],
      [30, 6, 'warning'],
      [45, 9, 'warning'],
      [50, 30, 'critical'],
    ])('%d dollars known and %d sessions of unknown cost are %s', (known, unknown, severity) => {
      const today = known === 0 ? [] : spent(known, 'triage');
      const finding = violated(only(judge(factsAfter([...habit, ...today, ...unpriced(unknown)], { now: NOW }))));
      expect(finding).toMatchObject({ value: known, severity });
    });

    test('is told beside what is known, and never as spent', () => {
      const finding = violated(
        only(judge(factsAfter([...habit, ...spent(30, 'triage'), ...unpriced(6)], { now: NOW }))),
      );
      expect(finding.reason).toBe(
        'The agents of octo/repo spent at least $30.00 of $50.00 on 2026-11-21 (60 %), of which triage $30.00; it may be $54.00, with 6 sessions of unknown cost counted at the 95th percentile of the agent.',
      );
      expect(finding.evidence.facts).toContainEqual({ label: 'Estimated on top', value: 24, unit: 'usd' });
    });
  });

  test('the evidence holds the numbers, the weightiest runs with their links, and the days before', () => {
    const events = [...Array(25).keys()].flatMap((n) =>
      worked({ id: n + 1, agent: n < 20 ? 'fixer' : 'triage', at: shifted(TODAY, -n * 60_000), usd: n + 1 }),
    );
    const { evidence } = violated(only(judge(factsAfter(events, { now: NOW }))));
    expect(evidence.runs).toHaveLength(20);
    expect(evidence.moreRuns).toBe(5);
    expect(evidence.runs[0]).toMatchObject({
      run: 25,
      agent: 'triage',
      usd: 25,
      url: `https://github.com/${REPO}/actions/runs/25`,
      note: 'completed, cost as reported',
    });
    const table = Object.fromEntries(evidence.facts.map(({ label, value }) => [label, value]));
    // 1 + 2 + … + 20 by the one and 21 + … + 25 by the other.
    expect(table).toMatchObject({
      'Spent on 2026-11-21': 325,
      'Spent by fixer': 210,
      'Spent by triage': 115,
      Sessions: 25,
    });
    expect(evidence.chart?.values).toHaveLength(21);
    expect(evidence.chart?.values.at(-1)).toBe(325);
    expect(evidence.chart?.values[0]).toBeNull();
  });

  test('a run with two sessions is one line of evidence with the cost of both', () => {
    const [run, first] = worked({ id: 1, at: TODAY, usd: 20 });
    const second = worked({ id: 1, at: TODAY, usd: 15, nth: 1 })[1];
    const { evidence } = violated(
      only(
        judge(
          factsAfter(
            [run, first, second].flatMap((event) => event ?? []),
            { now: NOW },
          ),
        ),
      ),
    );
    expect(evidence.runs).toMatchObject([{ run: 1, usd: 35, note: 'several sessions' }]);
    expect(evidence.moreRuns).toBe(0);
  });

  test('the answer does not change while nothing happens', () => {
    const later = shifted(NOW, HOUR);
    const facts = factsAfter(spent(60), { now: later });
    expect(judge(facts, [REPO_DAY], later)).toEqual(judge(facts, [REPO_DAY], NOW));
  });

  test('a budget of an agent that nobody has seen holds nothing, and its name may be a slip', () => {
    const misspelt = only(judge(factsAfter(spent(1, 'fxier'), { now: NOW }), [FIXER_DAY]));
    expect(misspelt).toMatchObject({
      outcome: 'unknown',
      reason:
        'fixer spent $0.00 of $10.00 on 2026-11-21 (0 %), but no agent of this name is known; perhaps fxier is meant.',
    });
    expect(only(judge(factsAfter([], { now: NOW }), [FIXER_DAY])).reason).toMatch(
      /but no agent of this name is known\.$/,
    );
  });

  test('a budget of an agent that is known and rests, or that is gone, is ok', () => {
    expect(only(judge(factsAfter([], { now: NOW, agents: ['fixer'] }), [FIXER_DAY])).outcome).toBe('ok');
    const gone = worked({ id: 1, at: '2026-08-01T09:00:00.000Z', usd: 1 });
    expect(only(judge(factsAfter(gone, { now: NOW }), [FIXER_DAY])).outcome).toBe('ok');
  });

  test('names the period that the answer is of, whatever the answer', () => {
    const month: Budget = { ...REPO_DAY, name: 'repo-month', period: 'month' };
    for (const facts of [factsAfter(spent(60), { now: NOW }), factsAfter([], { now: NOW }), noFacts(NOW)]) {
      expect(judge(facts, [REPO_DAY, month]).map(({ period }) => period)).toEqual(['2026-11-21', '2026-11']);
    }
  });

  test('the dearest runs of a month are shown when they are long forgotten one by one', () => {
    const month: Budget = { name: 'repo-month', period: 'month', usd: 100, warn_at: [0.5] };
    const events = [...worked({ id: 7, at: '2026-11-02T09:00:00.000Z', usd: 90 }), ...spent(2, 'fixer', 8)];
    const { evidence } = violated(only(judge(factsAfter(events, { now: NOW }), [month])));
    expect(evidence.runs).toMatchObject([
      { run: 7, usd: 90, url: `https://github.com/${REPO}/actions/runs/7` },
      { run: 8, usd: 2 },
    ]);
    expect(evidence.moreRuns).toBe(0);
  });

  test('switched off, it answers nothing', () => {
    const off: BudgetOptions = { enabled: false, budgets: DEFAULT_BUDGETS };
    expect(budgetRule.judge(factsAfter(spent(600), { now: NOW }), off, NOW)).toEqual([]);
  });
});

describe('one cause gives one story', () => {
  const explainedBy = (facts: Facts, budgets: readonly Budget[]) =>
    judge(facts, budgets).map((finding) => (finding.outcome === 'violated' ? finding.explainedBy : finding.outcome));

  test('an agent over its own budget explains the repository that is over only because of it', () => {
    const facts = factsAfter([...spent(60), ...spent(3, 'triage', 2)], { now: NOW });
    expect(explainedBy(facts, [REPO_DAY, FIXER_DAY])).toEqual(['budget/agent:fixer/budget=fixer-day/period=day', null]);
  });

  test('it does not when the repository would be over without it', () => {
    const facts = factsAfter([...spent(20), ...spent(55, 'triage', 2)], { now: NOW });
    expect(explainedBy(facts, [REPO_DAY, FIXER_DAY])).toEqual([null, null]);
  });

  test('when the repository is hit harder, it tells the story of the agent that alone spent', () => {
    const roomy: Budget = { ...FIXER_DAY, usd: 100 };
    const facts = factsAfter(spent(60), { now: NOW });
    expect(explainedBy(facts, [REPO_DAY, roomy])).toEqual([
      null,
      'budget/repository:octo/repo/budget=repo-day/period=day',
    ]);
    const both = factsAfter([...spent(60), ...spent(30, 'triage', 2)], { now: NOW });
    expect(explainedBy(both, [REPO_DAY, roomy])).toEqual([null, null]);
  });

  test('of two budgets of one agent the more severe one speaks, of two alike the tighter one', () => {
    const loose: Budget = { ...FIXER_DAY, name: 'loose', usd: 50 };
    const key = 'budget/agent:fixer/budget=fixer-day/period=day';
    expect(explainedBy(factsAfter(spent(45), { now: NOW }), [FIXER_DAY, loose])).toEqual([null, key]);
    expect(explainedBy(factsAfter(spent(60), { now: NOW }), [FIXER_DAY, loose])).toEqual([null, key]);
  });

  test('a day does not explain a month', () => {
    const month: Budget = { ...REPO_DAY, name: 'repo-month', period: 'month' };
    expect(explainedBy(factsAfter(spent(60), { now: NOW }), [month, FIXER_DAY])).toEqual([null, null]);
  });

  test('of two agents the one that spent more explains it', () => {
    const facts = factsAfter([...spent(30), ...spent(35, 'triage', 2)], { now: NOW });
    const triage: Budget = { ...FIXER_DAY, name: 'triage-day', agent: 'triage' };
    expect(explainedBy(facts, [REPO_DAY, FIXER_DAY, triage])[0]).toBe(
      'budget/agent:triage/budget=triage-day/period=day',
    );
  });
});

describe('the schema of a budget', () => {
  test('fills in the warnings and knows nothing else', () => {
    expect(budgetSchema.parse({ name: 'a', period: 'day', usd: 5 })).toEqual({
      name: 'a',
      period: 'day',
      usd: 5,
      warn_at: [0.5, 0.8],
    });
    expect(budgetRule.options.parse({})).toEqual({ enabled: true, budgets: DEFAULT_BUDGETS });
  });

  test.each([
    ['an unknown key', { name: 'a', period: 'day', usd: 5, dollars: 6 }],
    ['no limit', { name: 'a', period: 'day' }],
    ['a limit of zero', { name: 'a', period: 'day', usd: 0 }],
    ['a limit without end', { name: 'a', period: 'day', usd: Number.POSITIVE_INFINITY }],
    ['a period that is none', { name: 'a', period: 'year', usd: 5 }],
    ['a warning in percent', { name: 'a', period: 'day', usd: 5, warn_at: [80] }],
    ['a warning at the limit', { name: 'a', period: 'day', usd: 5, warn_at: [1] }],
    ['a name that leaves its key', { name: 'a/b', period: 'day', usd: 5 }],
  ])('refuses %s', (_name, value) => {
    expect(budgetSchema.safeParse(value).success).toBe(false);
  });
});
