import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsAfter, sessionRecorded, worked } from '../../test/kit/happenings.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { rollupFold } from './rollup.ts';

const NOW = '2026-11-21T12:00:00.000Z';

const dearestAfter = (events: readonly LedgerEvent[]) => rollupFold.apply(rollupFold.initial, events).dearest;

/** Sessions of two agents in three months; few prices, so that ties are common. */
const sessions = fc.uniqueArray(
  fc.record({
    run: fc.integer({ min: 1, max: 80 }),
    agent: fc.constantFrom('fixer', 'triage'),
    day: fc.constantFrom('2026-09-30', '2026-10-31', '2026-11-01', '2026-11-20'),
    usd: fc.constantFrom(null, 0, 1, 2, 3, 4, 5, 6),
  }),
  { maxLength: 80, selector: ({ run }) => run },
);

const toEvents = (wishes: readonly { run: number; agent: string; day: string; usd: number | null }[]) =>
  wishes.map(({ run, agent, day, usd }) => sessionRecorded({ run, agent, usd, at: `${day}T09:00:00.000Z` }));

describe('the dearest sessions', () => {
  test('are 20 of an agent and month at most, dearest first, and none of unknown or no cost', () => {
    const events = [...Array(30).keys()].map((n) =>
      sessionRecorded({ run: n + 1, at: '2026-11-20T09:00:00.000Z', usd: n === 0 ? null : n - 1 }),
    );
    const kept = dearestAfter(events);
    expect(Object.keys(kept)).toEqual(['2026-11 fixer']);
    // 28 dollars down to 9: twenty of 1 … 28.
    expect(kept['2026-11 fixer']?.map(({ cost }) => cost.usd)).toEqual([...Array(20).keys()].map((n) => 28 - n));
  });

  test('do not depend on where the batches are cut', () => {
    fc.assert(
      fc.property(sessions, fc.nat({ max: 80 }), (wishes, cut) => {
        const events = toEvents(wishes);
        const first = rollupFold.apply(rollupFold.initial, events.slice(0, cut));
        const cutInTwo = rollupFold.apply(first, events.slice(cut));
        expect(canonicalJson(cutInTwo.dearest)).toBe(canonicalJson(dearestAfter(events)));
      }),
    );
  });

  test('do not depend on the order in which they are learned', () => {
    const shuffled = sessions.chain((wishes) =>
      fc.tuple(fc.constant(wishes), fc.shuffledSubarray(wishes, { minLength: wishes.length })),
    );
    fc.assert(
      fc.property(shuffled, ([wishes, other]) => {
        expect(canonicalJson(dearestAfter(toEvents(other)))).toBe(canonicalJson(dearestAfter(toEvents(wishes))));
      }),
    );
  });

  test('are forgotten with the month before the last', () => {
    const months = ['2026-09-30', '2026-10-31', '2026-11-20'].map((day, n) => ({
      run: n + 1,
      agent: 'fixer',
      day,
      usd: 1,
    }));
    expect(Object.keys(dearestAfter(toEvents(months.slice(0, 2)))).sort()).toEqual(['2026-09 fixer', '2026-10 fixer']);
    expect(Object.keys(dearestAfter(toEvents(months))).sort()).toEqual(['2026-10 fixer', '2026-11 fixer']);
  });

  test('are facts once they have happened', () => {
    const events = [
      ...worked({ id: 1, at: '2026-11-02T09:00:00.000Z', usd: 5 }),
      ...worked({ id: 2, at: '2026-11-22T09:00:00.000Z', usd: 5 }),
    ];
    expect(factsAfter(events, { now: NOW }).dearest).toMatchObject([{ run: 1, cost: { usd: 5 } }]);
  });
});
