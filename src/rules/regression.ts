import { medianAbsoluteDeviation, quantile } from 'simple-statistics';
import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { repositorySubject } from '../core/subject.ts';
import type { Instant } from '../core/time.ts';
import { MAD_TO_SIGMA } from '../detectors/expectation/expectation.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { enabledOption } from './options.ts';
import { type Measured, measured, regressionNeeds, type Watched } from './regression/series.ts';

export interface RegressionOptions {
  readonly enabled: boolean;
  readonly watch: readonly Watched[];
  readonly min_ratio: number;
  readonly deviations: number;
  readonly in_a_row: number;
  readonly min_results: number;
}

const WATCHED: readonly Watched[] = ['benchmarks', 'builds', 'tests'];

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  watch: z
    .array(z.enum(WATCHED))
    .default([...WATCHED])
    .describe('What is looked at: benchmarks, the time of builds, the share of tests that pass.'),
  min_ratio: z.number().gt(1).max(100).default(1.25).describe('A smaller factor of worsening is ignored.'),
  deviations: z
    .number()
    .min(1)
    .max(100)
    .default(4)
    .describe('How many robust standard deviations from the median of what came before it takes.'),
  in_a_row: z
    .int()
    .min(1)
    .max(50)
    .default(3)
    .describe('How many results in a row must be worse; results of one hour count as one.'),
  min_results: z.int().min(5).max(500).default(12).describe('With fewer results before them the rule says nothing.'),
});

/** Things that are measured on purpose: results of benchmarks, build times, the pass rate of tests. */
export const regression: Rule<RegressionOptions, z.ZodObject> = {
  name: 'regression',
  title: 'A benchmark, a build or the tests got worse',
  question: 'Are the last results of a benchmark, a build or the tests clearly worse than those of the month before?',
  remedy: [
    'Look at what was merged just before the first of the worse results, by agents above all.',
    'Run the benchmark or the tests on the commit before it, to tell a change of the code from one of the machine.',
    'Take the change back, or accept what it costs: after some weeks the new results are the usual ones.',
    'Raise `rules.regression.min_ratio` where results differ that much from run to run.',
  ],
  options,
  needs: ({ enabled, watch }, labelSets) => (enabled ? regressionNeeds(watch, labelSets) : []),
  judge(facts: Facts, settings: RegressionOptions, _now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const all = measured(facts, settings.watch);
    if (all.length > 0) return all.map((each) => judgeOne(facts.repo, each, settings));
    const reason = 'No result of a benchmark, of tests or of a build is known.';
    const subject = repositorySubject(facts.repo);
    return [unsure({ rule: 'regression', subject, value: null, limit: null, unit: 'count', reason })];
  },
};

function judgeOne(repo: string, one: Measured, settings: RegressionOptions): Finding {
  const { watched, unit, called, labels, results } = one;
  const turn = Math.max(0, results.length - settings.in_a_row);
  const [before, last] = [results.slice(0, turn), results.slice(turn)];
  const said: Said = {
    ...{ rule: 'regression', subject: repositorySubject(repo), labels: { of: watched, ...labels } },
    ...{ value: last.at(-1)?.value ?? null, limit: null, unit, reason: '' },
  };
  if (before.length < settings.min_results) {
    const reason = `${called} has ${results.length} results in 30 days; ${settings.min_results + settings.in_a_row} are needed.`;
    return unsure({ ...said, reason });
  }
  const usual = quantile(
    before.map(({ value }) => value),
    0.5,
  );
  const limit = limitOf(
    before.map(({ value }) => value),
    usual,
    one,
    settings,
  );
  const worse = last.filter(({ value }) => (one.isWorseAbove ? value > limit : value < limit));
  const shown = last.map(({ value }) => formatQuantity(value, unit)).join(', ');
  const reason = `${called}: the last results are ${shown}, where ${formatQuantity(usual, unit)} was usual.`;
  if (worse.length < last.length) return fine({ ...said, limit, reason }, worse.length > 0);
  return wrong({ ...said, limit, reason }, 'warning', evidenceOf(one, usual, limit));
}

/**
 * A result above this is worse: above this many robust deviations, and this many times, the median, and above 39 of 40 earlier
 * results, so that a mode that comes up now and then (a cold cache) is no news.
 */
function limitOf(
  before: readonly number[],
  usual: number,
  { isWorseAbove, watched }: Measured,
  { deviations, min_ratio: ratio }: RegressionOptions,
): number {
  const spread = deviations * MAD_TO_SIGMA * medianAbsoluteDeviation([...before]);
  if (isWorseAbove) return Math.max(usual + spread, usual * ratio, quantile([...before], 0.975));
  const times = watched === 'tests' ? passRateLimit(usual, ratio) : usual / ratio;
  return Math.min(usual - spread, times, quantile([...before], 0.025));
}

/** For tests, failures are what grows: by at least one in a hundred, and to this many times the earlier ones. */
function passRateLimit(usual: number, ratio: number): number {
  const failing = 1 - usual;
  return 1 - Math.max(failing * ratio, failing + 0.01);
}

function evidenceOf({ results, unit, called }: Measured, usual: number, limit: number): Parameters<typeof wrong>[2] {
  const shown = results.slice(-30);
  return {
    facts: [
      { label: 'The last result', value: results.at(-1)?.value ?? 0, unit },
      { label: 'The median of those before', value: usual, unit },
      { label: 'Results that this rests on', value: results.length, unit: 'count' },
    ],
    chart: {
      title: called,
      unit,
      labels: shown.map(({ at }) => at.slice(5, 13).replace('T', ' ')),
      values: shown.map(({ value }) => value),
      limit,
    },
  };
}
