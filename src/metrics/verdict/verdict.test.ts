import { describe, expect, test } from 'vitest';
import { FLEETS, fourWeeks, judged, NO_EFFECT, TERMS } from '../../../test/kit/changes.ts';
import { DAY, type Instant } from '../../core/time.ts';
import { type DayOf, likeWithLike, withoutRhythm } from './days.ts';
import { holm } from './holm.ts';
import { dueLook, judgeChange } from './judge-change.ts';
import { rankShift, rankTest } from './mann-whitney.ts';
import { fisher, newcombe, shareTest } from './proportions.ts';
import { criticalT, tailOfT } from './student.ts';

/** One value a day, on working days from the first Monday of 2026 on. */
function days(values: readonly number[], from = 0): readonly DayOf<readonly number[]>[] {
  return values.map((value, at) => {
    const nth = from + at;
    const day = new Date(Date.UTC(2026, 0, 5 + Math.floor(nth / 5) * 7 + (nth % 5))).toISOString().slice(0, 10);
    return { day, observed: [value] };
  });
}

describe("Student's t", () => {
  // scipy.stats.t of SciPy 1.17.1: 2 * sf(t, df).
  test.each([
    [2.228138852, 10, 0.05],
    [1.5, 3.7, 0.2135981692],
    [12, 40, 7.824171304e-15],
  ])('has the two-sided tail of %d with %d degrees of freedom that SciPy gives', (t, df, p) => {
    expect(tailOfT(t, df) / p).toBeCloseTo(1, 6);
  });

  test('has the critical values that SciPy gives', () => {
    expect(criticalT(0.05, 10)).toBeCloseTo(2.228138852, 7);
    expect(criticalT(0.01, 4.2)).toBeCloseTo(4.457770305, 6);
  });
});

describe('the rank test', () => {
  // M. Hollander and D. A. Wolfe, "Nonparametric Statistical Methods" (1973), 69: permeability of the placenta; in R's help of wilcox.test.
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.9, 0.74, 1.21];
  const sides = { before: days(atTerm), after: days(early, 20) };

  test('finds the statistic of the textbook, U = 35 of 50 pairs', () => {
    expect(1 - rankTest(sides).larger).toBeCloseTo(35 / 50, 12);
  });

  test('finds the shift of the textbook, 0.305, by Hodges and Lehmann', () => {
    // The median of all differences, by NumPy.
    expect(rankShift(sides, 'difference', 0.05).middle).toBeCloseTo(-0.305, 2);
  });

  test('is never surer than the test for independent values: z = 1.2247 of the textbook bounds it', () => {
    expect(Math.abs(rankTest(sides).t)).toBeLessThanOrEqual(1.2248);
  });

  test('is surer of values than of days that hold alike values', () => {
    const twice = (side: readonly DayOf<readonly number[]>[]) =>
      side.map(({ day, observed }) => ({ day, observed: [...observed, ...observed, ...observed, ...observed] }));
    const copied = rankTest({ before: twice(sides.before), after: twice(sides.after) });
    // Four copies of each value tell nothing more: independent values would halve the standard error.
    expect(Math.abs(copied.t)).toBeLessThan(1.5);
  });

  test('says nothing of samples that are all alike', () => {
    expect(rankTest({ before: days([1, 1, 1, 1]), after: days([1, 1, 1], 10) })).toMatchObject({ larger: 0.5, p: 1 });
  });

  test('gives an interval without an end where no shift can be refused', () => {
    const { low, high } = rankShift({ before: days([1, 2]), after: days([3, 4], 10) }, 'ratio', 0.001);
    expect([low, high]).toEqual([null, null]);
  });
});

describe('two shares', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
  ])('%d of %d and %d of %d have the interval of Newcombe', (a, m, b, n, low, high) => {
    const found = newcombe({ hits: a, all: m }, { hits: b, all: n }, 0.05);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  // scipy.stats.fisher_exact of SciPy 1.17.1; the first is R. A. Fisher's tea, the second his convicts, both in R's help of fisher.test.
  test.each([
    [3, 4, 1, 4, 0.485714285714],
    [2, 17, 10, 13, 0.000536724119],
    [50, 1000, 80, 1000, 0.008308448378],
  ])("%d of %d and %d of %d have the probability of Fisher's exact test", (a, m, b, n, p) => {
    expect(fisher({ hits: a, all: m }, { hits: b, all: n }) / p).toBeCloseTo(1, 6);
  });

  test('of days on which all or nothing fails are believed less than of days that are alike', () => {
    const share = (hits: readonly number[], from: number) =>
      hits.map((each, at) => ({
        day: `2026-03-${String(from + at).padStart(2, '0')}`,
        observed: { all: 10, hits: each },
      }));
    const alike = shareTest({ before: share([1, 1, 1, 1, 1, 1], 1), after: share([4, 4, 4, 4, 4, 4], 10) }, 0.05);
    const lumpy = shareTest({ before: share([0, 0, 0, 6, 0, 0], 1), after: share([10, 0, 10, 4, 0, 0], 10) }, 0.05);
    expect(alike.p).toBeLessThan(0.01);
    expect(lumpy.p).toBeGreaterThan(0.05);
    expect(lumpy.difference).toBeCloseTo(alike.difference, 12);
  });
});

describe('many questions', () => {
  test('are raised as R does it: p.adjust(c(0.01, 0.04, 0.03), "holm")', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([])).toEqual([]);
  });
});

describe('the rhythm of the week', () => {
  const day = (date: string, ...observed: readonly number[]) => ({ day: date, observed });
  const working = ['2026-11-02', '2026-11-03', '2026-11-04'].map((date) => day(date, 10));
  const weekend = ['2026-11-07', '2026-11-08'].map((date) => day(date, 2));
  const later = ['2026-11-09', '2026-11-10', '2026-11-11'].map((date) => day(date, 10));

  test('does not compare weekends with nothing', () => {
    const { before } = likeWithLike({ before: [...working, ...weekend], after: later });
    expect(before).toEqual(working);
  });

  test('is taken out where both sides have weekends, and nothing else is', () => {
    const doubled = [...later, day('2026-11-14', 4), day('2026-11-15', 4)].map(({ day: date, observed }) =>
      day(date, ...observed.map((value) => (date < '2026-11-14' ? 2 * value : value))),
    );
    const { before, after } = withoutRhythm({ before: [...working, ...weekend], after: doubled }, 'ratio');
    const flat = (side: typeof before) => [...new Set(side.flatMap(({ observed }) => observed))];
    expect(flat(after)).toHaveLength(1);
    expect((flat(after)[0] ?? 0) / (flat(before)[0] ?? 1)).toBeCloseTo(2, 12);
  });
});

describe('looks', () => {
  const change = { at: '2026-11-02T09:00:00.000Z' as Instant, hypothesis: null };
  test.each([
    [6, 0, null],
    [7, 0, 1],
    [7, 1, null],
    [14, 1, 2],
    [40, 0, 2],
    [40, 2, null],
  ])('after %d days and %d looks the next is %s', (age, held, look) => {
    const now = new Date(Date.parse(change.at) + age * DAY).toISOString();
    expect(dueLook(change, TERMS, held, now)).toBe(look);
  });
});

describe('verdicts', () => {
  const PER_KIND = 56;

  test(`over ${FLEETS.length * PER_KIND} changes without effect, at most one of twenty is called better or worse`, {
    timeout: 180_000,
  }, () => {
    const wrong = FLEETS.flatMap((fleet) =>
      Array.from({ length: PER_KIND }, (_, seed) => judged(fleet, NO_EFFECT, 1_000 + seed).verdict).filter(
        (verdict) => verdict === 'better' || verdict === 'worse',
      ),
    );
    expect(FLEETS.length * PER_KIND).toBeGreaterThanOrEqual(500);
    expect(wrong.length / (FLEETS.length * PER_KIND)).toBeLessThanOrEqual(0.05);
  });

  test.each([
    ['doubled cost and failures', { times: 2, points: 0.3 }, 'worse'],
    ['half the cost', { times: 0.5, points: 0 }, 'better'],
  ] as const)('of %s nearly all are seen, with an interval on the right side', (_what, effect, verdict) => {
    const [calm] = FLEETS;
    if (calm === undefined) throw new Error('there are no fleets');
    const found = Array.from({ length: 40 }, (_, seed) => judged(calm, effect, 5_000 + seed));
    expect(found.filter((judgement) => judgement.verdict === verdict).length).toBeGreaterThanOrEqual(38);
    const target = found[0]?.comparisons[0];
    expect(Math.sign(target?.low ?? 0)).toBe(Math.sign(effect.times - 1));
    expect(Math.sign(target?.high ?? 0)).toBe(Math.sign(effect.times - 1));
    expect(target?.change).toBeGreaterThan(target?.low ?? 0);
    expect(target?.change).toBeLessThan(target?.high ?? 0);
  });

  test('of a breached guardrail is worse, although the promise was kept', () => {
    const [calm] = FLEETS;
    if (calm === undefined) throw new Error('there are no fleets');
    const verdicts = Array.from({ length: 20 }, (_, seed) => judged(calm, { times: 0.5, points: 0.5 }, 6_000 + seed));
    expect(verdicts.filter(({ verdict }) => verdict === 'worse').length).toBeGreaterThanOrEqual(19);
    expect(verdicts[0]?.usual?.metric).toBe('sessions.failureRate');
  });

  test('is insufficient data where there is hardly any, and of a metric that nobody measures', () => {
    const [calm] = FLEETS;
    if (calm === undefined) throw new Error('there are no fleets');
    const sight = fourWeeks(calm, NO_EFFECT, 1);
    const few = { ...sight, samples: sight.samples.slice(0, 40), days: () => [] };
    const change = { at: '2026-11-02T09:00:00.000Z', hypothesis: null };
    expect(judgeChange(change, few, TERMS, { look: 2, overlaps: [] }).verdict).toBe('insufficient data');
    const promised = {
      metric: 'nobody.knows',
      direction: 'up',
      by: null,
      within: 14 * DAY,
      guardrails: [],
      agent: null,
    } as const;
    const judgement = judgeChange({ ...change, hypothesis: promised }, { ...sight, days: () => [] }, TERMS, {
      look: 2,
      overlaps: [],
    });
    expect(judgement.verdict).toBe('insufficient data');
    expect(judgement.comparisons[0]).toMatchObject({ metric: 'nobody.knows', p: null, change: null });
  });

  test('are the same whenever they are asked for', () => {
    const [calm] = FLEETS;
    if (calm === undefined) throw new Error('there are no fleets');
    expect(judged(calm, { times: 1.4, points: 0 }, 3)).toEqual(judged(calm, { times: 1.4, points: 0 }, 3));
  });
});
