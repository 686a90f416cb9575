import { expect, test } from 'vitest';
import { recount } from './recount.ts';
import { HEARD_NOTHING } from './use.ts';

/** A count of turns that takes so many milliseconds, and the times it was made. */
function slowCount(takes: number): { readonly now: { ms: number }; readonly told: ReturnType<typeof recount> } {
  const now = { ms: 10_000 };
  let turns = 0;
  const count = (): typeof HEARD_NOTHING => {
    now.ms += takes;
    return { ...HEARD_NOTHING, turns: ++turns };
  };
  return { now, told: recount(count, () => ({ time: now.ms, processor: now.ms })) };
}

test('what did not change is not counted again', () => {
  const { told } = slowCount(1);
  expect(told.heard()).toEqual(HEARD_NOTHING);
  told.changed();
  expect([told.heard().turns, told.heard().turns]).toEqual([1, 1]);
  told.changed();
  expect(told.heard().turns).toBe(2);
});

test.each<[takes: number, rests: number]>([
  [5, 0],
  [6, 120],
  [40, 800],
  [400, 1_000],
])('a count of %i ms is followed by another %i ms after its start at the earliest', (takes, rests) => {
  const { now, told } = slowCount(takes);
  const started = now.ms;
  told.changed();
  told.heard();
  told.changed();
  now.ms = Math.max(now.ms, started + rests - 1);
  expect(told.heard().turns).toBe(rests === 0 ? 2 : 1);
  now.ms = Math.max(now.ms, started + rests);
  expect(told.heard().turns).toBe(2);
});

test('a count that the machine held up is followed by another at once', () => {
  const now = { time: 0, processor: 0 };
  let turns = 0;
  const count = (): typeof HEARD_NOTHING => {
    now.time += 500;
    now.processor += 1;
    return { ...HEARD_NOTHING, turns: ++turns };
  };
  const told = recount(count, () => ({ ...now }));
  told.changed();
  told.heard();
  told.changed();
  expect(told.heard().turns).toBe(2);
});

test('a report counts at once, whatever the last count took', () => {
  const { told } = slowCount(400);
  told.changed();
  told.heard();
  expect(told.anew().turns).toBe(2);
  expect(told.heard().turns).toBe(2);
});
