import { describe, expect, test } from 'vitest';
import { dice } from '../../../test/kit/series.ts';
import { DAY, HOUR, MINUTE } from '../../core/time.ts';
import { newForesight, unforeseen } from './foreseen.ts';

const STEP = 5 * MINUTE;
const START = Date.UTC(2026, 0, 5);

function judgeAll(values: readonly number[], step: number): readonly (number | null)[] {
  const foresight = newForesight();
  return values.map((value, i) => unforeseen(foresight, START + i * step, value, step));
}

/** A rhythm of a day with one in a hundred of noise. */
function rhythm(points: number): readonly number[] {
  const { even } = dice(21);
  return Array.from(
    { length: points },
    (_, i) => (100 + 80 * Math.sin((2 * Math.PI * i * STEP) / DAY)) * (1 + 0.02 * (even() - 0.5)),
  );
}

describe('what the moment before foretold', () => {
  test('makes a value surprising that is usual at another time of day', () => {
    const values = [...rhythm(8 * 288 + 72)];
    // At six in the evening of the wave the value of midnight: well within what the series has been.
    const night = 100;
    const judged = judgeAll([...values, night], STEP);
    expect(values.at(-1)).toBeGreaterThan(170);
    expect(judged.at(-1)).toBeGreaterThan(3);
    const ordinary = judged.slice(288, -1).filter((digits) => digits !== null && digits >= 3);
    expect(ordinary.length).toBeLessThan(10);
  });

  test('follows a series without a rhythm to where it was: a level that was left is surprising', () => {
    const { even } = dice(22);
    let level = 500;
    const walk = Array.from({ length: 2_000 }, () => {
      level += even() - 0.5;
      return level;
    });
    const judged = judgeAll([...walk, (walk.at(-1) as number) + 15, walk.at(-1) as number], STEP);
    expect(judged.at(-2)).toBeGreaterThan(3);
    expect(judged.slice(200, 2_000).filter((digits) => (digits ?? 0) >= 3).length).toBeLessThan(10);
  });

  test('an incident that comes again and again stays surprising', () => {
    const values = rhythm(12 * 288).map((value, i) => (i > 600 && i % 97 === 0 ? 2 * value : value));
    const judged = judgeAll(values, STEP);
    const late = judged.filter((_, i) => i > 2_500 && i % 97 === 0);
    expect(late.length).toBe(10);
    expect(late.filter((digits) => (digits ?? 0) > 1.9).length).toBeGreaterThanOrEqual(9);
  });

  test('says nothing of days, nothing of a series that never moves, and nothing in the first points', () => {
    expect(judgeAll([1, 2, 3, 400], DAY)).toEqual([null, null, null, null]);
    expect(
      judgeAll(
        Array.from({ length: 500 }, () => 7),
        HOUR,
      ).every((digits) => digits === 0),
    ).toBe(true);
    expect(judgeAll([1, 2, 1e9, -5, 0, 1e150, -1e150], HOUR).every((digits) => digits === 0)).toBe(true);
  });

  test('answers with a number whatever comes', () => {
    const wild = Array.from({ length: 1_500 }, (_, i) => [0, 1e150, -1e150, 5e-324, -3, 7e9, 0.1][i % 7] as number);
    expect(judgeAll(wild, MINUTE).every((digits) => digits !== null && Number.isFinite(digits))).toBe(true);
  });
});
