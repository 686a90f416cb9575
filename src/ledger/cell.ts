/*
 * A cell is a bucket in a line of a page:
 * `[end of its bucket's name, count, sum, min, max, unknown, zeros or null, number of the first bin, counts]`. See
 * core/packed-spread.ts for how counts are written.
 */
import type { Summary } from '../core/measure-row.ts';

export type Cell = readonly [
  bucket: string,
  count: number,
  sum: number,
  min: number,
  max: number,
  unknown: number,
  zeros: number | null,
  first: number,
  counts: string,
];

/** A row in the form that its line contains. */
export function cellOf(bucket: string, { aggregate, spread }: Summary): Cell {
  const { count, sum, min, max, unknown } = aggregate;
  return [bucket, count, sum, min, max, unknown, spread?.zeros ?? null, spread?.first ?? 0, spread?.counts ?? ''];
}

/** The summary in a cell. */
export function summaryOf([, count, sum, min, max, unknown, zeros, first, counts]: Cell): Summary {
  const aggregate = { count, sum, min, max, unknown };
  return { aggregate, spread: zeros === null ? null : { zeros, first, counts } };
}
