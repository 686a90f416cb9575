import { describe, expect, test } from 'vitest';
import {
  drillRan,
  factsAfter,
  noFacts,
  runStarted,
  sessionAbsent,
  sourceStatus,
  worked,
} from '../../test/kit/happenings.ts';
import { MINUTE } from '../core/time.ts';
import { CATALOGUE } from './catalogue.ts';
import { measure } from './current.ts';
import { isRolledUp } from './row.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';
const EARLIER = '2026-11-03T09:30:00.000Z';

describe('the metrics of the moment', () => {
  test('give the day on top, the month below, and each agent', () => {
    const facts = factsAfter(
      [
        ...worked({ id: 1, at: EARLIER, usd: 10 }),
        ...worked({ id: 2, at: TODAY, usd: 2, outcome: 'failed', duration: 4 * MINUTE }),
        ...worked({ id: 3, agent: 'triage', at: TODAY, usd: 1, duration: 2 * MINUTE }),
        runStarted({ id: 4, agent: 'triage', at: TODAY }),
      ],
      { now: NOW },
    );
    const metrics = measure(facts, NOW);
    expect(metrics.period).toEqual({ day: '2026-11-21', month: '2026-11' });
    expect(metrics).toMatchObject({
      sessions: {
        total: 2,
        active: 1,
        completed: 1,
        failed: 1,
        failureRate: 0.5,
        averageDuration: 3 * MINUTE,
        tokenUsage: { total: 2_400, cacheWrite: 100, cost: 3, unknownCost: 0 },
      },
      runs: { started: 3, completed: 2, failed: 0 },
      month: { sessions: { total: 3, tokenUsage: { cost: 13 } } },
      agents: {
        fixer: {
          sessions: { total: 1, active: 0, tokenUsage: { cost: 2 } },
          month: { sessions: { tokenUsage: { cost: 12 } } },
        },
        triage: { sessions: { failureRate: 0, tokenUsage: { cost: 1 } } },
      },
    });
  });

  test('nothing seen by sources that read well is zero, of which there is no rate', () => {
    const { sessions } = measure(factsAfter([], { now: NOW }), NOW);
    expect(sessions).toMatchObject({
      total: 0,
      active: 0,
      failureRate: null,
      averageDuration: null,
      tokenUsage: { cost: 0 },
    });
  });

  test.each([
    ['no source was ever read', noFacts(NOW)],
    ['a source fails', factsAfter([], { now: NOW, sources: [sourceStatus('artifacts', TODAY, { since: TODAY })] })],
  ])('when %s, nothing seen is not known', (_name, facts) => {
    const { sessions, runs } = measure(facts, NOW);
    expect(sessions).toMatchObject({
      total: null,
      active: null,
      completed: null,
      tokenUsage: { cost: null, unknownCost: null },
    });
    expect(runs).toMatchObject({ started: null });
  });

  test('sessions of unknown cost leave a lower bound, and say so; alone they leave nothing', () => {
    const absent = sessionAbsent({ run: 9, at: TODAY });
    const some = measure(factsAfter([...worked({ id: 1, at: TODAY, usd: 2 }), absent], { now: NOW }), NOW);
    expect(some).toMatchObject({ sessions: { total: 2, tokenUsage: { cost: 2, unknownCost: 1 } } });
    const none = measure(factsAfter([absent], { now: NOW }), NOW);
    expect(none).toMatchObject({ sessions: { total: 1, tokenUsage: { cost: null, unknownCost: 1 } } });
  });

  test('an agent may be called like a part of every object', () => {
    const metrics = measure(factsAfter(worked({ id: 1, agent: '__proto__', at: TODAY, usd: 2 }), { now: NOW }), NOW);
    expect(Object.keys(metrics.agents)).toEqual(['__proto__']);
  });
});

describe('the metrics of drills', () => {
  test('are those of the last live drill, also when it was held long ago, and of no agent', () => {
    const drills = [
      drillRan({ at: '2026-08-01T09:00:00.000Z', timeToStop: 1_000 }),
      drillRan({ at: '2026-09-01T09:00:00.000Z', timeToDetect: 5_000, timeToStop: 7_000, timeToRecover: null }),
      drillRan({ at: EARLIER, mode: 'dry', timeToStop: null }),
    ];
    const metrics = measure(factsAfter([...drills, ...worked({ id: 1, at: TODAY, usd: 1 })], { now: NOW }), NOW);
    expect(metrics['drill']).toEqual({ timeToDetect: 5_000, timeToStop: 7_000, timeToRecover: null });
    expect(metrics.agents['fixer']).not.toHaveProperty('drill');
  });

  test('are not known before the first', () => {
    const nothing = { timeToDetect: null, timeToStop: null, timeToRecover: null };
    expect(measure(factsAfter([], { now: NOW }), NOW)['drill']).toEqual(nothing);
  });
});

describe('the catalogue', () => {
  test('names each metric once, and every sum and mean has a series', () => {
    const names = CATALOGUE.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const series = CATALOGUE.filter(({ reduction }) => reduction === 'sum' || reduction === 'mean');
    expect(series.length).toBeGreaterThan(15);
    expect(series.filter(({ name }) => !isRolledUp(name))).toEqual([]);
  });

  test('holds the session metrics that rule conditions are written with', () => {
    const names = CATALOGUE.map(({ name }) => name);
    const promised = ['total', 'active', 'completed', 'failed', 'failureRate', 'averageDuration'];
    const tokens = ['input', 'output', 'cacheRead', 'cacheWrite', 'total', 'cost'];
    expect(names).toEqual(
      expect.arrayContaining(
        [...promised, ...tokens.map((kind) => `tokenUsage.${kind}`)].map((name) => `sessions.${name}`),
      ),
    );
  });
});
