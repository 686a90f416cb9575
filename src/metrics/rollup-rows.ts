import { canonicalJson } from '../core/canonical.ts';
import type { RollupRow } from '../core/rollup-row.ts';
import { after, DAY, startOf } from '../core/time.ts';
import type { Rollups } from './rollup.ts';
import { ROLLED_UP, type Row, readRow } from './row.ts';
import type { RowTable } from './row-table.ts';

const AGENT = 'agent:';

/**
 * The hourly and daily sums in `now` that differ from `before`, as rows; all of them if that is null. A sum that was removed by a
 * correction becomes a row without an aggregate. One that only grew too old is not mentioned.
 */
export function rollupRows(before: Rollups | null, now: Rollups): readonly RollupRow[] {
  return [
    ...tableRows('hour', before?.hours ?? {}, now.hours, now.newest),
    ...tableRows('day', before?.days ?? {}, now.days, now.newest),
  ];
}

function tableRows(
  step: 'hour' | 'day',
  before: RowTable,
  now: RowTable,
  newest: Rollups['newest'],
): readonly RollupRow[] {
  const subjects = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...subjects].flatMap((subject) => {
    const [old, young] = [before[subject] ?? {}, now[subject] ?? {}];
    return old === young ? [] : subjectRows({ step, subject, newest }, old, young);
  });
}

interface Place {
  readonly step: 'hour' | 'day';
  readonly subject: string;
  readonly newest: Rollups['newest'];
}

type Buckets = Readonly<Record<string, Row>>;

function subjectRows(place: Place, old: Buckets, young: Buckets): readonly RollupRow[] {
  const changed = Object.entries(young).filter(([bucket, row]) => !same(old[bucket], row));
  const corrected = Object.entries(old).filter(([bucket]) => young[bucket] === undefined && !isTooOld(place, bucket));
  return [
    ...changed.flatMap(([bucket, row]) => metricRows(place, bucket, old[bucket], row)),
    ...corrected.flatMap(([bucket, row]) => metricRows(place, bucket, row, NOTHING)),
  ];
}

const NOTHING: Row = { n: {}, v: {} };

/** Rows that the fold did not touch are the same objects. Those that were read again are compared by content. */
function same(a: Row | undefined, b: Row): boolean {
  return a === b || (a !== undefined && canonicalJson(a) === canonicalJson(b));
}

/** The first bucket that a table still contains is at most 400 days before the newest event; see rollup.ts. */
const SURELY_KEPT = { hour: 13, day: 399 } as const;

function isTooOld({ step, newest }: Place, bucket: string): boolean {
  return newest === null || startOf(bucket) < after(newest, -SURELY_KEPT[step] * DAY);
}

function metricRows({ step, subject }: Place, bucket: string, before: Row | undefined, now: Row): readonly RollupRow[] {
  const labels: RollupRow['labels'] = subject.startsWith(AGENT) ? { agent: subject.slice(AGENT.length) } : {};
  return ROLLED_UP.flatMap((metric): readonly RollupRow[] => {
    const aggregate = readRow(metric, now);
    if (aggregate === null && (before === undefined || readRow(metric, before) === null)) return [];
    return [{ metric, labels, step, at: startOf(bucket), aggregate, spread: null }];
  });
}
