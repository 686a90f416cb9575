/*
 * A page holds the rollups of one step over a stretch of time: minutes by hour, hours by day, days by ten days of a month
 * (`2026-11-2` from the 20th to the 29th), so that what a commit writes again is never much.
 *
 * One line for each metric and set of labels, in code-unit order: `[metric, labels]` as canonical JSON, a tab, and the
 * cells. A cell is `[end of its bucket's name, count, sum, min, max, unknown, zeros or null, [bin, count, bin, count, …]]`.
 * The lines of a metric lie together, so that a query reads them alone.
 */
import { canonicalJson } from '../core/canonical.ts';
import { hasLabels, type MeasureQuery, type MeasureRow, mergeMeasured } from '../core/measure-row.ts';
import type { Step } from '../core/series.ts';
import { dayOf, hourOf, type Instant, minuteOf, startOf } from '../core/time.ts';

type Cell = readonly [
  bucket: string,
  count: number,
  sum: number,
  min: number,
  max: number,
  unknown: number,
  zeros: number | null,
  bins: readonly number[],
];

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

const TAB = '\t';
const NEWLINE = 10;

/** A page with rows merged into it, one after another. Only lines that change are read. */
export function mergeIntoPage(
  page: Uint8Array | null,
  rows: readonly MeasureRow[],
  { step, stretch }: PageName,
): Uint8Array {
  const lines = linesOf(page);
  const open = new Map<string, Map<string, Cell>>();
  for (const row of rows) {
    const key = canonicalJson([row.metric, row.labels]);
    const cells = open.get(key) ?? cellsOf(lines.get(key));
    open.set(key, cells);
    const bucket = STEP_NAMES[step].bucketOf(row.at).slice(stretch.length);
    const known = cells.get(bucket);
    const summary = known === undefined ? row : mergeMeasured(summaryOf(known), row);
    cells.set(bucket, cellOf(bucket, summary));
  }
  for (const [key, cells] of open) lines.set(key, JSON.stringify([...cells.values()].sort(byBucket)));
  const text = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, cells]) => `${key}${TAB}${cells}\n`);
  return Buffer.from(text.join(''));
}

/** The rows of a page that a query asks for. */
export function rowsInPage(page: Uint8Array, query: MeasureQuery, stretch: string): readonly MeasureRow[] {
  const rows: MeasureRow[] = [];
  for (const { key, cells } of linesOfMetric(page, query.metric)) {
    const [metric, labels] = JSON.parse(key) as [string, MeasureRow['labels']];
    if (!hasLabels(labels, query.labels)) continue;
    for (const cell of JSON.parse(cells()) as readonly Cell[]) {
      const at = startOf(stretch + cell[0]);
      if (at >= query.from && at < query.to) rows.push({ metric, labels, step: query.step, at, ...summaryOf(cell) });
    }
  }
  return rows;
}

interface MetricLine {
  readonly key: string;
  /** Most lines are passed over, so that only those which are wanted are made into text. */
  readonly cells: () => string;
}

function* linesOfMetric(page: Uint8Array, metric: string): Generator<MetricLine> {
  const buffer = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  const head = `[${JSON.stringify(metric)},`;
  for (let from = lineWith(buffer, head); from !== -1 && from < buffer.length; ) {
    const tab = buffer.indexOf(TAB, from);
    const end = buffer.indexOf(NEWLINE, tab);
    const key = buffer.toString('utf8', from, tab);
    if (!key.startsWith(head)) return;
    yield { key, cells: () => buffer.toString('utf8', tab + 1, end) };
    from = end + 1;
  }
}

/** Where the first line begins that starts with a text; -1 when there is none. */
function lineWith(buffer: Buffer, head: string): number {
  if (buffer.subarray(0, Buffer.byteLength(head)).equals(Buffer.from(head))) return 0;
  const at = buffer.indexOf(`\n${head}`);
  return at === -1 ? -1 : at + 1;
}

function linesOf(page: Uint8Array | null): Map<string, string> {
  const lines = new Map<string, string>();
  if (page === null) return lines;
  for (const line of Buffer.from(page.buffer, page.byteOffset, page.byteLength).toString('utf8').split('\n')) {
    const tab = line.indexOf(TAB);
    if (tab !== -1) lines.set(line.slice(0, tab), line.slice(tab + 1));
  }
  return lines;
}

function cellsOf(text: string | undefined): Map<string, Cell> {
  const cells = text === undefined ? [] : (JSON.parse(text) as readonly Cell[]);
  return new Map(cells.map((cell) => [cell[0], cell]));
}

function cellOf(bucket: string, { aggregate, spread }: Pick<MeasureRow, 'aggregate' | 'spread'>): Cell {
  const { count, sum, min, max, unknown } = aggregate;
  return [bucket, count, sum, min, max, unknown, spread?.zeros ?? null, spread?.bins.flat() ?? []];
}

function summaryOf([, count, sum, min, max, unknown, zeros, flat]: Cell): Pick<MeasureRow, 'aggregate' | 'spread'> {
  const aggregate = { count, sum, min, max, unknown };
  if (zeros === null) return { aggregate, spread: null };
  const bins: [number, number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) bins.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return { aggregate, spread: { zeros, bins } };
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
  const known = linesOf(before);
  const rows: MeasureRow[] = [];
  for (const [key, text] of linesOf(after)) {
    if (known.get(key) === text) continue;
    const [metric, labels] = JSON.parse(key) as [string, MeasureRow['labels']];
    const old = cellsOf(known.get(key));
    for (const cell of cellsOf(text).values()) {
      if (JSON.stringify(old.get(cell[0])) === JSON.stringify(cell)) continue;
      rows.push({ metric, labels, step, at: startOf(stretch + cell[0]), ...summaryOf(cell) });
    }
  }
  return rows;
}
