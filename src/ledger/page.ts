/*
 * A page contains the rollups of one step over a stretch of time: minutes by hour, hours by day, days by ten days of a month
 * (`2026-11-2` from the 20th to the 29th). So a commit never rewrites much.
 *
 * There is one line for each metric and set of labels: its cells as JSON (cell.ts), in chronological order. See page-file.ts
 * for how lines are stored in a file.
 */
import {
  addSummary,
  hasLabels,
  type MeasureQuery,
  type MeasureRow,
  type Summary,
  type SummarySum,
  startSummary,
  summaryOfSum,
} from '../core/measure-row.ts';
import type { Step } from '../core/series.ts';
import { dayOf, hourOf, type Instant, minuteOf, startOf } from '../core/time.ts';
import { type Cell, cellOf, summaryOf } from './cell.ts';
import { encodePage, lineKey, linesOf, type Question } from './page-file.ts';
import type { PageLine } from './page-part.ts';
import { byBucket, type OpenLine, totalFor, totalsOf } from './page-totals.ts';

interface StepNames {
  /** The name of the bucket of a moment. */
  readonly bucketOf: (at: Instant) => string;
  /** The name of the page that contains the bucket: the beginning of the bucket's name. */
  readonly pageOf: (at: Instant) => string;
}

/** The names of buckets and pages for each step. */
export const STEP_NAMES: Readonly<Record<Step, StepNames>> = {
  minute: { bucketOf: minuteOf, pageOf: hourOf },
  hour: { bucketOf: hourOf, pageOf: dayOf },
  day: { bucketOf: dayOf, pageOf: (at) => dayOf(at).slice(0, -1) },
};

/** Identifies a page: its step, and the stretch of time that it is named after. */
export interface PageName {
  readonly step: Step;
  readonly stretch: string;
}

/**
 * A page with rows merged into it, one after another. Only lines that change are read, and those that share a total with
 * them.
 */
export function mergeIntoPage(
  page: Uint8Array | null,
  rows: readonly MeasureRow[],
  { step, stretch }: PageName,
): Uint8Array {
  const lines = new Map<string, DraftLine>();
  for (const line of page === null ? [] : linesOf(page)) lines.set(lineKey(line), draftOf(line));
  let last: { readonly labels: MeasureRow['labels']; readonly metric: string; readonly line: DraftLine } | null = null;
  for (const row of rows) {
    const { metric, labels } = row;
    // The rows of a measure by minute, hour and day share their labels and come one after another.
    const line: DraftLine = last?.labels === labels && last.metric === metric ? last.line : lineIn(lines, row);
    last = { labels, metric, line };
    line.add(STEP_NAMES[step].bucketOf(row.at).slice(stretch.length), row);
  }
  const ordered = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const totals = totalsOf(ordered, page === null ? [] : linesOf(page, 'totals'));
  return encodePage(
    ordered.map((line) => line.close()),
    totals,
  );
}

/** A line that is being written to. */
interface DraftLine extends OpenLine {
  readonly add: (bucket: string, summary: Summary) => void;
  readonly close: () => PageLine;
}

function lineIn(lines: Map<string, DraftLine>, { metric, labels }: MeasureRow): DraftLine {
  const key = lineKey({ metric, labels });
  const line = lines.get(key) ?? draftOf({ metric, labels, content: '[]' });
  lines.set(key, line);
  return line;
}

function draftOf(line: PageLine): DraftLine {
  const { metric, labels } = line;
  const sums = new Map<string, SummarySum>();
  let cells: Map<string, Cell> | null = null;
  const stored = (): Map<string, Cell> => {
    cells ??= cellsOf(line);
    return cells;
  };
  const settle = (): Map<string, Cell> => {
    for (const [bucket, sum] of sums) stored().set(bucket, cellOf(bucket, summaryOfSum(sum)));
    sums.clear();
    return stored();
  };
  const changed = new Set<string>();
  return {
    ...{ metric, labels, changed },
    cells: () => (sums.size === 0 ? stored() : settle()),
    add: (bucket, summary) => {
      const sum = sums.get(bucket) ?? sumOf(stored().get(bucket));
      sums.set(bucket, sum);
      changed.add(bucket);
      addSummary(sum, summary);
    },
    close: () =>
      changed.size === 0 ? line : { metric, labels, content: JSON.stringify([...settle().values()].sort(byBucket)) },
  };
}

function sumOf(cell: Cell | undefined): SummarySum {
  const sum = startSummary();
  if (cell !== undefined) addSummary(sum, summaryOf(cell));
  return sum;
}

/** The query of a page for a query of measures. */
export function questionOf({ metric, labels, together = false }: MeasureQuery): Question {
  return {
    wants: (name, found) => name === metric && hasLabels(found, labels),
    total: together ? totalFor(metric, labels) : null,
  };
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

/** All rows of a page that differ from an earlier version, for stores that also keep them in tables. */
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
