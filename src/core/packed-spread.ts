/*
 * A spread as it is kept: the counts of its bins, from the first on, as one text, since most of a page of rollups is made of them. It takes
 * a third of the bytes of a list of numbers, and is added to other spreads without making a list of it.
 *
 * A count is digits of 5 bits, the lowest first: from `#` on those which more follow, from `]` on the last. A character from `C` to `[`
 * leaves 1 to 25 bins out.
 */
import type { Spread } from './measure.ts';

export interface PackedSpread {
  readonly zeros: number;
  /** The number of the first bin. */
  readonly first: number;
  readonly counts: string;
}

const BASE = 32;
const MORE = '#'.charCodeAt(0);
const LEAVE_OUT = 'C'.charCodeAt(0) - 1;
const MOST_LEFT_OUT = '['.charCodeAt(0) - LEAVE_OUT;
const LAST = ']'.charCodeAt(0);

/** A spread as it is kept. */
export function packSpread({ zeros, bins }: Spread): PackedSpread {
  const first = bins[0]?.[0] ?? 0;
  let counts = '';
  let next = first;
  for (const [bin, count] of bins) {
    counts += leftOut(bin - next) + digitsOf(count);
    next = bin + 1;
  }
  return { zeros, first, counts };
}

/** The spread that was packed. */
export function unpackSpread({ zeros, first, counts }: PackedSpread): Spread {
  const bins: [number, number][] = [];
  eachBin(first, counts, (bin, count) => bins.push([bin, count]));
  return { zeros, bins };
}

/** Spreads that are being added up. Bins lie close together, so that an array is much faster than a map. */
export interface SpreadSum {
  zeros: number;
  /** The bin that `counts` begins with. */
  start: number;
  counts: Float64Array;
}

/** A sum of nothing. */
export function startSpreadSum(): SpreadSum {
  return { zeros: 0, start: 0, counts: new Float64Array(0) };
}

/** Adds a spread to a sum. */
export function addSpread(sum: SpreadSum, { zeros, first, counts }: PackedSpread): void {
  sum.zeros += zeros;
  eachBin(first, counts, (bin, count) => {
    const index = bin - sum.start;
    if (index < 0 || index >= sum.counts.length) makeRoom(sum, bin);
    const slot = bin - sum.start;
    sum.counts[slot] = (sum.counts[slot] ?? 0) + count;
  });
}

const ROOM = 64;

function makeRoom(sum: SpreadSum, bin: number): void {
  const { start, counts } = sum;
  if (counts.length === 0) {
    sum.start = bin - ROOM / 2;
    sum.counts = new Float64Array(2 * ROOM);
    return;
  }
  const from = Math.min(start, bin - ROOM);
  const to = Math.max(start + counts.length, bin + ROOM);
  const wider = new Float64Array(to - from);
  wider.set(counts, start - from);
  sum.start = from;
  sum.counts = wider;
}

/** The bins of a sum that hold anything, in order. */
export function binsOfSum({ start, counts }: SpreadSum): Spread['bins'] {
  const bins: [number, number][] = [];
  counts.forEach((count, index) => {
    if (count > 0) bins.push([start + index, count]);
  });
  return bins;
}

/** A sum as it is kept. */
export function packSum(sum: SpreadSum): PackedSpread {
  return packSpread({ zeros: sum.zeros, bins: binsOfSum(sum) });
}

function eachBin(first: number, text: string, take: (bin: number, count: number) => void): void {
  let [bin, low, place] = [first, 0, 1];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= LAST) {
      take(bin, low + (code - LAST) * place);
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
}

function leftOut(bins: number): string {
  let text = '';
  for (let left = bins; left > 0; left -= MOST_LEFT_OUT)
    text += String.fromCharCode(LEAVE_OUT + Math.min(left, MOST_LEFT_OUT));
  return text;
}

function digitsOf(count: number): string {
  let text = '';
  let rest = count;
  for (; rest >= BASE; rest = Math.floor(rest / BASE)) text += String.fromCharCode(MORE + (rest % BASE));
  return text + String.fromCharCode(LAST + rest);
}
