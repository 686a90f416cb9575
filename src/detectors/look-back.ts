import { DAY, type Duration, HOUR } from '../core/time.ts';
import type { LookBack, Opinion } from './method.ts';

const LENGTHS: Readonly<Record<LookBack, Duration>> = { '1h': HOUR, '6h': 6 * HOUR, '24h': DAY, '30d': 30 * DAY };

/** At most this many points are kept: 30 days with a point every five minutes have 8,640. */
const MOST = 10_000;

/** The points of the look-back, oldest first, and the same values sorted by size. */
export interface Recent {
  readonly length: Duration;
  readonly moments: number[];
  readonly values: number[];
  readonly sorted: number[];
}

export function newRecent(lookBack: LookBack): Recent {
  return { length: LENGTHS[lookBack], moments: [], values: [], sorted: [] };
}

/** Drops points before the look-back that ends now and, after a clock was set back, points later than now. */
export function forget({ length, moments, values, sorted }: Recent, at: number): void {
  let old = 0;
  while (old < moments.length && isForgotten(moments[old] as number, at, length)) old += 1;
  const gone = Math.max(old, moments.length - MOST + 1);
  if (gone <= 0) return;
  moments.splice(0, gone);
  for (const value of values.splice(0, gone)) sorted.splice(placeOf(sorted, value), 1);
}

function isForgotten(moment: number, at: number, length: Duration): boolean {
  return moment < at - length || moment > at;
}

/** Adds a point. */
export function learn({ moments, values, sorted }: Recent, at: number, value: number): void {
  moments.push(at);
  values.push(value);
  sorted.splice(placeOf(sorted, value), 0, value);
}

/** The first index in sorted order at which a value is, or would be. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points that an opinion over the look-back is based on. */
export function basisOf({ moments }: Recent, at: number): Opinion['basis'] {
  return { from: moments[0] ?? at, to: moments.at(-1) ?? at, points: moments.length };
}

/** Why so few points say nothing; null if there are enough. */
export function tooFew({ values }: Recent, least: number): string | null {
  return values.length < least ? `${values.length} points in the look-back; ${least} are needed` : null;
}

/** Whether all values of the look-back are the same, so that nothing is known about their spread. */
export function isConstant({ sorted }: Recent): boolean {
  return sorted[0] === sorted.at(-1);
}

/**
 * The share of the look-back that is nearer to `middle` than `value` is. This is how sure a method without a distribution can be.
 */
export function shareNearer({ sorted }: Recent, middle: number, value: number): number {
  const distance = Math.abs(value - middle);
  const inside = placeOf(sorted, middle + distance) - placeOf(sorted, middle - distance);
  return Math.max(0, Math.min(1, inside / Math.max(1, sorted.length)));
}
