/*
 * A page holds the rollups of one step over a stretch of time: minutes by hour, hours by day, days by ten days of a month
 * (`2026-11-2` from the 20th to the 29th), so that what a commit writes again is never much.
 *
 * One line for each metric and set of labels: its cells as JSON (cell.ts), in the order of time. page-file.ts says how lines lie in a file.
 */
import { hasLabels, type MeasureQuery, type MeasureRow, mergeMeasured } from '../core/measure-row.ts';
import type { Step } from '../core/series.ts';
import { dayOf, hourOf, type Instant, minuteOf, startOf } from '../core/time.ts';
import { type Cell, cellOf, summaryOf } from './cell.ts';
import { encodePage, lineKey, linesOf, type PageEntry, type PageLine } from './page-file.ts';

interface StepNames {
  /** The name of the bucket that holds a moment. */
  readonly bucketOf: (at: Instant) => string;
  /** The name of the page that holds the bucket: the beginning of the bucket's name. */
  readonly pageOf: (at: Instant) => string;
}

/** How buckets and pages of each step are called. */
export const STEP_NAMES: Readonly<Record<Step, StepNames>> = {
  minute: { bucketOf: minuteOf, pageOf: hourOf },
  hour: { bucketOf: hourOf, pageOf: dayOf },
  day: { bucketOf: dayOf, pageOf: (at) => dayOf(at).slice(0, -1) },
};

/** Which page: of what step, and the stretch of time that it is named after. */
export interface PageName {
  readonly step: Step;
  readonly stretch: string;
}

/** A page with rows merged into it, one after another. Only lines that change are read. */
export function mergeIntoPage(
  page: Uint8Array | null,
  rows: readonly MeasureRow[],
  { step, stretch }: PageName,
): Uint8Array {
  const lines = byKey(page);
  const open = new Map<string, PageEntry & { readonly cells: Map<string, Cell> }>();
  for (const row of rows) {
    const { metric, labels } = row;
    const key = lineKey(row);
    const line = open.get(key) ?? { metric, labels, cells: cellsOf(lines.get(key)) };
    open.set(key, line);
    const bucket = STEP_NAMES[step].bucketOf(row.at).slice(stretch.length);
    const known = line.cells.get(bucket);
    const summary = known === undefined ? row : mergeMeasured(summaryOf(known), row);
    line.cells.set(bucket, cellOf(bucket, summary));
  }
  for (const [key, { metric, labels, cells }] of open)
    lines.set(key, { metric, labels, content: JSON.stringify([...cells.values()].sort(byBucket)) });
  return encodePage([...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line));
}

/** Whether a query asks for a line. */
export function isWanted({ metric, labels }: PageEntry, query: MeasureQuery): boolean {
  return metric === query.metric && hasLabels(labels, query.labels);
}

/** The rows of a wanted line that a query asks for. */
export function rowsOfLine(
  { metric, labels, content }: PageLine,
  { step, from, to }: MeasureQuery,
  stretch: string,
): readonly MeasureRow[] {
  const rows: MeasureRow[] = [];
  for (const cell of JSON.parse(content) as readonly Cell[]) {
    const at = startOf(stretch + cell[0]);
    if (at >= from && at < to) rows.push({ metric, labels, step, at, ...summaryOf(cell) });
  }
  return rows;
}

function byKey(page: Uint8Array | null): Map<string, PageLine> {
  return new Map((page === null ? [] : linesOf(page)).map((line) => [lineKey(line), line]));
}

function cellsOf(line: PageLine | undefined): Map<string, Cell> {
  const cells = line === undefined ? [] : (JSON.parse(line.content) as readonly Cell[]);
  return new Map(cells.map((cell) => [cell[0], cell]));
}

function byBucket(a: Cell, b: Cell): number {
  return a[0] < b[0] ? -1 : 1;
}

/** All rows of a page that are not the same in an earlier edition of it, for stores that keep them in tables too. */
export function changedRows(
  before: Uint8Array | null,
  after: Uint8Array,
  { step, stretch }: PageName,
): readonly MeasureRow[] {
  const known = byKey(before);
  const rows: MeasureRow[] = [];
  for (const [key, line] of byKey(after)) {
    if (known.get(key)?.content === line.content) continue;
    const old = cellsOf(known.get(key));
    for (const cell of cellsOf(line).values()) {
      if (JSON.stringify(old.get(cell[0])) === JSON.stringify(cell)) continue;
      const { metric, labels } = line;
      rows.push({ metric, labels, step, at: startOf(stretch + cell[0]), ...summaryOf(cell) });
    }
  }
  return rows;
}
