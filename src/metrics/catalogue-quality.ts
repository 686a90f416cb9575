import type { Unit } from '../core/unit.ts';
import type { MeasureFold, MetricDoc, OfMeasures } from './metric-doc.ts';

const REPORTS = 'metrics.recorded, from `record report`';
const ANALYSERS = 'metrics.recorded, from `record report`, and from the builds that `builds.analysers` names';
const CHECKS = 'metrics.recorded, from the check runs of pull requests of agents';
const TESTS =
  'metrics.recorded, from `record report`, and from check runs of pull requests of agents whose title counts tests';
const BUILDS = 'metrics.recorded, from the builds of the repository';

function of(
  name: string,
  unit: Unit,
  measures: OfMeasures,
  { source, fold, unknownWhen }: { readonly source: string; readonly fold: string; readonly unknownWhen: string },
): MetricDoc {
  return { name, unit, reduction: 'measures', of: measures, source, fold, unknownWhen };
}

function all(metric: string, fold: MeasureFold): OfMeasures {
  return { metric, labels: {}, fold };
}

const NO_TESTS =
  'no report of tests was recorded in that time, and no check run of a pull request of an agent mentioned tests';
const NO_LINT =
  'no report of an analyser was recorded in that time, and no build with a job that is named as one ended';
const NO_BUILD = 'no build ended in that time, or builds are not looked at';

function analysis(name: string, unit: Unit, metric: string, fold: 'mean' | 'sum', words: string): MetricDoc {
  return of(name, unit, all(metric, fold), {
    source: `metrics.recorded, from \`record metric ${metric}\``,
    fold: words,
    unknownWhen: 'nobody recorded it in that time',
  });
}

/** The results of reports and builds of the last seven days. */
export const OF_MEASURES: readonly MetricDoc[] = [
  of('codeQuality.testPassRate', 'ratio', all('report.tests', 'mean'), {
    source: TESTS,
    fold: 'Tests that passed divided by those that passed or failed.',
    unknownWhen: NO_TESTS,
  }),
  of('codeQuality.testsFailed', 'count', all('report.tests', 'zeros'), {
    source: TESTS,
    fold: 'Tests that failed, each time that they did.',
    unknownWhen: NO_TESTS,
  }),
  ...(['error', 'warning'] as const).map((level) =>
    of(
      `codeQuality.lint${level === 'error' ? 'Errors' : 'Warnings'}`,
      'count',
      { metric: 'report.lint', labels: { level }, fold: 'latest' },
      {
        source: ANALYSERS,
        fold: `Open results of level ${level}, in the mean of the reports of the last day with any, summed over the analysers.`,
        unknownWhen: NO_LINT,
      },
    ),
  ),
  of('codeQuality.checkPassRate', 'ratio', all('ci.checks', 'mean'), {
    source: CHECKS,
    fold: 'Check runs on heads of pull requests of agents that succeeded divided by those that succeeded or failed.',
    unknownWhen: 'no check of a pull request of an agent ended in that time, or checks are not looked at',
  }),
  of('codeQuality.buildSuccessRate', 'ratio', all('ci.runs', 'mean'), {
    source: BUILDS,
    fold: 'Builds that succeeded divided by those that succeeded or failed. What was cancelled or skipped is neither.',
    unknownWhen: NO_BUILD,
  }),
  of('developerExperience.buildDuration', 'ms', all('ci.duration', 'mean'), {
    source: BUILDS,
    fold: 'Mean time from the start of the first job to the end of the last, of builds that succeeded.',
    unknownWhen: NO_BUILD,
  }),
  of('developerExperience.queueTime', 'ms', all('ci.queue', 'mean'), {
    source: BUILDS,
    fold: 'Mean time that a job of a build waited for a runner.',
    unknownWhen: NO_BUILD,
  }),
  of('developerExperience.testDuration', 'ms', all('report.tests.duration', 'mean'), {
    source: REPORTS,
    fold: 'Mean time of the tests of a report.',
    unknownWhen: NO_TESTS,
  }),
  analysis('analysis.insightsGenerated', 'count', 'analysis.insights', 'sum', 'Findings that agents reported.'),
  analysis('analysis.patternsIdentified', 'count', 'analysis.patterns', 'sum', 'Patterns that agents reported.'),
  analysis(
    'analysis.recommendationsProposed',
    'count',
    'analysis.recommendations',
    'sum',
    'Recommendations that agents made.',
  ),
  analysis(
    'analysis.confidenceScores',
    'ratio',
    'analysis.confidence',
    'mean',
    'Mean of how sure agents said that they were, from 0 to 1.',
  ),
];
