import type { Facts } from '../core/facts.ts';
import { hasLabels } from '../core/measure-row.ts';
import { type Aggregate, mergeAggregates, type Point } from '../core/series.ts';
import type { LabelSets, SeriesRequest } from '../core/series-request.ts';
import { DAY, type Duration } from '../core/time.ts';
import { OF_MEASURES } from './catalogue-quality.ts';
import type { OfMeasures } from './metric-doc.ts';

/** Measures are summed over a week, because builds and reports pause at weekends. */
const WEEK: Duration = 7 * DAY;

/** The series that `measureQuality` requests, as far as they exist. */
export function qualityRequests(labelSets: LabelSets): readonly SeriesRequest[] {
  return OF_MEASURES.flatMap(({ of }) => (of === undefined ? [] : requestsFor(of, labelSets)));
}

/** The value of the last day is requested set by set, the rest over all of them. */
function requestsFor({ metric, labels, fold }: OfMeasures, labelSets: LabelSets): readonly SeriesRequest[] {
  const sets = labelSets(metric).filter((set) => hasLabels(set, labels));
  if (sets.length === 0) return [];
  return (fold === 'latest' ? sets : [labels]).map((set) => ({ metric, labels: set, step: 'day', lookBack: WEEK }));
}

/**
 * One number from what was measured in the last seven days; null if nothing was. `facts.measured` must have been given
 * `qualityRequests`.
 */
export function measureQuality(facts: Facts, of: OfMeasures): number | null {
  const series = requestsFor(of, facts.labelSets).map((request) => facts.measured(request).points);
  if (of.fold === 'latest') return sumOfKnown(series.map(latestMean));
  return folded(
    series.flat().reduce<Aggregate | null>((sum, point) => mergeAggregates(sum, point.aggregate), null),
    of,
  );
}

function folded(all: Aggregate | null, { fold }: OfMeasures): number | null {
  if (all === null || all.count === 0) return null;
  switch (fold) {
    case 'mean':
      return all.sum / all.count;
    case 'sum':
      return all.sum;
    // For observations that are 0 or 1.
    case 'zeros':
      return all.count - all.sum;
    default:
      throw new RangeError(`'${fold}' is read set by set.`);
  }
}

function latestMean(points: readonly Point[]): number | null {
  const last = points.findLast(({ aggregate }) => aggregate !== null && aggregate.count > 0)?.aggregate ?? null;
  return last === null ? null : last.sum / last.count;
}

function sumOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
