import { medianOf } from './expectation.ts';
import { density } from './student.ts';

const WEEK_DAYS = 7;
/** 1970 began on a Thursday: so many days after a Monday. */
const EPOCH_WEEKDAY = 3;
const SATURDAY = 5;

/** What is estimated: the level, its slope a day, and what each weekday adds to the level. */
const SLOPE = 1;
const FIRST_WEEKDAY = 2;
const SIZE = FIRST_WEEKDAY + WEEK_DAYS;

/** How far each of these may lie from nothing before a point was seen, in standard deviations of a day. */
const DOUBTED_LEVEL = 10;
const DOUBTED_SLOPE = 0.05;
/** What Saturday and Sunday have in common. */
const DOUBTED_WEEKEND = 4;
/** How far the level wanders in a day: the variance, as a share of that of a day. */
const WANDER = 0.02;
/** No gap makes the level less known than one of so many days. */
const LONGEST_GAP = 60;
/** The scale is believed to be this until points tell better, as if so many points had told it. */
const FIRST_SCALE = 0.3;
const FIRST_POINTS = 3;
/** A surprise counts for no more than one of so many standard deviations, squared. */
const MOST_SURPRISE = 6;
/** A day in so many is nothing like the others and tells nothing of them: it is Cauchy distributed, so much wider. */
const STRANGE = 0.03;
const STRANGE_WIDTH = 5;

/** What is believed of a series beforehand: two of these differ in what they make of the same days. */
export interface Belief {
  /** How far a weekday lies from the others of its kind, in standard deviations of a day. */
  readonly weekdays: number;
  /** The degrees of freedom of Student's t for the noise: the fewer, the more often a day is far out. */
  readonly freedom: number;
}

/** What a belief makes of the next day. */
export interface Forecast {
  readonly middle: number;
  readonly scale: number;
  readonly freedom: number;
  /** The logarithm of the probability that it gave to the days as they came, each by the days before it. */
  readonly evidence: number;
}

/** Days since 1970, in order, and what was measured on each. */
export interface Measured {
  readonly days: readonly number[];
  readonly values: Float64Array;
}

export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= SATURDAY;
}

function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
}

interface Filter {
  readonly state: Float64Array;
  /** The covariance of the state, as a share of the variance of a day. */
  readonly doubt: Float64Array;
  /** The covariance of the state with the next value. */
  readonly shared: Float64Array;
  day: number;
  points: number;
  squares: number;
}

/**
 * Foretells a day by the days before it: a Kalman filter (R. E. Kalman, 1960) over level, slope, weekend and weekdays, with an unknown
 * variance learned as in M. West and J. Harrison, "Bayesian Forecasting and Dynamic Models", 1997, chapter 4. The noise is Student's t:
 * a point far out is given the weight (freedom + 1) / (freedom + deviation²), as in K. L. Lange, R. J. A. Little and J. M. G.
 * Taylor, "Robust statistical modeling using the t distribution", JASA 84 (1989), so that an old incident moves little.
 */
export function foretell({ days, values }: Measured, today: number, belief: Belief, leastScale: number): Forecast {
  const filter = newFilter(belief, days[0] ?? today, medianOf(values));
  let evidence = 0;
  for (const [i, value] of values.entries()) {
    evidence += learn(filter, days[i] as number, value, belief, leastScale);
  }
  const { middle, doubt } = predict(filter, today);
  return {
    middle,
    scale: Math.sqrt(variance(filter, leastScale) * (1 + doubt)),
    freedom: Math.min(belief.freedom, filter.points),
    evidence,
  };
}

function newFilter(belief: Belief, day: number, level: number): Filter {
  const state = new Float64Array(SIZE);
  state[0] = level;
  return {
    state,
    doubt: doubtBefore(belief),
    shared: new Float64Array(SIZE),
    day,
    points: FIRST_POINTS,
    squares: FIRST_POINTS * FIRST_SCALE ** 2,
  };
}

function doubtBefore({ weekdays }: Belief): Float64Array {
  const doubt = new Float64Array(SIZE * SIZE);
  doubt[0] = DOUBTED_LEVEL ** 2;
  doubt[SLOPE * (SIZE + 1)] = DOUBTED_SLOPE ** 2;
  for (let i = FIRST_WEEKDAY; i < SIZE; i += 1) doubt[i * (SIZE + 1)] = weekdays ** 2;
  for (let i = FIRST_WEEKDAY + SATURDAY; i < SIZE; i += 1) {
    for (let j = FIRST_WEEKDAY + SATURDAY; j < SIZE; j += 1) {
      doubt[i * SIZE + j] = (doubt[i * SIZE + j] as number) + DOUBTED_WEEKEND ** 2;
    }
  }
  return doubt;
}

function variance({ squares, points }: Filter, least: number): number {
  return Math.max(least * least, squares / points);
}

/** What is expected of a day, and how much is not known of that, as a share of the variance of a day. */
function predict(filter: Filter, day: number): { readonly middle: number; readonly doubt: number } {
  wander(filter, day);
  const { state, doubt, shared } = filter;
  const own = FIRST_WEEKDAY + weekdayOf(day);
  for (let i = 0; i < SIZE; i += 1) shared[i] = (doubt[i * SIZE] as number) + (doubt[i * SIZE + own] as number);
  return {
    middle: (state[0] as number) + (state[own] as number),
    doubt: (shared[0] as number) + (shared[own] as number),
  };
}

/** The days since the last one: the level follows its slope, and wanders. */
function wander(filter: Filter, day: number): void {
  const { state, doubt } = filter;
  const gap = Math.min(LONGEST_GAP, day - filter.day);
  filter.day = day;
  if (gap <= 0) return;
  state[0] = (state[0] as number) + gap * (state[SLOPE] as number);
  for (let j = 0; j < SIZE; j += 1) doubt[j] = (doubt[j] as number) + gap * (doubt[SIZE * SLOPE + j] as number);
  for (let i = 0; i < SIZE; i += 1) {
    doubt[i * SIZE] = (doubt[i * SIZE] as number) + gap * (doubt[i * SIZE + SLOPE] as number);
  }
  doubt[0] = (doubt[0] as number) + gap * WANDER;
}

/** Learns a day; the logarithm of the probability that it had before. */
function learn(filter: Filter, day: number, value: number, { freedom }: Belief, leastScale: number): number {
  const { middle, doubt } = predict(filter, day);
  const usual = variance(filter, leastScale);
  const surprise = value - middle;
  const square = (surprise * surprise) / (usual * (1 + doubt));
  const known = Math.min(freedom, filter.points);
  const likely = (1 - STRANGE) * density(square, known) + STRANGE * strangeness(square);
  const weight = Math.min((freedom + 1) / (freedom + square), square > 0 ? MOST_SURPRISE / square : 1);
  const spread = doubt + 1 / weight;
  correct(filter, surprise / spread, 1 / spread);
  filter.points += 1;
  filter.squares += Math.min(MOST_SURPRISE * usual, (surprise * surprise) / spread);
  return Math.log(likely) - Math.log(usual * (1 + doubt)) / 2;
}

/** The density of a point that is nothing like the others. */
function strangeness(square: number): number {
  return 1 / (Math.PI * STRANGE_WIDTH * (1 + square / STRANGE_WIDTH ** 2));
}

function correct({ state, doubt, shared }: Filter, step: number, gain: number): void {
  for (let i = 0; i < SIZE; i += 1) {
    const own = shared[i] as number;
    const taken = own * gain;
    state[i] = (state[i] as number) + own * step;
    for (let j = 0; j < SIZE; j += 1)
      doubt[i * SIZE + j] = (doubt[i * SIZE + j] as number) - taken * (shared[j] as number);
  }
}
