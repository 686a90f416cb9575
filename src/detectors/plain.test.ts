import { describe, expect, test } from 'vitest';
import { judgeAll, readings, reportsOf, USUAL } from '../../test/kit/series.ts';
import { DAY, HOUR } from '../core/time.ts';
import { iqr } from './iqr.ts';
import type { Judgement, Settings } from './method.ts';
import { movingAverage } from './moving-average.ts';
import { percentile } from './percentile.ts';
import { zScore } from './z-score.ts';

function last(judgements: readonly Judgement[]): Extract<Judgement, { kind: 'judged' }> {
  const judgement = judgements.at(-1);
  if (judgement?.kind !== 'judged') throw new Error(`the last point is ${JSON.stringify(judgement)}`);
  return judgement;
}

const at = (sensitivity: Settings['sensitivity']): Settings => ({ ...USUAL, sensitivity });
/** Twice the sample of NIST: mean 5, standard deviation of the sample √(2 · 32 / 15). */
const SAMPLE = [2, 4, 4, 4, 5, 5, 7, 9, 2, 4, 4, 4, 5, 5, 7, 9];
const SIGMA = Math.sqrt(64 / 15);

describe('z-score', () => {
  test('is the distance from the mean in standard deviations of the sample', () => {
    const found = last(judgeAll(zScore, readings([...SAMPLE, 12])));
    expect(found.deviation).toBeCloseTo(7 / SIGMA, 12);
    expect(found.expected?.low).toBeCloseTo(5 - 2.5 * SIGMA, 12);
    expect(found.expected?.high).toBeCloseTo(5 + 2.5 * SIGMA, 12);
    expect(found.basis).toEqual({ from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T15:00:00.000Z', points: 16 });
    // z = 3.39; 0.9993 of the normal distribution lie within.
    expect(found.confidence).toBeCloseTo(0.9993, 4);
  });

  test.each([
    ['low', 3],
    ['medium', 2.5],
    ['high', 2],
  ] as const)('reports with sensitivity %s from %s on, to both sides', (sensitivity, limit) => {
    for (const side of [1, -1]) {
      const score = (z: number): number =>
        last(judgeAll(zScore, readings([...SAMPLE, 5 + side * z * SIGMA]), at(sensitivity))).score;
      expect(score(limit * 1.001)).toBeGreaterThan(0.5);
      expect(score(limit * 0.999)).toBeLessThan(0.5);
    }
  });

  test('knows nothing of the spread of a constant', () => {
    expect(judgeAll(zScore, readings([...new Array(20).fill(3), 4])).at(-1)).toMatchObject({ kind: 'unknown' });
  });

  test('is the same when a constant is added', () => {
    const scores = (add: number): readonly number[] =>
      judgeAll(zScore, readings([...SAMPLE, ...SAMPLE].map((value) => value + add))).map(({ score }) => score);
    for (const [i, score] of scores(1_000).entries()) expect(score).toBeCloseTo(scores(0)[i] ?? 0, 9);
  });
});

describe('moving-average', () => {
  test.each([
    ['low', 3],
    ['medium', 2],
    ['high', 1.5],
  ] as const)('reports with sensitivity %s from %s times the average on', (sensitivity, limit) => {
    const score = (ratio: number): number =>
      last(judgeAll(movingAverage, readings([...SAMPLE, 5 * ratio]), at(sensitivity))).score;
    expect(score(limit * 1.001)).toBeGreaterThan(0.5);
    expect(score(limit * 0.999)).toBeLessThan(0.5);
  });

  test('takes no ratio to an average that is not positive', () => {
    expect(judgeAll(movingAverage, readings([0, 0, 0, 0, 0, 0, 7])).at(-1)?.kind).toBe('unknown');
    expect(judgeAll(movingAverage, readings([-1, -1, -1, -1, -1, -1, 7])).at(-1)?.kind).toBe('unknown');
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i);

  test('reports what is above the 99th percentile, with high sensitivity above the 95th', () => {
    // Quantiles as in numpy and R (type 7): of 0 to 100 they are 99 and 95.
    const high = (sensitivity: Settings['sensitivity']): number | null | undefined =>
      last(judgeAll(percentile, readings([...hundred, 50]), at(sensitivity))).expected?.high;
    expect([high('low'), high('medium'), high('high')]).toEqual([99, 99, 95]);
    expect(last(judgeAll(percentile, readings([...hundred, 99]))).score).toBeLessThan(0.5);
    expect(last(judgeAll(percentile, readings([...hundred, 99.5]))).score).toBeGreaterThan(0.5);
  });

  test('does not claim a percentile that its points cannot have', () => {
    expect(judgeAll(percentile, readings([...hundred.slice(0, 99), 1_000])).at(-1)?.kind).toBe('unknown');
  });
});

describe('iqr', () => {
  test.each([
    ['low', 3],
    ['medium', 2.2],
    ['high', 1.5],
  ] as const)('reports with sensitivity %s from %s interquartile ranges beyond a quartile on', (sensitivity, fence) => {
    // 0 to 100: quartiles 25 and 75.
    const score = (value: number): number =>
      last(judgeAll(iqr, readings([...Array.from({ length: 101 }, (_, i) => i), value]), at(sensitivity))).score;
    expect(score(75 + 50 * fence + 0.1)).toBeGreaterThan(0.5);
    expect(score(75 + 50 * fence - 0.1)).toBeLessThan(0.5);
    expect(score(25 - 50 * fence - 0.1)).toBeGreaterThan(0.5);
  });
});

describe('the look-back', () => {
  test.each([
    ['1h', 60 * 60],
    ['6h', 6 * 60 * 60],
    ['24h', 24 * 60 * 60],
    ['30d', 30 * 24 * 60 * 60],
  ] as const)('of %s forgets what is older', (lookBack, seconds) => {
    const step = (seconds * 1_000) / 20;
    // 40 points at 100, then 25 at 1: the old level is out of sight, so that 1 is ordinary and 100 is not.
    const values = [
      ...Array.from({ length: 40 }, (_, i) => 100 + (i % 2)),
      ...Array.from({ length: 25 }, (_, i) => 1 + (i % 2)),
    ];
    const judged = judgeAll(zScore, readings([...values, 100], step), { ...USUAL, lookBack });
    expect(last(judged).basis.points).toBe(20);
    expect(reportsOf(judged).at(-1)).toBe(65);
    expect(judged[64]?.score).toBeLessThan(0.5);
  });

  test('with too few points in it knows nothing', () => {
    const judged = judgeAll(zScore, readings(SAMPLE, DAY), { ...USUAL, lookBack: '24h' });
    expect(judged.every(({ kind }) => kind === 'unknown')).toBe(true);
    expect(judgeAll(zScore, readings(SAMPLE, HOUR), { ...USUAL, lookBack: '24h' }).at(-1)?.kind).toBe('judged');
  });
});
