import { expect, test } from 'vitest';
import { noFacts } from '../../../test/kit/happenings.ts';
import type { Facts } from '../../core/facts.ts';
import type { Labels } from '../../core/label.ts';
import { measured, regressionNeeds } from './series.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const SETS: Readonly<Record<string, readonly Labels[]>> = {
  'report.benchmark': [
    { benchmark: 'a', better: 'bigger' },
    { benchmark: 'b', better: 'smaller' },
  ],
  'ci.duration': [{ workflow: 'ci.yml', trigger: 'push' }],
  'report.tests': [{ suite: 'unit' }],
};

const FACTS: Facts = {
  ...noFacts(NOW),
  labelSets: (metric) => SETS[metric] ?? [],
  measured: ({ metric, labels, step }) => ({
    ...{ metric, subject: { kind: 'repository', name: 'octo/garden' }, unit: 'count', step, labels },
    points: [
      { at: '2026-11-21T09:00:00.000Z', aggregate: { count: 4, sum: 10, min: 1, max: 4, unknown: 0 } },
      { at: '2026-11-21T10:00:00.000Z', aggregate: null },
      { at: '2026-11-21T11:00:00.000Z', aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown: 2 } },
    ],
  }),
};

test('asks for every set of labels of what is watched, by the hour, and for nothing else', () => {
  const needs = regressionNeeds(['benchmarks', 'tests'], FACTS.labelSets);
  expect(needs.map(({ metric, labels }) => [metric, labels])).toEqual([
    ['report.benchmark', SETS['report.benchmark']?.[0]],
    ['report.benchmark', SETS['report.benchmark']?.[1]],
    ['report.tests', SETS['report.tests']?.[0]],
  ]);
  expect(new Set(needs.map(({ step }) => step))).toEqual(new Set(['hour']));
});

test('a result is the mean of an hour with any, and each thing knows which way it gets worse', () => {
  const all = measured(FACTS, ['benchmarks', 'builds', 'tests']);
  expect(all.map(({ called, isWorseAbove }) => [called, isWorseAbove])).toEqual([
    ['The benchmark a', false],
    ['The benchmark b', true],
    ['The build ci.yml on push', true],
    ['The pass rate of the tests (suite unit)', false],
  ]);
  expect(all[0]?.results).toEqual([{ at: '2026-11-21T09:00:00.000Z', value: 2.5 }]);
});
