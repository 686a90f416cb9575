import { describe, expect, test } from 'vitest';
import { windowOf } from './period.ts';

describe('periods', () => {
  test.each([
    ['day', '2026-11-21T23:59:59.999Z', '2026-11-21', '2026-11-21', '2026-11-22'],
    ['day', '2028-02-29T00:00:00.000Z', '2028-02-29', '2028-02-29', '2028-03-01'],
    ['month', '2026-11-21T12:00:00.000Z', '2026-11', '2026-11-01', '2026-12-01'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12', '2026-12-01', '2027-01-01'],
    ['month', '2027-02-01T00:00:00.000Z', '2027-02', '2027-02-01', '2027-03-01'],
    ['month', '2028-01-31T00:00:00.000Z', '2028-01', '2028-01-01', '2028-02-01'],
  ] as const)('the %s of %s is %s', (period, now, label, from, to) => {
    const tail = 'T00:00:00.000Z';
    expect(windowOf(period, now)).toEqual({ period, label, from: from + tail, to: to + tail });
  });
});
