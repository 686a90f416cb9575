import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../core/time.ts';
import { lateness } from './schedule.ts';

describe('upptime/upptime#42, #112, #224: lateness of a scheduled run', () => {
  // 2026-11-21 is a Saturday.
  test.each([
    ['on time', '17 * * * *', '2026-11-21T10:17:00.000Z', 0],
    ['43 minutes late', '17 * * * *', '2026-11-21T11:00:00.000Z', 43 * MINUTE],
    ['every quarter of an hour', '*/15 * * * *', '2026-11-21T10:31:00.000Z', MINUTE],
    ['a list of hours', '5 6,18 * * *', '2026-11-21T20:05:00.000Z', 2 * HOUR],
    ['weekdays only, asked on a Saturday', '0 12 * * 1-5', '2026-11-21T12:00:00.000Z', 24 * HOUR],
    ['day of month or day of week', '0 0 1 * 6', '2026-11-21T01:00:00.000Z', HOUR],
    ['a range with a step', '10-40/10 3 * * *', '2026-11-21T03:41:00.000Z', MINUTE],
  ])('%s', (_name, cron, at, expected) => {
    expect(lateness(cron, at)).toBe(expected);
  });

  test.each(['', '* * * *', '61 * * * *', 'a b c d e', '*/0 * * * *', '5-1 * * * *', '0 0 31 2 *'])(
    'is not known for %j',
    (cron) => {
      expect(lateness(cron, '2026-11-21T10:17:00.000Z')).toBeNull();
    },
  );
});
