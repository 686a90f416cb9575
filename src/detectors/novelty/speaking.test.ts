import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../core/time.ts';
import { LINE, newSpeech, type Speech, worthSaying } from './speaking.ts';

/** Lets so many points pass in which there is nothing to say. */
function quiet(speech: Speech, points: number): void {
  for (let i = 0; i < points; i += 1) worthSaying(speech, 0, 0, MINUTE);
}

function isTold(speech: Speech, at: number, digits: number): boolean {
  return worthSaying(speech, at, digits, MINUTE) >= LINE;
}

describe('what is worth saying', () => {
  test('a surprise of few digits is not, and one of many is', () => {
    expect(isTold(newSpeech(), 0, 1.1)).toBe(false);
    expect(isTold(newSpeech(), 0, 1.3)).toBe(true);
  });

  test('for sixty points after a report nothing is told again but what is much worse', () => {
    const speech = newSpeech();
    expect(isTold(speech, 0, 2)).toBe(true);
    quiet(speech, 58);
    expect(isTold(speech, 59 * MINUTE, 2.5)).toBe(false);
    expect(isTold(speech, 60 * MINUTE, 2.5)).toBe(true);
    expect(isTold(speech, 61 * MINUTE, 3.3)).toBe(true);
  });

  test('ten hours end the rest however few points came', () => {
    const speech = newSpeech();
    expect(isTold(speech, 0, 2)).toBe(true);
    expect(isTold(speech, 9 * HOUR, 2.5)).toBe(false);
    expect(isTold(speech, 10 * HOUR, 2.5)).toBe(true);
  });

  test('what was told before has to be more surprising, until that is forgotten', () => {
    // One report before, counted whole, takes log10(2) / 2 = 0.15 digits; one of 100,000 points ago next to nothing.
    for (const [points, expected] of [
      [100, false],
      [100_000, true],
    ] as const) {
      const speech = newSpeech();
      quiet(speech, 20_000);
      const needed = LINE + 0.5 * Math.log10(10_000 / 150);
      expect(isTold(speech, 0, needed + 0.01)).toBe(true);
      quiet(speech, points);
      expect(isTold(speech, 11 * HOUR, needed + 0.01)).toBe(expected);
    }
  });

  test('asks for more the longer a series is watched, but no more after ten thousand points', () => {
    const least = [0, 1_000, 10_000, 200_000].map((points) => {
      const speech = newSpeech();
      quiet(speech, points);
      return LINE - worthSaying(speech, 0, 4, MINUTE) + 4;
    });
    // Half of log10(points / 150): 0.41 digits after a thousand points, 0.91 after ten thousand.
    const expected = [LINE, LINE + 0.412, LINE + 0.912, LINE + 0.912];
    for (const [i, digits] of least.entries()) expect(digits).toBeCloseTo(expected[i] as number, 3);
  });

  test('remembers no more than two hundred reports', () => {
    const speech = newSpeech();
    for (let i = 0; i < 20_000; i += 1) worthSaying(speech, i * 11 * HOUR, i, MINUTE);
    expect(speech.reports).toHaveLength(200);
  });

  test('of hours takes something off what was reported before, and of days nothing', () => {
    const second = (step: number): number => {
      const speech = newSpeech();
      worthSaying(speech, 10 * step, 2 * LINE, step);
      return worthSaying(speech, 40 * step, 2 * LINE, step);
    };
    // Half of log10(1 + 1), less a little for the one point since.
    expect(2 * LINE - second(HOUR)).toBeCloseTo(Math.log10(2) / 2, 4);
    expect(second(DAY)).toBe(2 * LINE);
  });

  test('asks for more the more days were watched', () => {
    const speech = newSpeech();
    for (let i = 0; i < 1_500; i += 1) worthSaying(speech, i * DAY, 0, DAY);
    // Ten times the points that are free: half a digit, and a little for this point.
    expect(worthSaying(speech, 1_500 * DAY, 2 * LINE, DAY)).toBeCloseTo(2 * LINE - 0.5, 3);
  });
});
