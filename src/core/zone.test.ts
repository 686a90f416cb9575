import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMs, HOUR } from './time.ts';
import { addDays, isZone, localDayOf, startOfLocalDay, startOfLocalHour, weekdayOf } from './zone.ts';

/** Zones with each kind of trouble: half and three quarter hours, the clock put on at midnight, half an hour of summer, no 30 December 2011. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Beirut',
];

describe('a local day', () => {
  test.each([
    // Germany's clocks go forward on 2026-03-29 and back on 2026-10-25 (Directive 2000/84/EC: last Sundays).
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['Europe/Berlin', '2026-11-21', '2026-11-20T23:00:00.000Z', 24],
    // The United States: second Sunday of March, first of November (Energy Policy Act of 2005).
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z', 23],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    // Brazil put its clocks on at midnight: 2018-11-04 began at one o'clock.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', 23],
    ['Asia/Kathmandu', '2026-11-21', '2026-11-20T18:15:00.000Z', 24],
  ])('in %s, %s begins at %s and has %d hours', (zone, day, from, hours) => {
    expect(startOfLocalDay(day, zone)).toBe(from);
    expect((Date.parse(startOfLocalDay(addDays(day, 1), zone)) - Date.parse(from)) / HOUR).toBe(hours);
  });

  test('holds every moment of it, and none of its neighbours, in any zone', () => {
    const moment = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2030-01-01') }).map(fromMs);
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moment, (zone, now) => {
        const day = localDayOf(now, zone);
        expect(startOfLocalDay(day, zone) <= now).toBe(true);
        expect(startOfLocalDay(addDays(day, 1), zone) > now).toBe(true);
        expect(localDayOf(startOfLocalDay(day, zone), zone)).toBe(day);
      }),
      { numRuns: 500 },
    );
  });

  test('begins an hour that holds the moment', () => {
    const moment = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2030-01-01') }).map(fromMs);
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moment, (zone, now) => {
        const from = Date.parse(startOfLocalHour(now, zone));
        expect(from).toBeLessThanOrEqual(Date.parse(now));
        expect(Date.parse(now) - from).toBeLessThan(HOUR);
      }),
    );
    expect(startOfLocalHour('2026-11-21T12:20:00.000Z', 'Asia/Kolkata')).toBe('2026-11-21T11:30:00.000Z');
  });
});

test.each([
  ['2026-11-16', 0],
  ['2026-11-21', 5],
  ['2026-11-22', 6],
  ['1970-01-01', 3],
  ['1969-12-31', 2],
])('%s is day %d of the week that begins with Monday', (day, weekday) => {
  expect(weekdayOf(day)).toBe(weekday);
});

test.each(['', 'Berlin', 'Europe/Atlantis', 'UTC+25', '../etc/passwd'])('%j is no time zone', (name) => {
  expect(isZone(name)).toBe(false);
});
