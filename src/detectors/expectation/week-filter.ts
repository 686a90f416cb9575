import { density } from './student.ts';

const WEEK_DAYS = 7;
/** 1970 began on a Thursday: this many days after a Monday. */
const EPOCH_WEEKDAY = 3;
const SATURDAY = 5;

/** What is estimated: the level, its slope per day, and what each weekday adds to the level. */
const FIRST_WEEKDAY = 2;
const SIZE = FIRST_WEEKDAY + WEEK_DAYS;

/** How far each of these may be from zero before any point was seen, in standard deviations of a day. */
const DOUBTED_LEVEL = 10;
const DOUBTED_SLOPE = 0.05;
/** What Saturday and Sunday have in common. */
const DOUBTED_WEEKEND = 4;
/** No gap makes the level less certain than one of this many days. */
const LONGEST_GAP = 60;
/** The scale assumed until points say better, with the weight of this many points. */
const FIRST_SCALE = 0.3;
const FIRST_POINTS = 3;
/** The scale is never less than this. */
const LEAST_SCALE = 0.1;
/** A surprise counts for at most this many standard deviations, squared. */
const MOST_SURPRISE = 6;
/**
 * The share of days that are unlike the others and say nothing about them: such a day is Cauchy distributed, and this many times as
 * wide.
 */
const STRANGE = 0.03;
const STRANGE_WIDTH = 5;
const STRANGE_HEIGHT = 1 / (Math.PI * STRANGE_WIDTH);

/** Prior beliefs about a series. Two of these draw different conclusions from the same days. */
export interface Belief {
  /** How far a weekday is from the others of its kind, in standard deviations of a day. */
  readonly weekdays: number;
  /** The degrees of freedom of Student's t for the noise. The fewer, the more often a day is far off. */
  readonly freedom: number;
  /** How far the level wanders in a day: the variance, as a share of that of a day. */
  readonly wander: number;
}

/** A belief's forecast for the next day. */
export interface Forecast {
  readonly middle: number;
  readonly scale: number;
  readonly freedom: number;
  /** The logarithm of the probability it gave to the days as they came, each given the days before it. */
  readonly evidence: number;
}

/**
 * Predicts a day from the days before it: a Kalman filter (R. E. Kalman, 1960) over level, slope, weekend and weekdays, with an
 * unknown variance learned as in M. West and J. Harrison, "Bayesian Forecasting and Dynamic Models", 1997, chapter 4. The noise is
 * Student's t: a point far off gets the weight (freedom + 1) / (freedom + deviation²), as in K. L. Lange, R. J. A. Little and J. M.
 * G. Taylor, "Robust statistical modeling using the t distribution", JASA 84 (1989), so that an old incident moves little.
 */
export interface Filter {
  readonly belief: Belief;
  readonly state: Float64Array;
  /** The covariance of the state, as a share of the variance of a day: the lower triangle, row by row. */
  readonly doubt: Float64Array;
  /** The covariance of the state with the next value. */
  readonly shared: Float64Array;
  day: number;
  points: number;
  squares: number;
  evidence: number;
}

/** @param level about where the first days lie */
export function newFilter(belief: Belief, day: number, level: number): Filter {
  const state = new Float64Array(SIZE);
  state[0] = level;
  return {
    belief,
    state,
    doubt: doubtBefore(belief),
    shared: new Float64Array(SIZE),
    day,
    points: FIRST_POINTS,
    squares: FIRST_POINTS * FIRST_SCALE ** 2,
    evidence: 0,
  };
}

export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= SATURDAY;
}

/** @param day in whole days since 1970 */
function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
}

/** The index at which a row of the lower triangle begins. */
function rowAt(row: number): number {
  return (row * (row + 1)) / 2;
}

function doubtBefore({ weekdays }: Belief): Float64Array {
  const doubt = new Float64Array(rowAt(SIZE));
  doubt[0] = DOUBTED_LEVEL ** 2;
  doubt[rowAt(1) + 1] = DOUBTED_SLOPE ** 2;
  for (let i = FIRST_WEEKDAY; i < SIZE; i += 1) doubt[rowAt(i) + i] = weekdays ** 2;
  for (let i = FIRST_WEEKDAY + SATURDAY; i < SIZE; i += 1) {
    for (let j = FIRST_WEEKDAY + SATURDAY; j <= i; j += 1) {
      doubt[rowAt(i) + j] = (doubt[rowAt(i) + j] as number) + DOUBTED_WEEKEND ** 2;
    }
  }
  return doubt;
}

/** The forecast for a day, which must not be before one that was learned. */
export function foretell(filter: Filter, day: number): Forecast {
  const doubt = prepare(filter, day);
  return {
    middle: middleOf(filter, day),
    scale: Math.sqrt(varianceOf(filter) * (1 + doubt)),
    freedom: Math.min(filter.belief.freedom, filter.points),
    evidence: filter.evidence,
  };
}

function varianceOf({ squares, points }: Filter): number {
  return Math.max(LEAST_SCALE * LEAST_SCALE, squares / points);
}

function middleOf({ state }: Filter, day: number): number {
  return (state[0] as number) + (state[FIRST_WEEKDAY + weekdayOf(day)] as number);
}

/** Advances to a day. Returns how uncertain its middle is, as a share of the variance of a day. */
function prepare(filter: Filter, day: number): number {
  wander(filter, day);
  const { doubt, shared } = filter;
  const own = FIRST_WEEKDAY + weekdayOf(day);
  const ownRow = rowAt(own);
  let row = 0;
  for (let i = 0; i < SIZE; i += 1) {
    const withOwn = i <= own ? doubt[ownRow + i] : doubt[row + own];
    shared[i] = (doubt[row] as number) + (withOwn as number);
    row += i + 1;
  }
  return (shared[0] as number) + (shared[own] as number);
}

/** Advances the days since the last one: the level follows its slope, and wanders. */
function wander(filter: Filter, day: number): void {
  const { state, doubt, belief } = filter;
  const gap = Math.min(LONGEST_GAP, day - filter.day);
  filter.day = day;
  if (gap <= 0) return;
  state[0] = (state[0] as number) + gap * (state[1] as number);
  const slope = doubt[rowAt(1) + 1] as number;
  doubt[0] = (doubt[0] as number) + gap * (2 * (doubt[rowAt(1)] as number) + gap * slope + belief.wander);
  for (let i = 1, row = rowAt(1); i < SIZE; i += 1) {
    doubt[row] = (doubt[row] as number) + gap * (doubt[row + 1] as number);
    row += i + 1;
  }
}

/** Learns a day, which must not be before one that was learned. */
export function learn(filter: Filter, day: number, value: number): void {
  const doubt = prepare(filter, day);
  const { freedom } = filter.belief;
  const usual = varianceOf(filter);
  const surprise = value - middleOf(filter, day);
  const square = (surprise * surprise) / (usual * (1 + doubt));
  const strange = STRANGE_HEIGHT / (1 + square / STRANGE_WIDTH ** 2);
  const likely = (1 - STRANGE) * density(square, Math.min(freedom, filter.points)) + STRANGE * strange;
  const weight = Math.min((freedom + 1) / (freedom + square), square > 0 ? MOST_SURPRISE / square : 1);
  const spread = doubt + 1 / weight;
  correct(filter, surprise / spread, 1 / spread);
  filter.points += 1;
  filter.squares += Math.min(MOST_SURPRISE * usual, (surprise * surprise) / spread);
  filter.evidence += Math.log(likely) - Math.log(usual * (1 + doubt)) / 2;
}

function correct({ state, doubt, shared }: Filter, step: number, gain: number): void {
  let place = 0;
  for (let i = 0; i < SIZE; i += 1) {
    const own = shared[i] as number;
    const taken = own * gain;
    state[i] = (state[i] as number) + own * step;
    for (let j = 0; j <= i; j += 1) {
      doubt[place] = (doubt[place] as number) - taken * (shared[j] as number);
      place += 1;
    }
  }
}
