import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  after,
  between,
  DAY,
  dayOf,
  formatDuration,
  fromMs,
  HOUR,
  hourOf,
  latest,
  MINUTE,
  monthOf,
  parseDuration,
  parseInstant,
  SECOND,
  startOf,
  toMs,
  writeDuration,
} from './time.ts';

describe('a moment', () => {
  // What ISO 8601 says of each form; without an offset it is UTC by our own rule.
  test.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T09:30Z', '2026-11-21T09:30:00.000Z'],
    ['2026-11-21T09:30:15', '2026-11-21T09:30:15.000Z'],
    ['2026-11-21 09:30:15.5', '2026-11-21T09:30:15.500Z'],
    ['2026-11-21T09:30:15,25Z', '2026-11-21T09:30:15.250Z'],
    ['2026-11-21T09:30:00+05:30', '2026-11-21T04:00:00.000Z'],
    ['2026-11-21T00:00:00+0100', '2026-11-20T23:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [1_795_253_400_000, '2026-11-21T09:30:00.000Z'],
  ])('%j is read as %s', (value, instant) => {
    expect(parseInstant(value)).toBe(instant);
  });

  test.each([
    ...['', 'tomorrow 5', '2026-02-30', '2026-13-01', '2026-11-21T25:00Z', '21.11.2026', '20261121', '2026-11'],
    ...['2026-11-21T09:30:00 Europe/Berlin', ' 2026-11-21', '+012026-11-21', Number.NaN, Infinity, 1e15, -1e15],
    ...[null, undefined, true, {}, new Date(0)],
  ])('%j is none', (value) => {
    expect(parseInstant(value)).toBeNull();
  });

  test('is written so that the order of texts is the order of moments, over all years that can be read', () => {
    const ms = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const [one, other] = [parseInstant(a) ?? '', parseInstant(b) ?? ''];
        expect([toMs(one), parseInstant(one)]).toEqual([a, one]);
        expect(one < other).toBe(a < b);
        expect(latest(one, other)).toBe(fromMs(Math.max(a, b)));
        expect(between(one, other)).toBe(b - a);
      }),
    );
  });

  test('lies in a month, a day and an hour, and those begin where they should', () => {
    const at = '2026-11-21T09:59:59.999Z';
    expect([monthOf(at), dayOf(at), hourOf(at)]).toEqual(['2026-11', '2026-11-21', '2026-11-21T09']);
    expect([monthOf(at), dayOf(at), hourOf(at)].map(startOf)).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
      '2026-11-21T09:00:00.000Z',
    ]);
  });

  test.each([
    ['2024-02-28T12:00:00.000Z', DAY, '2024-02-29T12:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', -1, '2025-12-31T23:59:59.999Z'],
  ])('%s moved by %i ms is %s', (from, duration, to) => {
    expect(after(from, duration)).toBe(to);
  });
});

describe('a duration', () => {
  test.each([
    ['90s', 90 * SECOND],
    ['15m', 15 * MINUTE],
    ['1h30m', HOUR + 30 * MINUTE],
    ['250ms', 250],
    ['1m1ms', MINUTE + 1],
    ['2w', 14 * DAY],
    ['0s', 0],
  ])('%s is read', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  test.each(['', '5', 'm', '1.5h', '-1h', '1 h', '1y', '1h ', 'an hour', '1H'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  test.each([
    [0, '0 s'],
    [400, '0 s'],
    [40 * SECOND, '40 s'],
    [15 * MINUTE, '15 min'],
    [59_600, '1 min'],
    [2 * DAY + 3 * HOUR + 59 * MINUTE, '2 d 3 h'],
    [DAY + 5 * SECOND, '1 d'],
    [DAY + 5 * HOUR, '1 d 5 h'],
    [15 * HOUR + 3 * SECOND, '15 h'],
    [-90 * MINUTE, '-1 h 30 min'],
  ])('%i ms is written %s', (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });

  test.each([
    [7 * DAY, '7d'],
    [36 * HOUR, '36h'],
    [90 * MINUTE, '90m'],
    [61 * SECOND, '61s'],
    [MINUTE + 1, '60001ms'],
  ])('%i ms is written %s in a configuration, and read again as the same', (duration, text) => {
    expect(writeDuration(duration)).toBe(text);
    expect(parseDuration(text)).toBe(duration);
  });
});
