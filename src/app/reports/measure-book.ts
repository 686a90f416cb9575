import { canonicalJson } from '../../core/canonical.ts';
import {
  addSummary,
  hasLabels,
  type MeasureQuery,
  type MeasureRow,
  type Summary,
  startSummary,
  summaryOfSum,
} from '../../core/measure-row.ts';
import type { Step } from '../../core/series.ts';
import { DAY, type Duration, dayOf, hourOf, type Instant, minuteOf, startOf, toMs } from '../../core/time.ts';

/** The rollups of a replayed ledger's measures, kept in memory and merged the way a store merges them. */
export interface MeasureBook {
  add(rows: readonly MeasureRow[]): void;
  measures(query: MeasureQuery): Promise<readonly MeasureRow[]>;
}

/** Minutes are many, and no judge looks far back on them. */
const MINUTES_KEPT: Duration = 3 * DAY;

const BUCKET: Readonly<Record<Step, (instant: Instant) => string>> = { minute: minuteOf, hour: hourOf, day: dayOf };

/** The rows of one metric and step: by moment, then by labels. */
type Shelf = Map<Instant, Map<string, MeasureRow>>;

/** An empty book. */
export function measureBook(): MeasureBook {
  const shelves = new Map<string, Shelf>();
  let day = '';
  return {
    add(rows) {
      for (const row of rows) put(shelves, row);
      const newest = rows.at(-1)?.at ?? '';
      if (dayOf(newest) <= day) return;
      day = dayOf(newest);
      for (const [key, shelf] of shelves) if (key.startsWith('minute ')) forget(shelf, toMs(newest) - MINUTES_KEPT);
    },
    measures: async ({ metric, labels, step, from, to }) => {
      const first = startOf(BUCKET[step](from));
      return [...(shelves.get(`${step} ${metric}`) ?? [])].flatMap(([at, rows]) =>
        at < first || at >= to ? [] : [...rows.values()].filter((row) => hasLabels(row.labels, labels)),
      );
    },
  };
}

function put(shelves: Map<string, Shelf>, row: MeasureRow): void {
  const place = `${row.step} ${row.metric}`;
  const shelf: Shelf = shelves.get(place) ?? new Map();
  shelves.set(place, shelf);
  const rows: Map<string, MeasureRow> = shelf.get(row.at) ?? new Map();
  shelf.set(row.at, rows);
  const key = canonicalJson(row.labels);
  const before = rows.get(key);
  rows.set(key, before === undefined ? row : { ...row, ...together(before, row) });
}

function together(before: Summary, row: Summary): Summary {
  const sum = startSummary();
  addSummary(sum, before);
  addSummary(sum, row);
  return summaryOfSum(sum);
}

function forget(shelf: Shelf, oldest: number): void {
  for (const at of shelf.keys()) if (toMs(at) < oldest) shelf.delete(at);
}
