import { describe, expect, test } from 'vitest';
import { factsAfter, REPO, sessionRecorded, violationFound } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import { UNKNOWN_DETAIL } from '../core/session.ts';
import { DAY, HOUR, after as later } from '../core/time.ts';
import { type Measured, measure } from './current.ts';
import { violationsFold } from './violations.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const ago = (hours: number): string => later(NOW, -hours * HOUR);

const FOUND: readonly LedgerEvent[] = [
  violationFound({ run: 1, at: ago(1) }),
  violationFound({ run: 1, at: ago(1), kind: 'scope' }),
  violationFound({ run: 2, at: ago(2), kind: 'resource' }),
  violationFound({ run: 3, at: ago(3), kind: 'timeout', agent: 'other' }),
  violationFound({ run: 4, at: ago(60), kind: 'timeout' }),
];

function measured(events: readonly LedgerEvent[]): Measured {
  return measure(factsAfter(events, { now: NOW, agents: ['fixer'] }), NOW);
}

describe('the metrics of violations', () => {
  test('count them by kind, for the repository, the month and each agent', () => {
    const metrics = measured(FOUND);
    expect(metrics['violations']).toEqual({
      readOnlyViolations: 1,
      scopeViolations: 1,
      resourceLimitViolations: 1,
      timeoutViolations: 1,
      tamperingViolations: 0,
      total: 4,
    });
    expect(metrics.month['violations']).toMatchObject({ timeoutViolations: 2, total: 5 });
    expect(metrics.agents['fixer']).toMatchObject({ violations: { total: 3, timeoutViolations: 0 } });
  });

  test('none is zero where every source reads, and null where one does not', () => {
    expect(measured([])['violations']).toMatchObject({ total: 0 });
    const blind = factsAfter([], { now: NOW, sources: [] });
    expect(measure(blind, NOW)['violations']).toMatchObject({ total: null, scopeViolations: null });
  });
});

describe('the fold of violations', () => {
  test('counts an event once, forgets after 14 days and keeps 500', () => {
    const twice = violationsFold.apply(violationsFold.apply(violationsFold.initial, FOUND), FOUND);
    expect(twice.violations).toHaveLength(5);
    expect(twice.violations.map(({ at }) => at)).toEqual([...twice.violations.map(({ at }) => at)].sort());
    const fresh = violationsFold.apply(twice, [violationFound({ run: 9, at: later(NOW, 14 * DAY) })]);
    expect(fresh.violations.map(({ run }) => run)).toEqual([9]);
    const many = Array.from({ length: 600 }, (_, n) => violationFound({ run: n + 1, at: ago(n / 100) }));
    expect(violationsFold.apply(violationsFold.initial, many).violations).toHaveLength(500);
  });

  test('the order of batches does not matter', () => {
    const one = violationsFold.apply(violationsFold.initial, FOUND);
    const apart = [...FOUND]
      .reverse()
      .reduce((state, event) => violationsFold.apply(state, [event]), violationsFold.initial);
    expect(apart).toEqual(one);
  });

  test('other events change nothing', () => {
    expect(violationsFold.apply(violationsFold.initial, [sessionRecorded({ run: 1, at: NOW })])).toBe(
      violationsFold.initial,
    );
  });
});

describe('the metrics of tools and of the API', () => {
  test('sum what is known, and stay unknown where no record tells', () => {
    const use = { server: null, tool: 'Bash', calls: 5, errors: 2, latency: null };
    const told = sessionRecorded({
      run: 1,
      at: ago(1),
      more: { tools: [use], denials: 3, detail: { ...UNKNOWN_DETAIL, apiDuration: 4_000 } },
    });
    const silent = sessionRecorded({
      run: 2,
      at: ago(2),
      more: {
        denials: null,
        state: { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'unknown', latency: 'unknown' },
      },
    });
    expect(measured([told, silent])['sessions']).toMatchObject({
      toolCalls: 5,
      toolErrors: 2,
      denials: 3,
      averageApiDuration: 4_000,
    });
    expect(measured([silent])['sessions']).toMatchObject({
      toolCalls: null,
      toolErrors: null,
      denials: null,
      averageApiDuration: null,
    });
  });

  test('a session that was cut off counts as estimated, whatever is known of its cost', () => {
    const cut = sessionRecorded({
      run: 1,
      at: ago(1),
      usd: null,
      more: { detail: { ...UNKNOWN_DETAIL, cutOff: true } },
    });
    const facts = factsAfter([cut, sessionRecorded({ run: 2, at: ago(1) })], { now: NOW });
    expect(measure(facts, NOW)['sessions']).toMatchObject({ total: 2, estimated: 1 });
    expect(facts.sessions.map(({ cutOff }) => cutOff)).toEqual([true, undefined]);
    expect(facts.repo).toBe(REPO);
  });
});
