import { describe, expect, test } from 'vitest';
import { dailySpend, dailyWave, dice, judgeAll, readings, reportsOf, USUAL } from '../../test/kit/series.ts';
import { DAY, HOUR, MINUTE } from '../core/time.ts';
import { changePoint } from './change-point.ts';
import { counts } from './counts.ts';
import { dormancy } from './dormancy.ts';
import { drift } from './drift.ts';
import { novelty } from './novelty/novelty.ts';
import { robust } from './robust.ts';
import { trend } from './trend.ts';
import { zScore } from './z-score.ts';

/** The share of `runs` series of which the last point is reported. */
function foundAtTheEnd(
  runs: number,
  series: (seed: number) => Parameters<typeof judgeAll>[1],
  detector = robust,
): number {
  const hits = Array.from({ length: runs }, (_, seed) => {
    const judged = judgeAll(detector, series(seed));
    return reportsOf(judged).includes(judged.length - 1);
  });
  return hits.filter(Boolean).length / runs;
}

/** Poisson counts by multiplying chances (D. E. Knuth, The Art of Computer Programming 2, 3.4.1). */
function poisson(rate: number, seed: number, points: number): number[] {
  const { even } = dice(seed);
  return Array.from({ length: points }, () => {
    let count = -1;
    for (let product = 1; product > Math.exp(-rate); count += 1) product *= even();
    return count;
  });
}

describe('robust', () => {
  const spend = (change: (day: number, value: number) => number) => (seed: number) =>
    readings(
      dailySpend(61, seed).map((value, day) => (day === 60 ? change(day, value) : value)),
      DAY,
    );

  test('finds a working day of a tenth of the usual spend, which the plain z-score cannot', () => {
    expect(
      foundAtTheEnd(
        60,
        spend((_, value) => value / 10),
      ),
    ).toBeGreaterThan(0.95);
    expect(
      foundAtTheEnd(
        60,
        spend((_, value) => value / 10),
        zScore,
      ),
    ).toBe(0);
  });

  test('finds five times the usual spend nearly always, and three times mostly', () => {
    expect(
      foundAtTheEnd(
        60,
        spend((_, value) => value * 5),
      ),
    ).toBeGreaterThan(0.95);
    expect(
      foundAtTheEnd(
        60,
        spend((_, value) => value * 3),
      ),
    ).toBeGreaterThan(0.6);
  });

  test('speaks on fewer than one ordinary day in a hundred', () => {
    const reports = Array.from({ length: 60 }, (_, seed) => reportsOf(judgeAll(robust, spend((_d, v) => v)(seed))));
    expect(reports.flat().filter((day) => day >= 30).length / (60 * 31)).toBeLessThan(0.01);
  });

  test('is not misled by an old spike', () => {
    const masked = (seed: number): Parameters<typeof judgeAll>[1] =>
      readings(
        dailySpend(61, seed).map((value, day) => (day === 45 ? value * 10 : day === 60 ? value * 5 : value)),
        DAY,
      );
    expect(foundAtTheEnd(40, masked)).toBeGreaterThan(0.95);
  });

  test('knows the hours of a day', () => {
    const { normal } = dice(4);
    const wave = Array.from({ length: 24 * 21 }, (_, i) => (i % 24 === 3 ? 400 : 40) * Math.exp(0.05 * normal()));
    const nightly = readings([...wave, 40, 40, 40, 400, 40, 400], HOUR);
    // The backup at three is expected; at five it is news.
    expect(reportsOf(judgeAll(robust, nightly)).filter((i) => i >= wave.length)).toEqual([wave.length + 5]);
  });
});

describe('counts', () => {
  test('of 0.2 a day reports three in a day, and hardly ever an ordinary day', () => {
    expect(foundAtTheEnd(60, (seed) => readings([...poisson(0.2, seed, 60), 3], DAY), counts)).toBeGreaterThan(0.8);
    const quiet = Array.from({ length: 60 }, (_, seed) =>
      reportsOf(judgeAll(counts, readings(poisson(0.2, seed, 90), DAY))),
    );
    expect(quiet.flat().filter((day) => day >= 30).length / (60 * 60)).toBeLessThan(0.01);
  });

  test('reports no first failure after a long peace, but several at once', () => {
    const peace = new Array(40).fill(0);
    expect(reportsOf(judgeAll(counts, readings([...peace, 1], DAY)))).toEqual([]);
    expect(reportsOf(judgeAll(counts, readings([...peace, 4], DAY)))).toEqual([40]);
  });

  test('sees counts in shares of a fixed number, and no counts in amounts', () => {
    const share = judgeAll(counts, readings([...poisson(2, 3, 60).map((k) => k / 40), 0.4], DAY)).at(-1);
    expect(share).toMatchObject({ kind: 'judged', expected: { low: 0 } });
    expect(share?.score).toBeGreaterThan(0.5);
    expect(judgeAll(counts, readings(dailySpend(30, 1), DAY)).at(-1)).toMatchObject({ kind: 'unknown' });
  });
});

describe('change-point', () => {
  const { normal } = dice(11);
  const noise = Array.from({ length: 200 }, () => 50 + normal());

  test('finds a shift of two standard deviations within ten points, says so, and learns the new level', () => {
    const shifted = noise.map((value, i) => (i < 100 ? value : value + 2));
    const reports = reportsOf(judgeAll(changePoint, readings(shifted)));
    expect(reports).toHaveLength(1);
    expect(reports[0]).toBeGreaterThanOrEqual(100);
    expect(reports[0]).toBeLessThanOrEqual(110);
  });

  test('passes over a single point, however far it is', () => {
    expect(reportsOf(judgeAll(changePoint, readings(noise.map((value, i) => (i === 100 ? 1e6 : value)))))).toEqual([]);
  });
});

describe('drift', () => {
  test('finds two levels where there was one, though the mean is the same', () => {
    const { normal } = dice(12);
    const values = Array.from({ length: 500 }, (_, i) => 50 + normal() + (i < 400 ? 0 : 2 * (i % 2) - 1) * 3);
    const reports = reportsOf(judgeAll(drift, readings(values)));
    expect(reports[0]).toBeGreaterThan(400);
    expect(reports[0]).toBeLessThan(460);
  });

  test('takes points that follow each other closely for fewer than they are', () => {
    const { normal } = dice(13);
    let value = 0;
    const walk = Array.from({ length: 500 }, () => {
      value = 0.9 * value + normal();
      return 50 + value;
    });
    expect(reportsOf(judgeAll(drift, readings(walk)))).toEqual([]);
  });
});

describe('trend', () => {
  test('finds growth of three percent a day within noise, and says by how much', () => {
    const { normal } = dice(14);
    const grown = Array.from({ length: 40 }, (_, i) => 100 * 1.03 ** i * Math.exp(0.05 * normal()));
    const judged = judgeAll(trend, readings(grown, DAY));
    expect(reportsOf(judged).length).toBeGreaterThan(10);
    const found = judged.at(-1);
    // 27 days of 3 %: by 2.22 to 1, which is 0.82 of the middle value.
    const growth = found?.kind === 'judged' ? found.deviation : 0;
    expect(growth).toBeGreaterThan(0.65);
    expect(growth).toBeLessThan(0.95);
  });

  test('says nothing of noise, nor of a slope that is sure but small', () => {
    const { normal } = dice(15);
    const noise = Array.from({ length: 300 }, () => 100 + 20 * normal());
    expect(reportsOf(judgeAll(trend, readings(noise, DAY)))).toEqual([]);
    expect(
      reportsOf(
        judgeAll(
          trend,
          readings(
            Array.from({ length: 60 }, (_, i) => 100 + i / 10),
            DAY,
          ),
        ),
      ),
    ).toEqual([]);
  });
});

describe('dormancy', () => {
  const working = Array.from({ length: 70 }, (_, day) => (day % 7 > 4 ? 0 : 12));

  test('takes weekends for what they are, and finds an agent that has died', () => {
    const silent = [...working, ...new Array(20).fill(0)];
    const reports = reportsOf(judgeAll(dormancy, readings(silent, DAY)));
    expect(reports[0]).toBeGreaterThan(70 + 5);
    expect(reports[0]).toBeLessThan(70 + 13);
    expect(reports).toHaveLength(90 - (reports[0] ?? 0));
  });

  test('finds it by missing values too, and is content with the first sign of life', () => {
    const dead = [...new Array(50).fill(3), ...new Array(8).fill(null), 3];
    expect(reportsOf(judgeAll(dormancy, readings(dead)))).toEqual([53, 54, 55, 56, 57]);
    expect(judgeAll(dormancy, readings(dead))[54]).toMatchObject({ kind: 'judged', value: null });
  });
});

describe('novelty', () => {
  test.each([
    ['a spike of half an hour', (value: number, i: number): number => (i < 6 ? value + 90 : value)],
    ['a fall of half an hour', (value: number, i: number): number => (i < 6 ? value - 90 : value)],
    ['a line that has gone flat', (value: number, i: number): number => (i < 150 ? 100 : value)],
    ['a level that has risen', (value: number, i: number): number => (i < 200 ? value + 60 : value)],
  ])('finds %s in the rhythm of a day, and little else', (_name, spoil) => {
    const found = Array.from({ length: 4 }, (_, seed) => {
      const wave = dailyWave(3_400, 100 + seed).map((value, i) => (i < 3_000 ? value : spoil(value, i - 3_000)));
      const reports = reportsOf(judgeAll(novelty, readings(wave, 5 * MINUTE)));
      const inside = reports.filter((i) => i >= 3_000 && i < 3_280);
      return { inside: inside.length > 0, elsewhere: reports.length - inside.length };
    });
    expect(found.every(({ inside }) => inside)).toBe(true);
    expect(found.reduce((sum, { elsewhere }) => sum + elsewhere, 0) / 4).toBeLessThan(4);
  });

  test('needs two weeks of days to find an agent that costs five times as much', () => {
    const spend = (seed: number): Parameters<typeof judgeAll>[1] =>
      readings(
        dailySpend(22, seed).map((value, day) => (day === 21 ? value * 8 : value)),
        DAY,
      );
    expect(foundAtTheEnd(40, spend, novelty)).toBeGreaterThan(0.95);
  });

  test('reports fewer than five of 1,000 normal days, in the second year as in the first weeks', () => {
    const reports = Array.from({ length: 10 }, (_, seed) =>
      reportsOf(judgeAll(novelty, readings(dailySpend(500, 300 + seed), DAY))),
    );
    expect(reports.flat().length / 5_000).toBeLessThan(0.005);
  });

  test('finds a second day of five times the spend as surely as the first', () => {
    const twice = (seed: number): Parameters<typeof judgeAll>[1] =>
      readings(
        dailySpend(61, seed).map((value, day) => (day === 46 || day === 60 ? value * 5 : value)),
        DAY,
      );
    expect(foundAtTheEnd(40, twice, novelty)).toBeGreaterThan(0.95);
  });

  test('after a report it rests, unless it becomes much worse', () => {
    const wave = dailyWave(3_000, 42).map((value, i) =>
      i >= 2_500 && i < 2_520 ? value + 90 : i >= 2_540 && i < 2_545 ? 2_000 : value,
    );
    const reports = reportsOf(judgeAll(novelty, readings(wave, 5 * MINUTE))).filter((i) => i >= 2_500);
    expect(reports[0]).toBe(2_500);
    expect(reports.filter((i) => i < 2_540).length).toBeLessThan(4);
    expect(reports).toContain(2_540);
  });

  test('tells what it expected, how sure it is and what that rests on', () => {
    const judged = judgeAll(novelty, readings([...dailySpend(60, 1), 400], DAY), USUAL).at(-1);
    expect(judged).toMatchObject({
      kind: 'judged',
      method: 'novelty',
      value: 400,
      basis: { from: '2026-01-05T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z', points: 60 },
    });
    if (judged?.kind !== 'judged') throw new Error('it must be judged');
    expect(judged.score).toBeGreaterThan(0.5);
    expect(judged.confidence).toBeGreaterThan(0.9);
    // A Friday of about 40.
    expect(judged.expected?.low).toBeGreaterThan(10);
    expect(judged.expected?.low).toBeLessThan(40);
    expect(judged.expected?.high).toBeGreaterThan(40);
    expect(judged.expected?.high).toBeLessThan(120);
  });
});
