import { below, push, quantileOf, type SortedWindow, sortedWindow } from './sorted-window.ts';

/** How many distances are remembered to tell which ones are large. */
const REMEMBERED = 4_000;
/** With fewer, nothing is said. */
const ENOUGH = 100;
/** Up to this quantile the share of larger distances is counted; beyond it, it is extrapolated. */
const BODY = 0.985;
/** A fit over fewer excesses than this is not used. */
const LEAST_EXCESSES = 5;
/** Bounds of the shape: tails lighter than the first end too soon, tails heavier than the second are never surprised. */
const LIGHTEST = -0.2;
const HEAVIEST = 0.5;
/**
 * The least scale of the tail, as a share of the spread of the series, so that a constant series is not surprised by a tiny change.
 */
const LEAST_SCALE = 0.01;
/**
 * A distance teaches no more than one that is this rare. Otherwise a few incidents would make the tail heavy, and the next one
 * would be expected.
 */
const MOST_TAUGHT = 3;
/** But if more than this share of the points is that rare, that is how the series is, and such distances teach their full size. */
const USUAL = 0.02;
/** About this many points determine what is usual. */
const LATELY = 1_000;
/** No distance is rarer than this many digits. */
const MOST = 12;

/** What is remembered to tell how rare a distance is. */
export interface Tail extends SortedWindow {
  /** The share of the last distances, weighted towards recent ones, that were as rare as one can teach. */
  often: number;
}

export function newTail(): Tail {
  return { ...sortedWindow(REMEMBERED), often: 0 };
}

/**
 * How rare a distance this large is, as −log10 of its exceedance probability. Then the distance is remembered. Peaks over a
 * threshold: the generalised Pareto distribution fitted with probability-weighted moments, after J. R. M. Hosking and J. R. Wallis,
 * "Parameter and quantile estimation for the generalized Pareto distribution", Technometrics 29 (1987).
 * @param spread a length that is significant in this series, the width of its bulk
 */
export function surprise(tail: Tail, distance: number, spread: number): number {
  if (tail.size < ENOUGH) {
    push(tail, distance);
    return 0;
  }
  const { digits, taught } = rarityOf(tail, distance, spread);
  const isRare = taught < distance;
  tail.often += ((isRare ? 1 : 0) - tail.often) / LATELY;
  push(tail, isRare && tail.often > USUAL ? distance : taught);
  return digits;
}

interface Rarity {
  readonly digits: number;
  /** The distance as it is remembered. */
  readonly taught: number;
}

function rarityOf(tail: Tail, distance: number, spread: number): Rarity {
  const { size, sorted } = tail;
  const excesses = Math.max(LEAST_EXCESSES, Math.floor(size * (1 - BODY)));
  const threshold = sorted[size - excesses - 1] ?? 0;
  if (distance <= threshold) {
    return { digits: -Math.log10(Math.min(1, (size - below(tail, distance) + 1) / (size + 1))), taught: distance };
  }
  const fitted = fitTail(tail, excesses, threshold);
  const shape = fitted.shape;
  const scale = Math.max(fitted.scale, LEAST_SCALE * spread, Number.MIN_VALUE);
  const base = -Math.log10((excesses + 0.5) / (size + 1));
  const digits = Math.min(MOST, base + digitsBeyond((distance - threshold) / scale, shape));
  if (digits <= MOST_TAUGHT) return { digits, taught: distance };
  // Clipped values would make the tail look as if it ended, and so clip the next one even lower. So a tail that ends is not
  // believed here.
  const most = threshold + scale * distanceAt(MOST_TAUGHT - base, Math.max(0, shape));
  return { digits, taught: Math.min(distance, most) };
}

/** Probability-weighted moments of the largest distances. */
function fitTail({ size, sorted }: Tail, excesses: number, threshold: number): { shape: number; scale: number } {
  let mean = 0;
  let weighted = 0;
  for (let i = 0; i < excesses; i += 1) {
    const excess = (sorted[size - excesses + i] ?? 0) - threshold;
    mean += excess / excesses;
    weighted += (excess * (excesses - 1 - i)) / (excesses - 1) / excesses;
  }
  const shape = 2 - mean / (mean - 2 * weighted);
  const bounded = Number.isFinite(shape) ? Math.max(LIGHTEST, Math.min(HEAVIEST, shape)) : 0;
  return { shape: bounded, scale: mean * (1 - bounded) };
}

/** −log10 of the survival function of the generalised Pareto distribution, `beyond` scales above the threshold. */
function digitsBeyond(beyond: number, shape: number): number {
  if (Math.abs(shape) < 1e-6) return beyond * Math.LOG10E;
  const reach = 1 + shape * beyond;
  return reach <= 0 ? MOST : Math.log10(reach) / shape;
}

/** The distance, in scales above the threshold, at which the survival function has this many digits. */
function distanceAt(digits: number, shape: number): number {
  const more = Math.max(0, digits);
  return Math.abs(shape) < 1e-6 ? more / Math.LOG10E : (10 ** (shape * more) - 1) / shape;
}

/** The width of the bulk of the values: from the 5 % to the 95 % quantile, or a substitute if that is zero. */
export function spreadOf(values: SortedWindow): number {
  const bulk = quantileOf(values, 0.95) - quantileOf(values, 0.05);
  return bulk > 0 ? bulk : Math.abs(quantileOf(values, 0.5)) / 10;
}
