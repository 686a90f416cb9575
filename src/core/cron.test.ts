import { describe, expect, test } from 'vitest';
import { cronValues, firstDue, lastDue } from './cron.ts';

describe('a cron line', () => {
  test('stands for numbers, also where it names months and days', () => {
    const read = cronValues('*/20 8-10 1,15 JAN-mar MON-FRI')?.map((values) => [...values]);
    expect(read).toEqual([
      [0, 20, 40],
      [8, 9, 10],
      [1, 15],
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ]);
  });

  test.each([
    ['99 * * * *'],
    ['* 24 * * *'],
    ['* * 0 * *'],
    ['* * * 13 *'],
    ['* * * * 7'],
    ['*/0 * * * *'],
    ['5-1 * * * *'],
    ['* * MON * *'],
    ['x * * * *'],
    ['* * * *'],
    ['@daily'],
    [''],
  ])('%s is none', (line) => {
    expect(cronValues(line)).toBeNull();
  });
});

describe('when a schedule is due', () => {
  // 2026-11-21 is a Saturday. Clocks in Berlin go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
  test.each<[string, string, string, string, string, string | null, string | null]>([
    ['daily', '17 3 * * *', 'UTC', '11-20T03:17', '11-22T03:16', '11-20T03:17', '11-21T03:17'],
    ['not within the stretch', '17 3 * * *', 'UTC', '11-20T03:18', '11-21T03:16', null, null],
    ['on Mondays', '0 9 * * MON', 'UTC', '11-10T00:00', '11-21T00:00', '11-16T09:00', '11-16T09:00'],
    ['on Sundays', '0 9 * * 0', 'UTC', '11-21T00:00', '11-30T00:00', '11-22T09:00', '11-29T09:00'],
    ['on the first or on Fridays', '0 0 1 * FRI', 'UTC', '10-30T01:00', '11-07T00:00', '11-01T00:00', '11-06T00:00'],
    ['on the last day of February', '0 0 30 2 *', 'UTC', '01-01T00:00', '12-31T00:00', null, null],
    ['twice an hour', '5,35 * * * *', 'UTC', '11-20T23:40', '11-21T00:34', '11-21T00:05', '11-21T00:05'],
    [
      'in the winter of Berlin',
      '30 8 * * *',
      'Europe/Berlin',
      '11-21T00:00',
      '11-21T23:00',
      '11-21T07:30',
      '11-21T07:30',
    ],
    [
      'in the summer of Berlin',
      '30 8 * * *',
      'Europe/Berlin',
      '07-21T00:00',
      '07-21T23:00',
      '07-21T06:30',
      '07-21T06:30',
    ],
    ['by the day of the zone', '0 1 21 * *', 'Asia/Tokyo', '11-20T00:00', '11-21T23:00', '11-20T16:00', '11-20T16:00'],
    ['at a time that the clock skips', '30 2 * * *', 'Europe/Berlin', '03-28T12:00', '03-29T22:00', null, null],
    [
      'at a time that comes twice',
      '30 2 * * *',
      'Europe/Berlin',
      '10-24T12:00',
      '10-25T22:00',
      '10-25T00:30',
      '10-25T00:30',
    ],
    ['a line that is none', '99 * * * *', 'UTC', '11-20T00:00', '11-21T00:00', null, null],
    ['a stretch that ends before it begins', '* * * * *', 'UTC', '11-21T00:00', '11-20T00:00', null, null],
  ])('%s', (_name, cron, zone, from, to, first, last) => {
    const moment = (text: string) => `2026-${text}:00.000Z`;
    const stretch = { from: moment(from), to: moment(to) };
    expect(firstDue({ cron, zone }, stretch)).toBe(first === null ? null : moment(first));
    expect(lastDue({ cron, zone }, stretch)).toBe(last === null ? null : moment(last));
  });
});
