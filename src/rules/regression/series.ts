import type { Facts } from '../../core/facts.ts';
import type { Labels } from '../../core/label.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { plainLine } from '../../core/text.ts';
import { DAY, type Duration, type Instant } from '../../core/time.ts';
import type { Unit } from '../../core/unit.ts';

/** What can get worse. */
export type Watched = 'benchmarks' | 'builds' | 'tests';

interface Kind {
  readonly watched: Watched;
  readonly metric: string;
  readonly unit: Unit;
  /** Its name in a sentence. */
  readonly called: (labels: Labels) => string;
  readonly isWorseAbove: (labels: Labels) => boolean;
}

const KINDS: readonly Kind[] = [
  {
    watched: 'benchmarks',
    metric: 'report.benchmark',
    unit: 'count',
    called: ({ benchmark = '' }) => `The benchmark ${plainLine(benchmark)}`,
    isWorseAbove: ({ better }) => better !== 'bigger',
  },
  {
    watched: 'builds',
    metric: 'ci.duration',
    unit: 'ms',
    called: ({ workflow = '', trigger = '' }) => `The build ${plainLine(workflow)} on ${plainLine(trigger)}`,
    isWorseAbove: () => true,
  },
  {
    watched: 'tests',
    metric: 'report.tests',
    unit: 'ratio',
    called: (labels) => {
      const words = Object.entries(labels).map(([key, value]) => `${plainLine(key)} ${plainLine(value)}`);
      return words.length === 0 ? 'The pass rate of the tests' : `The pass rate of the tests (${words.join(', ')})`;
    },
    isWorseAbove: () => false,
  },
];

/** Hourly sums are kept for 30 days. */
const HISTORY: Duration = 30 * DAY;
/** More series of one kind than this are ignored, so that a flood of labels does not take up all the time. */
const MOST_SERIES = 300;

/** One thing that is measured repeatedly. */
export interface Measured {
  readonly watched: Watched;
  readonly unit: Unit;
  readonly called: string;
  readonly isWorseAbove: boolean;
  readonly labels: Labels;
  /** The mean of each hour with any result, oldest first. */
  readonly results: readonly { readonly at: Instant; readonly value: number }[];
}

function wanted(watched: readonly Watched[]): readonly Kind[] {
  return KINDS.filter((kind) => watched.includes(kind.watched));
}

function requestFor({ metric }: Kind, labels: Labels): SeriesRequest {
  return { metric, labels, step: 'hour', lookBack: HISTORY };
}

/** The series that `measured` requests. */
export function regressionNeeds(watched: readonly Watched[], labelSets: LabelSets): readonly SeriesRequest[] {
  return wanted(watched).flatMap((kind) => setsOf(kind, labelSets).map((labels) => requestFor(kind, labels)));
}

function setsOf({ metric }: Kind, labelSets: LabelSets): readonly Labels[] {
  return labelSets(metric).slice(0, MOST_SERIES);
}

/** Everything that is measured repeatedly, with its results. */
export function measured(facts: Facts, watched: readonly Watched[]): readonly Measured[] {
  return wanted(watched).flatMap((kind) =>
    setsOf(kind, facts.labelSets).map((labels) => ({
      watched: kind.watched,
      unit: kind.unit,
      called: kind.called(labels),
      isWorseAbove: kind.isWorseAbove(labels),
      labels,
      results: resultsOf(facts, kind, labels),
    })),
  );
}

function resultsOf(facts: Facts, kind: Kind, labels: Labels): Measured['results'] {
  return facts.measured(requestFor(kind, labels)).points.flatMap(({ at, aggregate }) => {
    if (aggregate === null || aggregate.count === 0) return [];
    const value = aggregate.sum / aggregate.count;
    return Number.isFinite(value) ? [{ at, value }] : [];
  });
}
