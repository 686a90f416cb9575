import { describe, expect, test } from 'vitest';
import { factsAfter, OUTAGE, REPO, runCompleted, sessionRecorded, worked } from '../../test/kit/happenings.ts';
import type { SourceStatus } from '../core/facts.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { DAY, after as shifted } from '../core/time.ts';

const AT = '2026-11-21T09:30:00.000Z';
const NOW = '2026-11-21T12:00:00.000Z';
const days = (ago: number) => shifted(NOW, -ago * DAY);
const COST = 'sessions.tokenUsage.cost';

describe('facts', () => {
  const facts = factsAfter(
    [
      ...worked({ id: 2, at: AT, usd: 2 }),
      ...worked({ id: 1, at: '2026-11-19T09:30:00.000Z', usd: 1 }),
      ...worked({ id: 3, agent: 'triage', at: AT, usd: 4 }),
      sessionRecorded({ run: null, agent: null, at: AT, usd: 8 }),
    ],
    { now: NOW },
  );

  test('a series has a point for each day, also for those without anything', () => {
    const series = facts.series(COST, agentSubject('fixer'), 'day', '2026-11-18T23:00:00.000Z', NOW);
    expect(series.points.map(({ at, aggregate }) => [at.slice(0, 10), aggregate?.sum ?? null])).toEqual([
      ['2026-11-18', null],
      ['2026-11-19', 1],
      ['2026-11-20', null],
      ['2026-11-21', 2],
    ]);
  });

  test('a series by the hour ends with the hour that holds the end', () => {
    const series = facts.series(
      COST,
      agentSubject('fixer'),
      'hour',
      '2026-11-21T08:59:00.000Z',
      '2026-11-21T10:00:00.000Z',
    );
    expect(series.points.map(({ at, aggregate }) => [at.slice(11, 13), aggregate?.sum ?? null])).toEqual([
      ['08', null],
      ['09', 2],
    ]);
  });

  test('the repository is the sum of its agents and of what belongs to none', () => {
    const series = facts.series(COST, repositorySubject(REPO), 'day', NOW, NOW.replace('12:', '13:'));
    expect(series.points.map(({ aggregate }) => aggregate)).toEqual([
      { count: 3, sum: 14, min: 2, max: 8, unknown: 0 },
    ]);
  });

  test('the least and the greatest value are right where one part of the sum knows no value', () => {
    const mixed = factsAfter(
      [...worked({ id: 1, at: AT, usd: 5 }), ...worked({ id: 2, agent: 'triage', at: AT, usd: null })],
      { now: NOW },
    );
    const [point] = mixed.series(COST, repositorySubject(REPO), 'day', AT, NOW).points;
    expect(point?.aggregate).toEqual({ count: 1, sum: 5, min: 5, max: 5, unknown: 1 });
  });

  test('other subjects have no series of sessions', () => {
    const { points } = facts.series(COST, { kind: 'source', name: 'fixer' }, 'day', AT, NOW);
    expect(points).toEqual([{ at: '2026-11-21T00:00:00.000Z', aggregate: null }]);
  });

  test('a misspelt metric is an error even where nothing happened', () => {
    expect(() => factsAfter([], { now: NOW }).series('sessions.cost', agentSubject('x'), 'day', AT, NOW)).toThrow(
      RangeError,
    );
  });

  test('runs and sessions come oldest first, and not from the future', () => {
    expect(facts.runs.map(({ run }) => run)).toEqual([1, 2, 3]);
    const earlier = factsAfter([runCompleted({ id: 1, at: AT }), runCompleted({ id: 2, at: NOW })], { now: AT });
    expect(earlier.runs.map(({ run }) => run)).toEqual([1]);
  });

  test.each<[string, Partial<SourceStatus>, boolean]>([
    ['that reads well', { lastReadAt: NOW, lastAttemptAt: NOW }, true],
    ['that fails and is asked every time', { lastReadAt: days(30), lastAttemptAt: NOW, failure: OUTAGE }, true],
    ['that was asked three days ago', { lastAttemptAt: days(3), failure: OUTAGE }, true],
    ['that failed four days ago and is asked no more', { lastAttemptAt: days(4), failure: OUTAGE }, false],
    ['that was read four days ago and is asked no more', { lastReadAt: days(4), lastAttemptAt: days(4) }, false],
    ['of an old ledger that was read four days ago', { lastReadAt: days(4) }, false],
    ['of an old ledger that fails: when it was asked is not known', { lastReadAt: days(4), failure: OUTAGE }, true],
    ['that is new and was never asked', {}, true],
  ])('a source %s: whether it is one of those that can blind us', (_name, status, isUsed) => {
    const source = { source: 's', lastReadAt: null, failure: null, failingSince: null, ...status };
    expect(factsAfter([], { now: NOW, sources: [source] }).sources).toEqual(isUsed ? [source] : []);
  });
});
