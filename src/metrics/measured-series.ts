import type { MeasureQuery, MeasureRow } from '../core/measure-row.ts';
import { hasLabels } from '../core/measure-row.ts';
import type { OwnerQuarter, OwnerUse } from '../core/owner-use.ts';
import type { Series } from '../core/series.ts';
import { type LabelSets, requestKey, type SeriesRequest } from '../core/series-request.ts';
import { agentSubject, repositorySubject, type Subject } from '../core/subject.ts';
import { after, type Instant } from '../core/time.ts';
import { measureSeries } from './measure-query.ts';
import type { MeasuresState } from './measures.ts';
import { isRolledUp } from './row.ts';

/** Series that were read in advance for the judges, who cannot read themselves, and what was available to request. */
export interface ReadAhead {
  /** By `requestKey`. */
  readonly series: ReadonlyMap<string, Series>;
  readonly labelSets: LabelSets;
  /** The rollups that the health of MCP servers is judged by; null if nobody asked for them. */
  readonly serverRows: readonly MeasureRow[] | null;
  /** What the other repositories of the owner use; null if nobody asked or it is not known. */
  readonly others: readonly OwnerUse[] | null;
  /** The same by quarter of an hour; null as above. */
  readonly othersByQuarter: readonly OwnerQuarter[] | null;
}

/** Nothing read, for callers whose rules need nothing. */
export const NOTHING_READ: ReadAhead = {
  ...{ series: new Map(), labelSets: () => [], serverRows: null },
  ...{ others: null, othersByQuarter: null },
};

/** The label sets of each measure, in order. */
export function labelSetsOf({ labels }: MeasuresState): LabelSets {
  const known = new Map<string, readonly MeasureRow['labels'][]>();
  return (metric) => {
    const sets =
      known.get(metric) ??
      Object.keys((Object.hasOwn(labels, metric) ? labels[metric] : undefined) ?? {})
        .sort()
        .map((key) => JSON.parse(key) as MeasureRow['labels']);
    known.set(metric, sets);
    return sets;
  };
}

/** The subject of a series, for findings. */
export function subjectOf({ labels }: SeriesRequest, repo: string): Subject {
  const { agent } = labels;
  return agent === undefined ? repositorySubject(repo) : agentSubject(agent);
}

/** The period that a request covers at a moment. */
export function stretchOf({ lookBack }: SeriesRequest, now: Instant): Pick<MeasureQuery, 'from' | 'to'> {
  return { from: after(now, -lookBack), to: after(now, 1) };
}

/** One query to the ledger, and the requests that its rows answer. */
export interface Errand {
  readonly query: MeasureQuery;
  readonly requests: readonly SeriesRequest[];
}

/** At most this many label sets of a metric are queried individually. For more, reading the whole metric once is cheaper. */
const MOST_ALONE = 3;

/** The fewest queries that answer all requests. What the state itself holds needs none. */
export function errandsFor(requests: readonly SeriesRequest[], now: Instant): readonly Errand[] {
  const wanted = new Map(requests.filter(({ metric }) => !isRolledUp(metric)).map((each) => [requestKey(each), each]));
  const groups = new Map<string, SeriesRequest[]>();
  for (const request of wanted.values()) {
    const key = `${request.metric} ${request.step}`;
    groups.set(key, [...(groups.get(key) ?? []), request]);
  }
  return [...groups.values()].flatMap((group) =>
    group.length <= MOST_ALONE ? group.map((request) => errand([request], now)) : [errand(group, now)],
  );
}

function errand(requests: readonly SeriesRequest[], now: Instant): Errand {
  const [first, ...others] = requests;
  if (first === undefined) throw new RangeError('an errand without a request');
  const lookBack = Math.max(...requests.map((request) => request.lookBack));
  const { metric, step } = first;
  const labels = others.length === 0 ? first.labels : {};
  return { query: { metric, labels, step, ...stretchOf({ ...first, lookBack }, now) }, requests };
}

/** The answers to each request of an errand, from its rows. */
export function answersOf(
  { requests }: Errand,
  rows: readonly MeasureRow[],
  repo: string,
  now: Instant,
): readonly (readonly [key: string, series: Series])[] {
  return requests.map((request) => {
    const { metric, labels, step, quantiles } = request;
    const query = { metric, labels, step, ...stretchOf(request, now) };
    const fitting = rows.filter((row) => hasLabels(row.labels, labels));
    return [requestKey(request), measureSeries(fitting, query, subjectOf(request, repo), quantiles)];
  });
}
