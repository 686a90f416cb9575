import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, runStarted, sessionAbsent, sourceStatus, worked } from '../../../test/kit/happenings.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import { defaultConfig } from '../../config/parse.ts';
import type { Facts } from '../../core/facts.ts';
import { RULES } from '../../rules/registry.ts';
import type { AgentRow, BudgetRow } from '../../surfaces/view.ts';
import { agentRows, budgetRows, ruleTitles } from './view.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';
const FAILING = sourceStatus('actions-runs', TODAY, { since: TODAY });

function rowOf(facts: Facts): AgentRow | undefined {
  return agentRows(facts, NOW)[0];
}

describe('the row of an agent', () => {
  test('adds up the day, the month and 30 days', () => {
    const facts = factsAfter(
      [
        ...worked({ id: 1, at: '2026-10-22T09:00:00.000Z', usd: 100 }),
        ...worked({ id: 2, at: '2026-10-23T09:00:00.000Z', usd: 8 }),
        ...worked({ id: 3, at: '2026-11-01T00:00:00.000Z', usd: 4, outcome: 'failed' }),
        ...worked({ id: 4, at: TODAY, usd: 2 }),
        runStarted({ id: 5, at: '2026-11-21T11:00:00.000Z' }),
      ],
      { now: NOW, agents: ['fixer'] },
    );
    const row = rowOf(facts);
    // 30 days with today as the last one begin on 2026-10-23.
    expect(row).toMatchObject({ name: 'fixer', engine: 'claude', sessions: 3, failed: 1, usdToday: 2, usdMonth: 6 });
    expect(row).toMatchObject({ unpriced: 0, note: null, lastRunAt: '2026-11-21T11:00:00.000Z' });
    expect(row?.daily).toHaveLength(30);
    expect([row?.daily[0], row?.daily[1], row?.daily[9], row?.daily[29]]).toEqual([8, 0, 4, 2]);
  });

  test('shows no zero where nothing was seen and a source fails, and one where all sources read', () => {
    expect(rowOf(factsAfter([], { now: NOW, agents: ['fixer'] }))).toMatchObject({ usdToday: 0, usdMonth: 0 });
    const blind = factsAfter([], { now: NOW, agents: ['fixer'], sources: [FAILING] });
    expect(rowOf(blind)).toMatchObject({ usdToday: null, usdMonth: null, lastRunAt: null });
  });

  test('shows no amount for sessions of unknown cost, and says so', () => {
    const facts = factsAfter([sessionAbsent({ run: 1, at: TODAY })], { now: NOW });
    expect(rowOf(facts)).toMatchObject({ usdToday: null, usdMonth: null, unpriced: 1, note: 'no telemetry' });
  });
});

describe('the row of a budget', () => {
  const rows = (facts: Facts, usd: number): readonly BudgetRow[] => {
    const budgets = [
      { name: 'all', period: 'day' as const, usd, warn_at: [0.5, 0.8] },
      { name: 'one', period: 'month' as const, usd, agent: 'fixer', warn_at: [] },
      { name: 'nobody', period: 'day' as const, usd, agent: 'gone', warn_at: [] },
    ];
    return budgetRows(facts, [], { ...defaultConfig(), budgets }, NOW);
  };
  const facts = factsAfter(
    [...worked({ id: 1, at: TODAY, usd: 8 }), ...worked({ id: 2, agent: 'triage', at: TODAY, usd: 1 })],
    { now: NOW },
  );

  test('holds what its agent, or all of them, spent in its period', () => {
    expect(rows(facts, 10)).toMatchObject([
      {
        name: 'all',
        scope: 'repository',
        period: 'day',
        spent: 9,
        limit: 10,
        stage: 'warn',
        unknownSessions: 0,
        raise: null,
      },
      { name: 'one', scope: 'fixer', period: 'month', spent: 8, limit: 10, stage: 'ok', unknownSessions: 0 },
      { name: 'nobody', scope: 'gone', period: 'day', spent: null, limit: 10, stage: 'ok', unknownSessions: 0 },
    ]);
  });

  // 9 of it are spent: the last share of warn_at is 80 %.
  test.each([
    [20, 'ok'],
    [11.25, 'warn'],
    [9.01, 'warn'],
    [9, 'breach'],
  ])('of $%d is %s', (usd, stage) => {
    expect(rows(facts, usd)[0]?.stage).toBe(stage);
  });

  test('shows no amount where nothing could be read', () => {
    expect(rows(noFacts(NOW), 10)[0]).toMatchObject({ spent: null });
  });
});

test('every rule has a heading', () => {
  expect(Object.keys(ruleTitles())).toEqual([...BUDGET_RULES, ...RULES].map(({ name }) => name));
  expect(Object.values(ruleTitles()).every((title) => title.length > 5)).toBe(true);
});
