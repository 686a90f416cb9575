/*
 * A cell is a bucket of a line in a page:
 * `[end of its bucket's name, count, sum, min, max, unknown, zeros or null, number of the first bin, counts]`.
 * core/packed-spread.ts says how counts are written.
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

/** A row as it stands in its line. */
export function cellOf(bucket: string, { aggregate, spread }: Summary): Cell {
  const { count, sum, min, max, unknown } = aggregate;
  return [bucket, count, sum, min, max, unknown, spread?.zeros ?? null, spread?.first ?? 0, spread?.counts ?? ''];
}

/** What a cell says. */
export function summaryOf([, count, sum, min, max, unknown, zeros, first, counts]: Cell): Summary {
  const aggregate = { count, sum, min, max, unknown };
  return { aggregate, spread: zeros === null ? null : { zeros, first, counts } };
}
