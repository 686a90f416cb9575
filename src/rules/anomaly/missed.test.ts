import { describe, expect, test } from 'vitest';
import type { Point } from '../../core/series.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { missedSince } from './missed.ts';

/** A Monday. */
const START: Instant = '2026-11-02T00:00:00.000Z';

/** By the hour, ten runs on each of 11 days from nine to six o'clock but on weekends, and none from the second Friday on. */
function silentFor(hours: number, perHour = 1) {
  const since = shifted(START, 10 * DAY + 18 * HOUR);
  const count = 10 * 24 + 18 + 1 + hours;
  const points = Array.from({ length: count }, (_, i): Point => {
    const at = shifted(START, i * HOUR);
    const isWork = ![5, 6].includes(Math.floor(i / 24) % 7) && i % 24 >= 9 && i % 24 <= 18 && at <= since;
    return { at, aggregate: isWork ? { count: perHour, sum: perHour, min: 1, max: 1, unknown: 0 } : null };
  });
  return missedSince({ points }, since, shifted(START, count * HOUR));
}

describe('runs that should have come', () => {
  test('a night, a holiday and the weekend behind it are no silence', () => {
    expect(silentFor(14)).toBeNull();
    // From Thursday evening to Monday morning, with the Friday that was a holiday.
    expect(silentFor(24 * 3 + 14)).toBeNull();
  });

  test('a second working day without any is one, before its evening', () => {
    const missed = silentFor(24 * 3 + 21);
    expect(missed?.expected).toBeGreaterThanOrEqual(14);
    expect(missed?.digits).toBeGreaterThan(3);
  });

  test('an agent that never did anything misses nothing', () => {
    expect(silentFor(24 * 5, 0)).toBeNull();
    expect(missedSince({ points: [] }, START, shifted(START, DAY))).toBeNull();
  });

  test('on a day that is known to be no holiday seven hours are enough', () => {
    // Friday's evening and night, the weekend, and Monday until a quarter past four: seven of ten hours.
    const points = hours(10);
    const since = shifted(START, 4 * DAY + 18 * HOUR);
    const monday = shifted(START, 7 * DAY + 16 * HOUR + HOUR / 4);
    expect(missedSince({ points }, since, monday)).toBeNull();
    expect(missedSince({ points }, since, monday, () => true)?.expected).toBe(7);
    expect(missedSince({ points }, since, monday, (day) => day === '2026-11-08')).toBeNull();
  });
});

/** By the hour over so many days: runs from nine to six o'clock on the first five. */
function hours(days: number): readonly Point[] {
  return Array.from({ length: days * 24 }, (_, i): Point => {
    const isWork = i < 5 * 24 && i % 24 >= 9 && i % 24 <= 18;
    return {
      at: shifted(START, i * HOUR),
      aggregate: isWork ? { count: 1, sum: 1, min: 1, max: 1, unknown: 0 } : null,
    };
  });
}
