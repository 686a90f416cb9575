/*
 * Totals: if a page has many lines of a metric, their sums are stored with them, by bucket: over all lines of the metric, and
 * over those of each server. They only depend on the sorted lines of the page, so they are the same in whatever order the
 * rows came, and `ledger rebuild` makes the same bytes.
 */
import { addSummary, type MeasureRow, startSummary, summaryOfSum } from '../core/measure-row.ts';
import { type Cell, cellOf, summaryOf } from './cell.ts';
import { lineKey } from './page-file.ts';
import type { PageEntry, PageLine } from './page-part.ts';

/** Fewer lines than this are as fast to read individually. */
const LEAST_LINES = 8;

/** A line with its cells by bucket, parsed when needed. */
export interface OpenLine extends PageEntry {
  readonly cells: () => ReadonlyMap<string, Cell>;
  /** The buckets that differ from the previous version of the page. */
  readonly changed: ReadonlySet<string>;
}

/** The total that answers a query; null if its labels are not those of a total. */
export function totalFor(metric: string, labels: MeasureRow['labels']): PageEntry | null {
  const names = Object.keys(labels);
  return names.length === 0 || (names.length === 1 && names[0] === 'server') ? { metric, labels } : null;
}

/** The totals of sorted lines; `before` are those of the previous version, whose other buckets are kept. */
export function totalsOf(lines: readonly OpenLine[], before: readonly PageLine[]): readonly PageLine[] {
  const groups = new Map<string, { readonly entry: PageEntry; readonly lines: OpenLine[] }>();
  for (const line of lines) {
    for (const entry of totalsWith(line)) {
      const key = lineKey(entry);
      const group = groups.get(key) ?? { entry, lines: [] };
      groups.set(key, group);
      group.lines.push(line);
    }
  }
  const known = new Map(before.map((line) => [lineKey(line), line]));
  return [...groups]
    .filter(([, group]) => group.lines.length >= LEAST_LINES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => totalLine(group.entry, group.lines, known.get(key)));
}

/** The totals that include a line. */
function totalsWith({ metric, labels }: PageEntry): readonly PageEntry[] {
  const { server } = labels;
  return [{ metric, labels: {} }, ...(server === undefined ? [] : [{ metric, labels: { server } }])];
}

function totalLine(entry: PageEntry, lines: readonly OpenLine[], before: PageLine | undefined): PageLine {
  const cells = new Map<string, Cell>();
  if (before !== undefined) for (const cell of JSON.parse(before.content) as readonly Cell[]) cells.set(cell[0], cell);
  const stale = new Set<string>();
  for (const { changed, cells: own } of lines)
    for (const bucket of before === undefined ? own().keys() : changed) stale.add(bucket);
  if (stale.size === 0 && before !== undefined) return before;
  for (const bucket of stale) cells.set(bucket, totalCell(bucket, lines));
  const content = JSON.stringify([...cells.values()].sort(byBucket));
  return { ...entry, content };
}

function totalCell(bucket: string, lines: readonly OpenLine[]): Cell {
  const sum = startSummary();
  for (const { cells } of lines) {
    const cell = cells().get(bucket);
    if (cell !== undefined) addSummary(sum, summaryOf(cell));
  }
  return cellOf(bucket, summaryOfSum(sum));
}

/** In chronological order. */
export function byBucket(a: Cell, b: Cell): number {
  return a[0] < b[0] ? -1 : 1;
}
