import { DAY, type Duration, HOUR, WEEK } from '../../core/time.ts';
import { push, quantileOf, type SortedWindow, sortedWindow } from '../sorted-window.ts';
import { newTail, surprise, type Tail } from '../tail.ts';
import {
  believed,
  type Expectation,
  MAD_TO_SIGMA,
  measure,
  medianOf,
  RANGE_WIDTH,
  studentDigits,
  unmeasure,
  type Yardstick,
  yardstickOf,
} from './expectation.ts';

/** Series with at least this much time between two points are slow. */
export const SLOW: Duration = HOUR / 2;
/** How many values are used to tell how large the values of a series are. */
const REMEMBERED = 2_000;
/** From this many deviations on, it is known how rare they are in this very series. */
const KNOWN_TAIL = 200;
/** How many residuals of each predictor are remembered. Its own past decides whether it is trusted. */
const RESIDUALS = 500;
/** With fewer residuals, a predictor is not used. */
const TRIALS = 10;
/** The number of points of the level without a rhythm. */
const LOCAL = 5;
/** A level over a day or a week is the median of at most this many points. */
const MOST_LEVEL = 2_016;
/** How many earlier days or weeks determine how an hour departs from the level; fewer than two say nothing. */
const OCCASIONS = 8;
const LEAST_OCCASIONS = 2;
/** At most this many values of one hour are looked at. */
const MOST_IN_HOUR = 64;
/** No scale is smaller than these: that of ratios, and that of the spread of differences. */
const LEAST_RATIO_SCALE = 0.02;
const LEAST_DIFFERENCE_SCALE = 0.02;
/** The departure of an hour is believed by half when it is this many of its standard errors, squared. */
const DEPARTURE_DOUBT = 1;

/**
 * The median of the last points; the hours of a day; the hours of a week; the level of the last day, which the rhythms are compared
 * with.
 */
const PREDICTORS = ['local', 'daily', 'weekly', 'level'] as const;

/** A rhythm of a day or a week: the level of its last period, and how each of its hours departed from the level. */
interface Cycle {
  readonly length: number;
  level: SortedWindow | null;
  readonly hours: Map<number, number[]>;
  hour: number;
  since: number;
  current: number[];
}

/** Predictors of the next value, in the order of PREDICTORS, and how their predictions turned out. */
export interface Rhythm {
  readonly values: SortedWindow;
  readonly local: number[];
  readonly cycles: readonly Cycle[];
  readonly residuals: readonly SortedWindow[];
  /** How far values were from each predictor's expectation while it was the trusted one. */
  readonly deviations: readonly Tail[];
}

export function newRhythm(): Rhythm {
  return {
    values: sortedWindow(REMEMBERED),
    local: [],
    cycles: [DAY, WEEK].map((length) => ({
      length,
      level: null,
      hours: new Map(),
      hour: -1,
      since: 0,
      current: [],
    })),
    residuals: PREDICTORS.map(() => sortedWindow(RESIDUALS)),
    deviations: PREDICTORS.map(newTail),
  };
}

/** What the best predictor expects, and how much of the error of the one without a rhythm it removes, in [0, 1]. */
export interface RhythmExpectation extends Expectation {
  readonly strength: number;
}

/**
 * Predicts the next value of a series that may have a daily or weekly rhythm. Several predictors are tried side by side: the level
 * of the last day plus the hour's departure from it, the same for a week, and for slow series also the median of the last points.
 * The one with the least median error so far is used. Null until one of them has been tried. Then the value is learned.
 *
 * In a fast series the last points predict the next one so well that an incident of some hours would be expected after its first
 * minutes. Such a series is therefore compared only with its rhythm.
 */
export function expectNext(rhythm: Rhythm, at: number, value: number, step: number): RhythmExpectation | null {
  const { values } = rhythm;
  const spread = quantileOf(values, 0.95) - quantileOf(values, 0.05);
  const least = values.size === 0 ? value : Math.min(value, quantileOf(values, 0));
  const yardstick = yardstickOf(least, quantileOf(values, 0.5), spread);
  const measured = measure(yardstick, value);
  const predictions = predictAll(rhythm, at, yardstick);
  const answer = believe(rhythm, predictions, { measured, yardstick, spread, slow: step >= SLOW });
  for (const [i, own] of rhythm.residuals.entries()) {
    const prediction = predictions[i] ?? null;
    if (prediction !== null) push(own, Math.abs(measured - prediction));
  }
  learn(rhythm, at, value, step, yardstick);
  return answer;
}

/** The prediction of each of PREDICTORS; null if it has none yet. */
function predictAll(rhythm: Rhythm, at: number, yardstick: Yardstick): readonly (number | null)[] {
  const level = rhythm.cycles[0]?.level ?? null;
  return [
    predictLocal(rhythm, yardstick),
    ...rhythm.cycles.map((cycle) => predict(cycle, at, yardstick)),
    level === null || level.size < level.capacity ? null : measure(yardstick, quantileOf(level, 0.5)),
  ];
}

function predictLocal({ local }: Rhythm, yardstick: Yardstick): number | null {
  return local.length < 3 ? null : measure(yardstick, medianOf(local));
}

function hourOf({ length }: Cycle, at: number): number {
  return Math.floor((((at % length) + length) % length) / HOUR);
}

function predict(cycle: Cycle, at: number, yardstick: Yardstick): number | null {
  const occasions = cycle.hours.get(hourOf(cycle, at)) ?? [];
  if (cycle.level === null || occasions.length < LEAST_OCCASIONS) return null;
  const usual = medianOf(occasions);
  const scatter = MAD_TO_SIGMA * medianOf(occasions.map((departure) => Math.abs(departure - usual)));
  const error = (1.25 * scatter) / Math.sqrt(occasions.length);
  return measure(yardstick, quantileOf(cycle.level, 0.5)) + believed(usual, error, DEPARTURE_DOUBT);
}

interface Case {
  readonly measured: number;
  readonly yardstick: Yardstick;
  readonly spread: number;
  readonly slow: boolean;
}

function believe(
  rhythm: Rhythm,
  predictions: readonly (number | null)[],
  { measured, yardstick, spread, slow }: Case,
): RhythmExpectation | null {
  const errors = rhythm.residuals.map((own, i) => (predictions[i] === null ? Number.POSITIVE_INFINITY : errorOf(own)));
  const [local = Number.POSITIVE_INFINITY, daily, weekly, level] = errors;
  const candidates = [slow ? local : Number.POSITIVE_INFINITY, daily ?? local, weekly ?? local];
  const least = Math.min(...candidates);
  const best = candidates.indexOf(least);
  const middle = predictions[best];
  const residuals = rhythm.residuals[best];
  if (!Number.isFinite(least) || middle === null || middle === undefined || residuals === undefined) return null;
  const floor = yardstick.logarithmic ? LEAST_RATIO_SCALE : LEAST_DIFFERENCE_SCALE * spread;
  const scale = Math.max(MAD_TO_SIGMA * quantileOf(residuals, 0.5), floor, Number.MIN_VALUE);
  const deviation = (measured - middle) / scale;
  return {
    low: unmeasure(yardstick, middle - RANGE_WIDTH * scale),
    middle: unmeasure(yardstick, middle),
    high: unmeasure(yardstick, middle + RANGE_WIDTH * scale),
    deviation,
    digits: rarityOf(rhythm.deviations[best], deviation),
    points: residuals.size,
    strength: strengthOf(least, slow ? local : level),
  };
}

/** How much of the error of a plain predictor is removed. */
function strengthOf(error: number, plain: number | undefined): number {
  return plain !== undefined && plain > 0 && Number.isFinite(plain) ? Math.max(0, 1 - error / plain) : 0;
}

/** By Student's t, but no rarer than such deviations have been in this series. */
function rarityOf(deviations: Tail | undefined, deviation: number): number {
  const digits = studentDigits(deviation);
  if (deviations === undefined) return digits;
  const seen = surprise(deviations, Math.abs(deviation), RANGE_WIDTH);
  return deviations.size > KNOWN_TAIL ? Math.min(seen, digits) : digits;
}

/** The median error so far, increased while there are few errors. */
function errorOf(residuals: SortedWindow): number {
  if (residuals.size < TRIALS) return Number.POSITIVE_INFINITY;
  return quantileOf(residuals, 0.5) * (1 + 1 / Math.sqrt(residuals.size));
}

function learn(rhythm: Rhythm, at: number, value: number, step: number, yardstick: Yardstick): void {
  push(rhythm.values, value);
  rhythm.local.push(value);
  if (rhythm.local.length > LOCAL) rhythm.local.shift();
  if (!(step > 0) || step > DAY / 2) return;
  for (const cycle of rhythm.cycles) {
    cycle.level ??= sortedWindow(Math.max(2, Math.min(MOST_LEVEL, Math.round(cycle.length / step))));
    push(cycle.level, value);
    // Before a whole period has passed, its level covers only some hours.
    if (cycle.level.size < cycle.level.capacity) continue;
    learnHour(cycle, at, measure(yardstick, value) - measure(yardstick, quantileOf(cycle.level, 0.5)));
  }
}

function learnHour(cycle: Cycle, at: number, departure: number): void {
  const hour = hourOf(cycle, at);
  if (hour !== cycle.hour || at - cycle.since >= HOUR) {
    closeHour(cycle);
    cycle.hour = hour;
    cycle.since = at - (at % HOUR);
    cycle.current = [];
  }
  if (cycle.current.length < MOST_IN_HOUR) cycle.current.push(departure);
}

function closeHour(cycle: Cycle): void {
  if (cycle.current.length === 0) return;
  const occasions = cycle.hours.get(cycle.hour) ?? [];
  occasions.push(medianOf(cycle.current));
  if (occasions.length > OCCASIONS) occasions.shift();
  cycle.hours.set(cycle.hour, occasions);
}
