import { describe, expect, test } from 'vitest';
import { dateAfter, isZone, localTime, momentOf, weekdayOf } from './zone.ts';

describe('local time', () => {
  test('is what the clock on the wall shows, in summer and in winter', () => {
    expect(localTime('2026-07-01T22:30:00.000Z', 'Europe/Berlin')).toEqual({
      date: '2026-07-02',
      minute: 30,
      weekday: 'thu',
    });
    expect(localTime('2026-12-01T22:30:00.000Z', 'Europe/Berlin')).toEqual({
      date: '2026-12-01',
      minute: 23 * 60 + 30,
      weekday: 'tue',
    });
    expect(localTime('2026-12-01T00:00:00.000Z', 'Asia/Kathmandu').minute).toBe(5 * 60 + 45);
  });

  test('turns back into the moment, also for zones of three quarters of an hour', () => {
    expect(momentOf('2026-07-02', 30, 'Europe/Berlin')).toBe('2026-07-01T22:30:00.000Z');
    expect(momentOf('2026-12-01', 8 * 60, 'Asia/Kathmandu')).toBe('2026-12-01T02:15:00.000Z');
    expect(momentOf('2026-12-01', 8 * 60 + 7, 'America/New_York')).toBe('2026-12-01T13:07:00.000Z');
    expect(momentOf('2026-12-01', 0, 'Pacific/Kiritimati')).toBe('2026-11-30T10:00:00.000Z');
  });

  test('of a time that the change to summer time leaves out is the moment of the change', () => {
    // Germany: at 01:00 UTC on 29 March 2026 the clock goes from 02:00 to 03:00.
    expect(momentOf('2026-03-29', 150, 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
  });

  test('of a time that comes twice is the first one', () => {
    // Germany: at 01:00 UTC on 25 October 2026 the clock goes from 03:00 back to 02:00.
    expect(momentOf('2026-10-25', 150, 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });

  test('knows which zones there are', () => {
    expect(isZone('Europe/Berlin')).toBe(true);
    expect(isZone('Europe/Berlinn')).toBe(false);
    expect(isZone('')).toBe(false);
  });

  test('counts days over the ends of months and years', () => {
    expect(dateAfter('2026-02-28', 1)).toBe('2026-03-01');
    expect(dateAfter('2027-01-01', -1)).toBe('2026-12-31');
    expect(weekdayOf('2026-11-21')).toBe('sat');
    expect(weekdayOf('1969-12-31')).toBe('wed');
  });
});
