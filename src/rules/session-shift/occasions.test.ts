import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../../test/kit/happenings.ts';
import { HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { lineFor, sessionsAMonth } from './occasions.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';

describe('the line of an agent', () => {
  test('makes as many false alarms a month, however many sessions it has', () => {
    // Tails of the normal distribution (Abramowitz and Stegun, table 26.1): 300 × Q(3.5) = 300 × 2.326e-4 = 0.0698 a month;
    // 900 × Q(3.78) = 900 × 7.84e-5 = 0.0706, and 100 × Q(3.17) = 100 × 7.62e-4 = 0.0762.
    expect(lineFor(3.5, 300)).toBe(3.5);
    expect(lineFor(3.5, 900)).toBeCloseTo(3.8, 1);
    expect(lineFor(3.5, 100)).toBeCloseTo(3.17, 2);
  });

  test('is no lower for one that hardly works: too little is known of it', () => {
    expect(lineFor(3.5, 1)).toBe(lineFor(3.5, 100));
  });

  test('is never below one standard deviation, whatever is asked', () => {
    expect(lineFor(0, 1)).toBe(1);
  });
});

describe('sessions a month', () => {
  test('are those of the last two weeks, as many more as a month is longer', () => {
    const events = Array.from({ length: 28 }, (_, i) =>
      sessionRecorded({ run: i + 1, at: shifted(NOW, -(i + 1) * 6 * HOUR) }),
    );
    expect(sessionsAMonth(factsAfter(events, { now: NOW, agents: ['fixer'] }), 'fixer', NOW)).toBeCloseTo(60, 10);
  });

  test('are one where nothing is known', () => {
    expect(sessionsAMonth(noFacts(NOW), 'nobody', NOW)).toBe(1);
  });
});
