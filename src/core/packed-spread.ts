/*
 * A spread in stored form: the counts of its bins, starting with the first, as one text, since spreads make up most of a page of
 * rollups. It takes a third of the bytes of a list of numbers and can be added to other spreads without building a list.
 *
 * A count is written as 5-bit digits, the lowest first. Digits from `#` on are followed by more; a digit from `]` on is the last. A
 * character from `C` to `[` skips 1 to 25 bins.
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

/** A spread in stored form. */
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

/** Spreads being added up. Bins are close together, so an array is much faster than a map. */
export interface SpreadSum {
  zeros: number;
  /** The first bin in `counts`. */
  start: number;
  counts: Float64Array;
}

/** An empty sum. */
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

/** The non-empty bins of a sum, in order. */
export function binsOfSum({ start, counts }: SpreadSum): Spread['bins'] {
  const bins: [number, number][] = [];
  counts.forEach((count, index) => {
    if (count > 0) bins.push([start + index, count]);
  });
  return bins;
}

/** A sum in stored form. */
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
