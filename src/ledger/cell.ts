/*
 * A cell is a bucket of a line in a page:
 * `[end of its bucket's name, count, sum, min, max, unknown, zeros or null, number of the first bin, counts]`.
 *
 * The counts of the bins, from the first on, are one text, since most of a page is made of them: it takes a third of the bytes of a list of
 * numbers, and is read in a fraction of the time. A count is digits of 5 bits, the lowest first: from `#` on those which more follow, from
 * `]` on the last. A character from `C` to `[` leaves 1 to 25 bins out.
 */
import type { MeasureRow } from '../core/measure-row.ts';

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

type Summary = Pick<MeasureRow, 'aggregate' | 'spread'>;
type Bins = NonNullable<MeasureRow['spread']>['bins'];

const BASE = 32;
const MORE = '#'.charCodeAt(0);
const LEAVE_OUT = 'C'.charCodeAt(0) - 1;
const MOST_LEFT_OUT = '['.charCodeAt(0) - LEAVE_OUT;
const LAST = ']'.charCodeAt(0);

/** A row as it stands in its line. */
export function cellOf(bucket: string, { aggregate, spread }: Summary): Cell {
  const { count, sum, min, max, unknown } = aggregate;
  const bins = spread?.bins ?? [];
  return [bucket, count, sum, min, max, unknown, spread?.zeros ?? null, bins[0]?.[0] ?? 0, textOf(bins)];
}

/** What a cell says. */
export function summaryOf([, count, sum, min, max, unknown, zeros, first, counts]: Cell): Summary {
  const aggregate = { count, sum, min, max, unknown };
  return { aggregate, spread: zeros === null ? null : { zeros, bins: binsOf(first, counts) } };
}

function textOf(bins: Bins): string {
  let text = '';
  let next = bins[0]?.[0] ?? 0;
  for (const [bin, count] of bins) {
    for (let left = bin - next; left > 0; left -= MOST_LEFT_OUT)
      text += String.fromCharCode(LEAVE_OUT + Math.min(left, MOST_LEFT_OUT));
    text += digitsOf(count);
    next = bin + 1;
  }
  return text;
}

function digitsOf(count: number): string {
  let text = '';
  let rest = count;
  for (; rest >= BASE; rest = Math.floor(rest / BASE)) text += String.fromCharCode(MORE + (rest % BASE));
  return text + String.fromCharCode(LAST + rest);
}

function binsOf(first: number, text: string): Bins {
  const bins: [number, number][] = [];
  let [bin, low, place] = [first, 0, 1];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= LAST) {
      bins.push([bin, low + (code - LAST) * place]);
      bin += 1;
      low = 0;
      place = 1;
    } else if (code > LEAVE_OUT) {
      bin += code - LEAVE_OUT;
    } else {
      low += (code - MORE) * place;
      place *= BASE;
    }
  }
  return bins;
}
