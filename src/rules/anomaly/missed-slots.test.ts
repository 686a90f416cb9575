import { describe, expect, test } from 'vitest';
import type { Point } from '../../core/series.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { missedSlots } from './missed-slots.ts';

/** A Monday. */
const START: Instant = '2026-11-02T00:00:00.000Z';
const DAYS = 11;

/** Runs in the given hours of eleven days but those that `drops` says, and then none; judged so many hours into the day after. */
function missedAt(hours: readonly number[], into: number, drops: (day: number, hour: number) => boolean = () => false) {
  const points = Array.from({ length: DAYS * 24 + into + 1 }, (_, i): Point => {
    const [day, hour] = [Math.floor(i / 24), i % 24];
    const hasRun = day < DAYS && hours.includes(hour) && !drops(day, hour);
    return {
      at: shifted(START, i * HOUR),
      aggregate: hasRun ? { count: 1, sum: 1, min: 1, max: 1, unknown: 0 } : null,
    };
  });
  const since = points.findLast(({ aggregate }) => aggregate !== null)?.at ?? START;
  return missedSlots({ points }, since, shifted(START, DAYS * DAY + into * HOUR));
}

describe('a schedule', () => {
  test('of six hours a night is missed after a few of them, not after one', () => {
    expect(missedAt([1, 2, 3, 4, 5, 6], 3)).toBeNull();
    // Nine working days: an hour was missed with a probability of 0.5 / 10, and a month has 180 of them: log10(180 / 0.05) = 3.6 digits.
    const missed = missedAt([1, 2, 3, 4, 5, 6], 4);
    expect(missed?.expected).toBeGreaterThan(2);
    expect(missed?.digits).toBeGreaterThan(3.6);
  });

  test('is not missed in the hours in which it never ran', () => {
    expect(missedAt([1, 2, 3], 1)).toBeNull();
    expect(missedAt([20, 21, 22], 19)).toBeNull();
  });

  test('of which GitHub drops every fifth start takes more of them', () => {
    const drops = (day: number, hour: number): boolean => (day * 6 + hour) % 5 === 0;
    expect(missedAt([1, 2, 3, 4, 5, 6], 4, drops)).toBeNull();
    expect(missedAt([1, 2, 3, 4, 5, 6], 8, drops)).not.toBeNull();
  });

  test('that sometimes starts nothing for a whole day is not missed for one', () => {
    const drops = (day: number): boolean => day % 4 === 1;
    expect(missedAt([1, 2, 3, 4, 5, 6], 20, drops)).toBeNull();
  });

  test('of which nothing is known misses nothing', () => {
    expect(missedSlots({ points: [] }, START, shifted(START, DAY))).toBeNull();
  });
});
