import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, fromMs, HOUR, after as later } from '../core/time.ts';
import type { WrittenPeriod } from './budget.ts';
import { periodWord, spanOf } from './calendar.ts';

describe('the period of a budget', () => {
  test.each<[WrittenPeriod, string, string, string, string, string | null]>([
    ['day', 'UTC', '2026-11-21T12:00:00.000Z', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z', '2026-11-21'],
    [
      'day',
      'Asia/Tokyo',
      '2026-11-21T16:00:00.000Z',
      '2026-11-21T15:00:00.000Z',
      '2026-11-22T15:00:00.000Z',
      '2026-11-22',
    ],
    ['week', 'UTC', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z', '2026-11-16'],
    [
      'week',
      'Europe/Berlin',
      '2026-10-25T12:00:00.000Z',
      '2026-10-18T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-19',
    ],
    [
      'month',
      'Europe/Berlin',
      '2026-10-31T23:30:00.000Z',
      '2026-10-31T23:00:00.000Z',
      '2026-11-30T23:00:00.000Z',
      '2026-11',
    ],
    ['month', 'UTC', '2028-02-29T12:00:00.000Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z', '2028-02'],
    [
      'hour',
      'UTC',
      '2026-11-21T12:34:00.000Z',
      '2026-11-21T12:00:00.000Z',
      '2026-11-21T13:00:00.000Z',
      '2026-11-21T12:00Z',
    ],
    [
      { rolling: 7 * DAY },
      'UTC',
      '2026-11-21T12:00:00.000Z',
      '2026-11-14T12:00:00.001Z',
      '2026-11-21T12:00:00.001Z',
      null,
    ],
  ])('%j in %s at %s is from %s to %s', (period, zone, now, from, to, label) => {
    expect(spanOf({ period, zone }, now)).toMatchObject({ from, to, label });
  });

  test('holds its moment, follows the one before without a gap, and its labels are in order', () => {
    const moment = fc.integer({ min: Date.parse('2015-01-01'), max: Date.parse('2030-01-01') }).map(fromMs);
    const period = fc.constantFrom<WrittenPeriod>('day', 'week', 'month', 'hour');
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kathmandu');
    fc.assert(
      fc.property(period, zone, moment, (each, where, now) => {
        const span = spanOf({ period: each, zone: where }, now);
        expect(span.from <= now && now < span.to).toBe(true);
        const next = spanOf({ period: each, zone: where }, span.to);
        expect(next.from).toBe(span.to);
        expect((next.label ?? '') > (span.label ?? '')).toBe(true);
      }),
    );
  });

  test('is told in a word', () => {
    expect(periodWord({ rolling: 36 * HOUR })).toBe('rolling 1 d 12 h');
    expect(periodWord('week')).toBe('week');
    expect(spanOf({ period: { rolling: DAY }, zone: 'UTC' }, later('2026-11-21T12:00:00.000Z', 0)).spoken).toBe(
      'in the last 1 d',
    );
  });
});
