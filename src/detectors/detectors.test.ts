import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dailySpend, dailyWave, dice, judgeAll, readings, reportsOf, USUAL } from '../../test/kit/series.ts';
import { DAY, fromMs, HOUR, MINUTE } from '../core/time.ts';
import type { Reading } from './method.ts';
import { DETECTORS } from './registry.ts';

const MONDAY = readings([0])[0]?.at ?? '';

/** A series that is ordinary in every respect. */
function ordinary(points: number, step = HOUR): readonly Reading[] {
  const { normal } = dice(7);
  return readings(
    Array.from({ length: points }, () => 100 + 5 * normal()),
    step,
  );
}

/** Any series that a file may hold: odd values, odd times. */
const odd = fc.array(
  fc.record({
    value: fc.oneof(
      fc.constant(null),
      fc.double(),
      fc.integer({ min: -3, max: 10 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 5e-324, 0, -0),
    ),
    pause: fc.integer({ min: -3, max: 400 }),
  }),
  { maxLength: 250 },
);

function atOddTimes(points: readonly { readonly value: number | null; readonly pause: number }[]): readonly Reading[] {
  let at = Date.parse(MONDAY);
  return points.map(({ value, pause }) => {
    at += pause * MINUTE;
    return { at: fromMs(at), value };
  });
}

describe.each(DETECTORS.map((detector) => [detector.name, detector] as const))('%s', (_name, detector) => {
  test('says nothing of the first point of a series', () => {
    expect(judgeAll(detector, readings([5]))).toEqual([
      { kind: 'unknown', score: 0, method: detector.name, reason: expect.any(String) },
    ]);
  });

  test.each([0, 20, -3, 0.1, 1e300, 5e-324])('reports nothing of a series that is always %s', (value) => {
    expect(reportsOf(judgeAll(detector, readings(new Array(2_000).fill(value), 5 * MINUTE)))).toEqual([]);
    expect(reportsOf(judgeAll(detector, readings(new Array(100).fill(value), DAY)))).toEqual([]);
  });

  test('takes rounding for what it is', () => {
    const { even } = dice(3);
    const values = Array.from({ length: 2_000 }, () => 0.3 + (even() < 0.5 ? Number.EPSILON / 4 : 0));
    if (detector.name === 'percentile' || detector.name === 'z-score') return;
    expect(reportsOf(judgeAll(detector, readings(values, 5 * MINUTE)))).toEqual([]);
  });

  test('knows nothing of values that are missing or no numbers, and goes on after them', () => {
    const series = ordinary(400).map((reading, i) => (i > 200 && i < 205 ? { ...reading, value: null } : reading));
    const gaps = series.map((reading, i) => (i === 210 ? { ...reading, value: Number.NaN } : reading));
    const scores = judgeAll(detector, gaps).map(({ score }) => score);
    // Values that are missing are what dormancy is about; so few of them are no report.
    const missing = [201, 202, 203, 210].map((i) => scores[i] ?? 1);
    expect(missing.filter((score) => (detector.name === 'dormancy' ? score >= 0.5 : score > 0))).toEqual([]);
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  });

  test('judges a moment once, and leaves out readings that come late', () => {
    const series = ordinary(60);
    const again = [...series.slice(0, 50), ...series.slice(48, 50), ...series.slice(50)];
    const twice = judgeAll(detector, again);
    expect(twice.slice(50, 52).map((judgement) => judgement.kind)).toEqual(['unknown', 'unknown']);
    expect([...twice.slice(0, 50), ...twice.slice(52)]).toEqual(judgeAll(detector, series));
  });

  test('is not blind for ever when a clock was a year ahead for one reading', () => {
    const series = ordinary(500);
    const ahead = series.map((reading, i) =>
      i === 100 ? { ...reading, at: reading.at.replace('2026', '2027') } : reading,
    );
    const kinds = judgeAll(detector, ahead).map(({ kind }) => kind);
    const whole = judgeAll(detector, series).map(({ kind }) => kind);
    expect(kinds.slice(300).filter((kind) => kind === 'judged').length).toBe(
      whole.slice(300).filter((kind) => kind === 'judged').length,
    );
  });

  test('survives the hour that a change of summer time repeats, without a false alarm', () => {
    const values = ordinary(600).map(({ value }) => value);
    const repeated = values.map((value, i) => ({
      at: fromMs(Date.parse(MONDAY) + (i < 300 ? i : i - 12) * 5 * MINUTE),
      value,
    }));
    const plain = reportsOf(judgeAll(detector, readings(values, 5 * MINUTE))).length;
    expect(reportsOf(judgeAll(detector, repeated)).length).toBeLessThanOrEqual(plain + 2);
  });

  test('gives a prefix of a series the scores that it has in the whole, whatever the series', () => {
    fc.assert(
      fc.property(odd, fc.nat(), (points, cut) => {
        const series = atOddTimes(points);
        const whole = judgeAll(detector, series);
        const prefix = series.slice(0, cut % (series.length + 1));
        expect(judgeAll(detector, prefix)).toEqual(whole.slice(0, prefix.length));
      }),
      { numRuns: 60 },
    );
  });

  test('answers anything with a score from 0 to 1 and numbers that are numbers', () => {
    fc.assert(
      fc.property(odd, (points) => {
        for (const judgement of judgeAll(detector, atOddTimes(points))) {
          expect(judgement.score).toBeGreaterThanOrEqual(0);
          expect(judgement.score).toBeLessThanOrEqual(1);
          if (judgement.kind === 'unknown') continue;
          expect(Number.isNaN(judgement.deviation)).toBe(false);
          expect(judgement.confidence).toBeGreaterThanOrEqual(0);
          expect(judgement.confidence).toBeLessThanOrEqual(1);
          expect(judgement.basis.from <= judgement.basis.to).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is the same in any unit: scores of a series times 1,024 are the same', () => {
    for (const series of [readings(dailySpend(90, 1), DAY), readings(dailyWave(900, 2), 5 * MINUTE)]) {
      const larger = series.map(({ at, value }) => ({ at, value: (value ?? 0) * 1_024 }));
      const scores = judgeAll(detector, series).map(({ score }) => score);
      for (const [i, { score }] of judgeAll(detector, larger).entries()) expect(score).toBeCloseTo(scores[i] ?? 0, 9);
    }
  });

  test('remembers no more after 14,000 points than after 10,000', () => {
    const watcher = detector.watch(USUAL);
    const sizes: number[] = [];
    for (const [i, value] of dailyWave(14_000, 5).entries()) {
      watcher.judge({ at: fromMs(Date.parse(MONDAY) + i * 5 * MINUTE), value });
      if (i === 9_999 || i === 13_999) sizes.push(serialize(watcher.memory).length);
    }
    expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) * 1.02 + 1_000);
    expect(sizes[1]).toBeLessThan(2_000_000);
  });
});

describe('the registry', () => {
  test('names every detector once', () => {
    const names = DETECTORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(11);
  });
});
