import { expect, test } from 'vitest';
import { presentMoment } from './present-moment.ts';
import { UsageError } from './world.ts';

const CLOCK = { now: () => '2026-11-21T09:30:00.000Z' };

test('is the one of --now, else that of the clock', () => {
  expect(presentMoment(null, CLOCK)).toBe('2026-11-21T09:30:00.000Z');
  expect(presentMoment('2026-02-03T04:05+01:00', CLOCK)).toBe('2026-02-03T03:05:00.000Z');
});

test.each(['', 'yesterday', '2026-02-30'])('%j is refused, not taken for the present', (text) => {
  expect(() => presentMoment(text, CLOCK)).toThrow(UsageError);
});
