import { describe, expect, test } from 'vitest';
import { noFacts } from '../../test/kit/happenings.ts';
import { dice } from '../core/dice.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Labels } from '../core/label.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import { type RegressionOptions, regression } from './regression.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const SETTINGS = regression.options.parse({}) as unknown as RegressionOptions;

/** The results of one measure by the hour, oldest first, the last of them now; null where there was none. */
function factsOf(metric: string, labels: Labels, values: readonly (number | null)[]): Facts {
  return {
    ...noFacts(NOW),
    labelSets: (asked) => (asked === metric ? [labels] : []),
    measured: ({ step }) => ({
      ...{ metric, subject: { kind: 'repository', name: 'octo/garden' }, unit: 'count', step, labels },
      points: values.map((value, index) => ({
        at: after(NOW, (index + 1 - values.length) * HOUR),
        aggregate: value === null ? null : { count: 1, sum: value, min: value, max: value, unknown: 0 },
      })),
    }),
  };
}

function judge(metric: string, labels: Labels, values: readonly (number | null)[]): Finding {
  const findings = regression.judge(factsOf(metric, labels, values), SETTINGS, NOW);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

const STEADY = [100, 101, 99, 100, 102, 98, 100, 101, 99, 100, 100, 101];
const BENCHMARK: Labels = { benchmark: 'parse', better: 'smaller', unit: 'ms' };

describe('what is told', () => {
  test('a benchmark whose last three results are clearly worse', () => {
    const finding = judge('report.benchmark', BENCHMARK, [...STEADY, 140, 139, 141]);
    expect(finding).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      labels: { of: 'benchmarks', benchmark: 'parse' },
      value: 141,
      limit: 125,
      reason: 'The benchmark parse: the last results are 140, 139, 141, where 100 was usual.',
    });
  });

  test('one for which less is worse, when it says so itself', () => {
    const labels = { ...BENCHMARK, better: 'bigger' };
    expect(judge('report.benchmark', labels, [...STEADY, 60, 61, 59]).outcome).toBe('violated');
    expect(judge('report.benchmark', labels, [...STEADY, 140, 139, 141]).outcome).toBe('ok');
  });

  test('a build that takes longer, and tests of which more fail', () => {
    const build = judge('ci.duration', { workflow: 'ci.yml', trigger: 'push' }, [...STEADY, 200, 210, 190]);
    expect([build.outcome, build.unit, build.labels]).toEqual([
      'violated',
      'ms',
      { of: 'builds', workflow: 'ci.yml', trigger: 'push' },
    ]);
    const rates = STEADY.map(() => 1);
    expect(judge('report.tests', {}, [...rates, 0.97, 0.96, 0.97])).toMatchObject({
      outcome: 'violated',
      reason: expect.stringContaining('The pass rate of the tests: the last results are 97'),
    });
  });
});

describe('what is not', () => {
  test.each([
    ['one bad result', [...STEADY, 100, 100, 300], 'ok'],
    ['two of three', [...STEADY, 300, 100, 300], 'ok'],
    ['a little worse', [...STEADY, 110, 111, 112], 'ok'],
    ['better', [...STEADY, 50, 50, 50], 'ok'],
    ['too few results', [...STEADY.slice(2), 300, 300, 300], 'unknown'],
    ['no result', [], 'unknown'],
    ['hours without any', [null, null], 'unknown'],
  ] as const)('%s', (_name, values, outcome) => {
    expect(judge('report.benchmark', BENCHMARK, values).outcome).toBe(outcome);
  });

  test('one test in two hundred that fails', () => {
    expect(judge('report.tests', {}, [...STEADY.map(() => 1), 0.995, 0.995, 0.995]).outcome).toBe('ok');
  });

  test('an open alert stays until all of the last results are fine', () => {
    expect(judge('report.benchmark', BENCHMARK, [...STEADY, 140, 140, 100])).toMatchObject({
      outcome: 'ok',
      holds: true,
    });
    expect(judge('report.benchmark', BENCHMARK, [...STEADY, 100, 101, 100])).not.toHaveProperty('holds');
  });

  test('what stays so for weeks becomes the usual', () => {
    const long = [...STEADY, ...STEADY.map((value) => value * 1.5), ...STEADY.map((value) => value * 1.5)];
    expect(judge('report.benchmark', BENCHMARK, long).outcome).toBe('ok');
  });

  test('a thing that was never measured has no answer, and hostile names stay inert', () => {
    expect(regression.judge(noFacts(NOW), SETTINGS, NOW)).toMatchObject([{ outcome: 'unknown' }]);
    const { reason } = judge('report.benchmark', { benchmark: 'a\u202eb\nc', better: 'smaller' }, [
      ...STEADY,
      200,
      200,
      200,
    ]);
    expect(reason).not.toMatch(/[\u202e\n]/);
  });
});

// 300 healthy series of 100 results each, of which one in seven comes from a mode twice as slow (a cold cache).
test('healthy series are told of in fewer than 2 of 100 after 100 results', () => {
  const random = dice(11);
  let told = 0;
  for (let series = 0; series < 300; series += 1) {
    const values = Array.from({ length: 100 }, () => 60 * random.skewed(0.15) * (random.chance(1 / 7) ? 2 : 1));
    const ends = values.map((_, index) => values.slice(0, index + 1));
    if (ends.some((seen) => judge('report.benchmark', BENCHMARK, seen).outcome === 'violated')) told += 1;
  }
  expect(told / 300).toBeLessThan(0.02);
});
