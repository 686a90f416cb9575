import { describe, expect, test } from 'vitest';
import { drillRan } from '../../test/kit/happenings.ts';
import { after, DAY } from '../core/time.ts';
import { drillsFold, lastLiveDrill } from './drills.ts';

const AT = '2026-11-01T09:00:00.000Z';
const days = (n: number): string => after(AT, n * DAY);

describe('the fold of drills', () => {
  const many = [...Array(25).keys()].map((n) => drillRan({ at: days(n), mode: n === 2 ? 'live' : 'dry' }));

  test('keeps the last twenty of each mode, oldest first, so that dry ones do not push out a live one', () => {
    const { drills } = drillsFold.apply(drillsFold.initial, many);
    expect(drills.filter(({ mode }) => mode === 'dry').map(({ at }) => at)).toEqual(
      [...Array(20).keys()].map((n) => days(n + 5)),
    );
    expect(drills[0]).toMatchObject({ mode: 'live', at: days(2) });
    expect(lastLiveDrill(drills)?.at).toBe(days(2));
  });

  test.each([0, 1, 7, 24])('does not depend on how the events are cut, here after %i', (cut) => {
    const whole = drillsFold.apply(drillsFold.initial, many);
    const first = drillsFold.apply(drillsFold.initial, many.slice(0, cut));
    expect(drillsFold.apply(first, many.slice(cut))).toEqual(whole);
  });

  test('orders drills that were learned late by when they were held', () => {
    const { drills } = drillsFold.apply(drillsFold.initial, [drillRan({ at: days(3) }), drillRan({ at: days(1) })]);
    expect(drills.map(({ at }) => at)).toEqual([days(1), days(3)]);
  });

  test('without a live drill there is no last one', () => {
    expect(lastLiveDrill(drillsFold.apply(drillsFold.initial, [drillRan({ at: AT, mode: 'dry' })]).drills)).toBeNull();
  });
});
