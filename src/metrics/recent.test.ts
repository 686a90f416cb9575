import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryEvents, frozen } from '../../test/kit/arbitrary-events.ts';
import { runCompleted, runStarted, sessionAbsent, sessionRecorded, watchRan } from '../../test/kit/happenings.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { DAY, HOUR, MINUTE, after as shifted } from '../core/time.ts';
import { type RecentState, recentFold } from './recent.ts';

const AT = '2026-11-21T09:30:00.000Z';

function recent(...events: LedgerEvent[]): RecentState {
  return recentFold.apply(recentFold.initial, events);
}

/** Something that happens later, so that what was before grows old. */
function later(days: number): LedgerEvent {
  return runCompleted({ id: 999, at: shifted(AT, days * DAY) });
}

describe('recent marks', () => {
  test('do not depend on how the events are cut into batches, and never write to what they are given', () => {
    fc.assert(
      fc.property(arbitraryEvents, fc.nat(40), (events, cut) => {
        const whole = recentFold.apply(frozen(structuredClone(recentFold.initial)), frozen(events));
        const first = frozen(recentFold.apply(recentFold.initial, events.slice(0, cut)));
        expect(canonicalJson(recentFold.apply(first, events.slice(cut)))).toBe(canonicalJson(whole));
      }),
      { numRuns: 500 },
    );
  });

  test('a start and an end of one attempt are one mark, and a late word of the start does not open it again', () => {
    const start = runStarted({ id: 1, at: AT });
    const end = runCompleted({ id: 1, at: AT, conclusion: 'failure' });
    for (const events of [
      [start, end],
      [end, start],
    ]) {
      const marks = Object.values(recent(...events).runs);
      expect(marks).toMatchObject([
        { run: 1, attempt: 1, status: 'completed', conclusion: 'failure', telemetry: 'awaited' },
      ]);
    }
  });

  test('the telemetry of a run is awaited, then recorded or missing for a reason', () => {
    const end = runCompleted({ id: 1, at: AT });
    const absent = sessionAbsent({ run: 1, at: AT, reason: 'expired' });
    const record = sessionRecorded({ run: 1, at: AT });
    const telemetry = (...events: LedgerEvent[]) => recent(...events).runs['1.1']?.telemetry;
    expect(telemetry(end)).toBe('awaited');
    expect(telemetry(end, absent)).toBe('expired');
    expect(telemetry(end, absent, record)).toBe('recorded');
    expect(telemetry(end, record, absent)).toBe('recorded');
  });

  test('a run without a record stands among the sessions with nothing known, until the record turns up', () => {
    const end = runCompleted({ id: 1, at: AT });
    const absent = sessionAbsent({ run: 1, at: AT, outcome: 'failed' });
    expect(Object.values(recent(end, absent).sessions)).toMatchObject([
      { run: 1, outcome: 'failed', cost: { usd: null, basis: 'unknown' }, tokens: null, duration: null },
    ]);
    const record = sessionRecorded({ run: 1, at: AT, usd: 3 });
    expect(Object.values(recent(end, absent, record).sessions)).toMatchObject([{ cost: { usd: 3 } }]);
  });

  test('a skipped run is no session', () => {
    const state = recent(runCompleted({ id: 1, at: AT }), sessionAbsent({ run: 1, at: AT, reason: 'skipped' }));
    expect(state.sessions).toEqual({});
    expect(state.runs['1.1']?.telemetry).toBe('skipped');
  });

  test.each([
    ['a settled run', [runCompleted({ id: 1, at: AT }), sessionRecorded({ run: 1, at: AT })], 3, 4],
    ['a run that has not ended', [runStarted({ id: 1, at: AT })], 35, 36],
    ['a run whose record is awaited', [runCompleted({ id: 1, at: AT })], 95, 96],
  ])('%s is kept for its time and no longer', (_name, events, kept, gone) => {
    expect(recent(...events, later(kept)).runs).toHaveProperty(['1.1']);
    expect(recent(...events, later(gone)).runs).not.toHaveProperty(['1.1']);
  });

  test('sessions are kept for 72 hours', () => {
    const session = sessionRecorded({ run: 1, at: AT });
    expect(Object.keys(recent(session, later(3)).sessions)).toHaveLength(1);
    expect(Object.keys(recent(session, runCompleted({ id: 2, at: shifted(AT, 73 * HOUR) })).sessions)).toHaveLength(0);
  });

  test('the last hundred runs of Checkrein itself are kept, in order', () => {
    const ticks = [...Array(120).keys()].map((n) => watchRan(shifted(AT, n * MINUTE)));
    const state = recent(...ticks.reverse());
    expect(state.ticks).toHaveLength(100);
    expect(state.ticks[0]?.at).toBe(shifted(AT, 20 * MINUTE));
    expect(state.ticks.at(-1)?.at).toBe(shifted(AT, 119 * MINUTE));
  });
});
