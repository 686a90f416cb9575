import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryEvents, frozen } from '../../test/kit/arbitrary-events.ts';
import { runCompleted, runStarted, sessionAbsent, sessionRecorded, watchRan } from '../../test/kit/happenings.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { type Rollups, rollupFold } from './rollup.ts';
import { type Row, readRow } from './row.ts';

const AT = '2026-11-21T09:30:00.000Z';
const DAY = '2026-11-21';

function rollup(...events: LedgerEvent[]): Rollups {
  return rollupFold.apply(rollupFold.initial, events);
}

function dayRow(rollups: Rollups, agent = 'fixer', day = DAY): Row {
  return rollups.days[`agent:${agent}`]?.[day] ?? { n: {}, v: {} };
}

function sumOf(rollups: Rollups, metric: string, agent = 'fixer'): number | undefined {
  return readRow(metric, dayRow(rollups, agent))?.sum;
}

describe('rollups', () => {
  test('do not depend on how the events are cut into batches, and never write to what they are given', () => {
    fc.assert(
      fc.property(arbitraryEvents, fc.nat(40), (events, cut) => {
        const whole = rollupFold.apply(frozen(structuredClone(rollupFold.initial)), frozen(events));
        const first = frozen(rollupFold.apply(rollupFold.initial, events.slice(0, cut)));
        expect(canonicalJson(rollupFold.apply(first, events.slice(cut)))).toBe(canonicalJson(whole));
      }),
      { numRuns: 500 },
    );
  });

  test('survive being written down and read again', () => {
    fc.assert(
      fc.property(arbitraryEvents, (events) => {
        const state = rollupFold.apply(rollupFold.initial, events);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  test('nothing to count changes nothing at all', () => {
    const state = rollup(sessionRecorded({ run: 1, at: AT }));
    expect(rollupFold.apply(state, [watchRan(AT)])).toBe(state);
    expect(rollupFold.apply(state, [])).toBe(state);
  });

  test('a session stands in its hour and in its day, with each kind of token', () => {
    const state = rollup(sessionRecorded({ run: 1, at: AT, usd: 2.5 }), sessionRecorded({ run: 2, at: AT, usd: 0.5 }));
    expect(Object.keys(state.hours['agent:fixer'] ?? {})).toEqual(['2026-11-21T09']);
    expect(readRow('sessions.tokenUsage.cost', dayRow(state))).toEqual({
      count: 2,
      sum: 3,
      min: 0.5,
      max: 2.5,
      unknown: 0,
    });
    // 100 input, 50 output, 1,000 read, 20 + 30 written, 1,200 in all, in each of the two.
    expect(
      ['input', 'output', 'cacheRead', 'cacheWrite', 'total'].map((kind) =>
        sumOf(state, `sessions.tokenUsage.${kind}`),
      ),
    ).toEqual([200, 100, 2_000, 100, 2_400]);
    expect(sumOf(state, 'sessions.total')).toBe(2);
  });

  test('a start and an end of one attempt are one start, in whatever order they come', () => {
    const start = runStarted({ id: 1, at: AT });
    const end = runCompleted({ id: 1, at: AT, conclusion: 'failure' });
    for (const events of [[start, end], [end, start], [end]]) {
      const state = rollup(...events);
      expect([sumOf(state, 'runs.started'), sumOf(state, 'runs.completed'), sumOf(state, 'runs.failed')]).toEqual([
        1, 1, 1,
      ]);
    }
  });

  test('another attempt of a run is another start', () => {
    expect(
      sumOf(rollup(runStarted({ id: 1, at: AT }), runStarted({ id: 1, attempt: 2, at: AT })), 'runs.started'),
    ).toBe(2);
  });

  test('a run without a record counts as a session of unknown cost, a skipped one as none', () => {
    const state = rollup(
      sessionAbsent({ run: 1, at: AT, outcome: 'failed' }),
      sessionAbsent({ run: 2, at: AT, reason: 'skipped' }),
    );
    expect(sumOf(state, 'sessions.total')).toBe(1);
    expect(sumOf(state, 'sessions.failed')).toBe(1);
    expect(readRow('sessions.tokenUsage.cost', dayRow(state))).toMatchObject({ count: 0, sum: 0, unknown: 1 });
  });

  test('a record that turns up later takes the place of the absence', () => {
    const late = rollup(
      sessionAbsent({ run: 1, at: AT, outcome: 'failed' }),
      sessionRecorded({ run: 1, at: AT, usd: 4 }),
    );
    const prompt = rollup(sessionRecorded({ run: 1, at: AT, usd: 4 }));
    expect(late.days).toEqual(prompt.days);
    expect(late.hours).toEqual(prompt.hours);
  });

  test('an absence that is told after the record changes nothing', () => {
    const state = rollup(sessionRecorded({ run: 1, at: AT, usd: 4 }), sessionAbsent({ run: 1, at: AT }));
    expect(sumOf(state, 'sessions.total')).toBe(1);
  });

  test('two sessions of one run both count', () => {
    const state = rollup(
      sessionRecorded({ run: 1, at: AT, usd: 4 }),
      sessionRecorded({ run: 1, nth: 1, at: AT, usd: 1 }),
    );
    expect(sumOf(state, 'sessions.tokenUsage.cost')).toBe(5);
  });

  test('a session of no agent is in no agent, and still remembered', () => {
    const state = rollup(sessionRecorded({ run: null, agent: null, at: AT, usd: 4 }));
    expect(Object.keys(state.days)).toEqual(['unbound']);
  });

  test('an agent that is called like a part of every object is an agent like any other', () => {
    expect(
      sumOf(
        rollup(sessionRecorded({ run: 1, agent: '__proto__', at: AT, usd: 4 })),
        'sessions.tokenUsage.cost',
        '__proto__',
      ),
    ).toBe(4);
  });

  test.each([
    ['a start before its run, which would move its cost to another day', '2026-11-20T23:00:00.000Z', DAY],
    ['a start after it was read', '2026-11-22T23:00:00.000Z', DAY],
    ['no start', null, DAY],
  ])('a session with %s is filed under its run', (_name, startedAt, day) => {
    const state = rollup(sessionRecorded({ run: 1, at: AT, startedAt }));
    expect(Object.keys(state.days['agent:fixer'] ?? {})).toEqual([day]);
  });

  test('a session that began after midnight in a run that began before counts for its own day', () => {
    const at = '2026-11-20T23:58:00.000Z';
    const state = rollup(sessionRecorded({ run: 1, at, startedAt: '2026-11-21T00:01:00.000Z' }));
    expect(Object.keys(state.days['agent:fixer'] ?? {})).toEqual([DAY]);
  });

  test.each([-5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a cost of %d is not known: it cannot make room in a budget',
    (usd) => {
      const state = rollup(sessionRecorded({ run: 1, at: AT, usd: 3 }), sessionRecorded({ run: 2, at: AT, usd }));
      expect(readRow('sessions.tokenUsage.cost', dayRow(state))).toMatchObject({ count: 1, sum: 3, unknown: 1 });
    },
  );

  test('what a flat plan covers costs no money', () => {
    const state = rollup(sessionRecorded({ run: 1, at: AT, cost: { usd: 7, basis: 'quota' } }));
    expect(readRow('sessions.tokenUsage.cost', dayRow(state))).toMatchObject({ count: 1, sum: 0, unknown: 0 });
  });

  test('a half-known cache write is not known', () => {
    const state = rollup(sessionRecorded({ run: 1, at: AT, tokens: { cacheWrite1h: null } }));
    expect(readRow('sessions.tokenUsage.cacheWrite', dayRow(state))).toMatchObject({ count: 0, unknown: 1 });
  });

  test('failed counts what failed or timed out; a limit, a person and an unknown end are no failures', () => {
    const ends = ['completed', 'failed', 'timed_out', 'stopped_by_limit', 'cancelled', 'unknown'] as const;
    const state = rollup(...ends.map((outcome, run) => sessionRecorded({ run, at: AT, outcome })));
    // Five known ends, two of them failures.
    expect(readRow('sessions.failureRate', dayRow(state))).toEqual({ count: 5, sum: 2, min: 0, max: 1, unknown: 1 });
  });

  test('a session that was cut off counts as estimated', () => {
    const state = rollup(
      sessionRecorded({ run: 1, at: AT, certainty: 'lower_bound' }),
      sessionRecorded({ run: 2, at: AT }),
    );
    expect(sumOf(state, 'sessions.estimated')).toBe(1);
  });

  test('hours are kept for 14 days and days for 400, counted from the newest event', () => {
    const old = [
      sessionRecorded({ run: 1, at: '2026-11-01T00:00:00.000Z' }),
      sessionRecorded({ run: 2, at: '2025-10-01T00:00:00.000Z' }),
    ];
    const state = rollup(...old, sessionRecorded({ run: 3, at: AT }));
    expect(Object.keys(state.hours['agent:fixer'] ?? {})).toEqual(['2026-11-21T09']);
    expect(Object.keys(state.days['agent:fixer'] ?? {}).sort()).toEqual(['2026-11-01', DAY]);
  });

  test('one clock that runs ahead does not make the rest look old', () => {
    const year3000 = '3000-01-01T00:00:00.000Z';
    const state = rollup(sessionRecorded({ run: 1, at: AT }), runCompleted({ id: 2, at: AT, seen: year3000 }));
    expect(sumOf(state, 'sessions.total')).toBe(1);
  });

  test('a metric that is not kept is an error and not an empty series', () => {
    expect(() => readRow('sessions.totl', { n: {}, v: {} })).toThrow(/no series of the metric 'sessions.totl'/);
    expect(() => readRow('constructor', { n: {}, v: {} })).toThrow(RangeError);
  });
});
