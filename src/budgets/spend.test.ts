import { describe, expect, test } from 'vitest';
import { factsAfter, REPO, runCompleted, runStarted, sessionAbsent, worked } from '../../test/kit/happenings.ts';
import { repositorySubject } from '../core/subject.ts';
import { windowOf } from '../metrics/period.ts';
import { usualDay, type Whose } from './daily.ts';
import { dailySpend, spendingIn } from './spend.ts';
import { NOTHING_SPENT } from './spend-page.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';
const DAY = windowOf('day', NOW);
const FIXER: Whose = { scope: { kind: 'agent', name: 'fixer' }, unit: 'usd', name: 'fixer', zone: 'UTC' };
const ALL: Whose = { scope: { kind: 'repository' }, unit: 'usd', name: '', zone: 'UTC' };

describe('spend', () => {
  test('counts the window only, for each agent and for all', () => {
    const facts = factsAfter(
      [
        ...worked({ id: 1, at: '2026-11-20T23:59:00.000Z', usd: 100 }),
        ...worked({ id: 2, at: '2026-11-21T00:00:00.000Z', usd: 2 }),
        ...worked({ id: 3, agent: 'triage', at: TODAY, usd: 1 }),
      ],
      { now: NOW },
    );
    const { repository, agents } = spendingIn(facts, DAY, NOW);
    expect(repository).toMatchObject({ known: 3, total: 3, sessions: 2, guessed: 0, uncounted: 0 });
    expect([...agents].map(([name, { total }]) => [name, total])).toEqual([
      ['fixer', 2],
      ['triage', 1],
    ]);
    expect(spendingIn(facts, windowOf('month', NOW), NOW).repository.total).toBe(103);
  });

  test('a session of unknown cost is guessed at the 95th percentile of those of 30 days', () => {
    const known = [3, 4, 5, 6, 100].flatMap((usd, n) => worked({ id: n + 1, at: `2026-11-1${n}T09:00:00.000Z`, usd }));
    const old = worked({ id: 9, at: '2026-09-01T09:00:00.000Z', usd: 1_000 });
    const facts = factsAfter([...known, ...old, sessionAbsent({ run: 10, at: TODAY })], { now: NOW });
    // Hyndman and Fan's definition 7: place (5 - 1) * 0.95 = 3.8, so 6 + 0.8 * (100 - 6); the 1,000 is more than 30 days ago.
    expect(spendingIn(facts, DAY, NOW).repository).toEqual({
      ...NOTHING_SPENT,
      estimated: expect.closeTo(81.2, 9),
      total: expect.closeTo(81.2, 9),
      sessions: 1,
      guessed: 1,
    });
  });

  test('four sessions of known cost tell nothing about the next one', () => {
    const known = [3, 4, 5, 6].flatMap((usd, n) => worked({ id: n + 1, at: `2026-11-1${n}T09:00:00.000Z`, usd }));
    const facts = factsAfter([...known, sessionAbsent({ run: 10, at: TODAY })], { now: NOW });
    expect(spendingIn(facts, DAY, NOW).repository).toMatchObject({ estimated: 0, guessed: 0, uncounted: 1 });
  });

  test('a session of unknown cost of an agent without a known one is in no sum, and counted as such', () => {
    const facts = factsAfter(
      [...worked({ id: 1, agent: 'triage', at: TODAY, usd: 2 }), sessionAbsent({ run: 4, at: TODAY })],
      {
        now: NOW,
      },
    );
    expect(spendingIn(facts, DAY, NOW).repository).toMatchObject({ total: 2, sessions: 2, guessed: 0, uncounted: 1 });
  });

  test('an ended run whose record is awaited counts as a session of unknown cost; a skipped or running one does not', () => {
    const facts = factsAfter(
      [
        ...worked({ id: 1, at: TODAY, usd: 2 }),
        runCompleted({ id: 2, at: TODAY }),
        runCompleted({ id: 3, at: TODAY, conclusion: 'skipped' }),
        runStarted({ id: 4, at: TODAY }),
      ],
      { now: NOW },
    );
    expect(spendingIn(facts, DAY, NOW).repository).toMatchObject({ known: 2, sessions: 2, uncounted: 1 });
  });

  test('what an agent spent that is gone, or none at all, is in the sum of the repository', () => {
    const old = '2026-11-10T09:00:00.000Z';
    const facts = factsAfter(
      [...worked({ id: 1, agent: 'gone', at: old, usd: 5 }), ...worked({ id: 2, at: TODAY, usd: 2 })],
      {
        now: NOW,
      },
    );
    const { repository, agents } = spendingIn(facts, windowOf('month', NOW), NOW);
    expect([...agents.keys()]).toEqual(['fixer']);
    expect(repository).toMatchObject({ total: 7, sessions: 2 });
  });

  test('nothing at all is nothing', () => {
    const { repository, agents } = spendingIn(factsAfter([], { now: NOW }), DAY, NOW);
    expect(repository).toEqual(NOTHING_SPENT);
    expect(agents.size).toBe(0);
  });
});

describe('usual days', () => {
  const days = (spends: readonly number[]) =>
    spends.flatMap((usd, ago) =>
      worked({ id: ago + 1, at: `2026-11-${String(20 - ago).padStart(2, '0')}T09:00:00.000Z`, usd }),
    );

  test('the usual day is the median of the last complete days: today and one wild day do not move it', () => {
    const facts = factsAfter([...days([4, 100, 5, 6, 5]), ...worked({ id: 99, at: TODAY, usd: 80 })], { now: NOW });
    // Of 4, 5, 5, 6, 100.
    expect(usualDay(facts, FIXER, NOW)).toBe(5);
  });

  test('a quiet day after the first one counts as zero, days before the first do not count', () => {
    const facts = factsAfter([...worked({ id: 1, at: '2026-11-17T09:00:00.000Z', usd: 4 })], { now: NOW });
    expect(usualDay(facts, ALL, NOW)).toBe(0);
    expect(dailySpend(facts, repositorySubject(REPO), '2026-11-15T00:00:00.000Z', DAY.from)).toEqual([
      { day: '2026-11-15', usd: null },
      { day: '2026-11-16', usd: null },
      { day: '2026-11-17', usd: 4 },
      { day: '2026-11-18', usd: 0 },
      { day: '2026-11-19', usd: 0 },
      { day: '2026-11-20', usd: 0 },
    ]);
  });

  test('two days are no habit', () => {
    expect(usualDay(factsAfter(days([4, 5]), { now: NOW }), FIXER, NOW)).toBeNull();
  });

  test('a day of which no cost is known is no day of zero', () => {
    const events = [...days([4, 5]), sessionAbsent({ run: 50, at: '2026-11-18T09:00:00.000Z' })];
    expect(usualDay(factsAfter(events, { now: NOW }), FIXER, NOW)).toBeNull();
  });
});
