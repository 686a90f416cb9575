import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../core/time.ts';
import { LINE, newSpeech, worthSaying } from './speaking.ts';

describe('worthSaying', () => {
  const twice = (step: number): readonly number[] => {
    const speech = newSpeech();
    return [10, 40].map((i) => worthSaying(speech, i * step, 2 * LINE, step));
  };

  test('of hours takes something off what was reported before', () => {
    const [first, second] = twice(HOUR);
    // Half of log10(1 + 1).
    expect((first ?? 0) - (second ?? 0)).toBeCloseTo(Math.log10(2) / 2, 12);
  });

  test('of days says the second as the first', () => {
    expect(twice(DAY)).toEqual([2 * LINE, 2 * LINE]);
  });

  test('asks for more the more points were watched, of days too', () => {
    const speech = newSpeech();
    for (let i = 0; i < 1_500; i += 1) worthSaying(speech, i * DAY, 0, DAY);
    // Ten times the points that are free: half a digit, and a little for this point.
    expect(worthSaying(speech, 1_500 * DAY, 2 * LINE, DAY)).toBeCloseTo(2 * LINE - 0.5, 3);
  });
});
