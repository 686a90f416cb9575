import { DAY } from '../../core/time.ts';
import {
  digitsOf,
  type Expectation,
  MAD_TO_SIGMA,
  measure,
  medianOf,
  RANGE_WIDTH,
  unmeasure,
  type Yardstick,
  yardstickOf,
} from './expectation.ts';
import { shareAbove } from './student.ts';
import { type Belief, type Filter, type Forecast, foretell, isWeekend, learn, newFilter } from './week-filter.ts';

/**
 * A calm level and weekdays that hardly differ, with many far points, some or none; weekdays that differ somewhat; weekdays that differ
 * much; a level that wanders by a third of the noise a day.
 */
const BELIEFS: readonly Belief[] = [
  { weekdays: 0.15, freedom: 3, wander: 0.005 },
  { weekdays: 0.15, freedom: 8, wander: 0.005 },
  { weekdays: 0.15, freedom: 100, wander: 0.005 },
  { weekdays: 1, freedom: 8, wander: 0.005 },
  { weekdays: 3, freedom: 8, wander: 0.02 },
  { weekdays: 0.3, freedom: 8, wander: 0.1 },
];
/** Differences are never expected to this share of their size. */
const LEAST_DIFFERENCE = 0.02;
/** Differences are measured in units of which so many are a standard deviation: about what it is of ratios. */
const USUAL_SCALE = 0.3;
/** An agent works on such days or does not: how often it does either is known nearly from the first of them on. */
const DOUBTED_IDLE = 0.01;
/** What was measured is measured anew when what it is measured with is so many times larger or smaller. */
const OUTGROWN = 1.25;

/** The days of a series, as whole days since 1970, with their amounts, oldest first. */
export interface Days {
  readonly days: readonly number[];
  readonly amounts: readonly number[];
}

/** What is expected of a day. */
export interface DayExpectation extends Expectation {
  /** The logarithm of the probability that the model gave to the days as they came, each by the days before it. */
  readonly evidence: number;
}

/** How amounts are measured: as ratios, or as differences in a unit of the series. */
interface Measure {
  readonly yardstick: Yardstick;
  readonly unit: number;
}

/** Days of one kind: how many there were, and on how many of them nothing happened. */
interface Seen {
  all: number;
  idle: number;
}

/** What the days of a series taught; it foretells the next one and learns it. */
export interface DayModel {
  readonly measured: Measure;
  readonly filters: readonly Filter[];
  readonly workingDays: Seen;
  readonly weekends: Seen;
  points: number;
  /** The logarithm of the probability that nothing happened on the days on which it did not, and something on the others. */
  idleEvidence: number;
  /** How much a step of the amounts is on the scale that they are measured on, as the sum of its logarithms. */
  steps: number;
}

/**
 * What is expected of a day's amount, on a scale of ratios. Several beliefs of weekdays, level and noise are tried side by side, and
 * each counts for as much as it made the days before likely (Bayesian model averaging: J. A. Hoeting and others, Statistical Science
 * 14, 1999). Days without any amount, where they occur, have a probability of their own: an agent that did not work says nothing of
 * what a day costs on which it does.
 */
export function expectDay(past: Days, at: number, amount: number): DayExpectation {
  return expectNextDay(learnDays(past, amount), at, amount);
}

/** What these days teach, measured so that the amount of the next one can be measured too. */
export function learnDays(past: Days, next: number): DayModel {
  const measured = measureOf(past.amounts, next);
  const worked = past.amounts.filter((amount) => !isIdle(measured, amount));
  const level = medianOf(worked.map((amount) => inUnits(measured, amount)));
  const model: DayModel = {
    measured,
    filters: BELIEFS.map((belief) => newFilter(belief, past.days[0] ?? 0, level)),
    workingDays: { all: 2 * DOUBTED_IDLE, idle: DOUBTED_IDLE },
    weekends: { all: 2 * DOUBTED_IDLE, idle: DOUBTED_IDLE },
    points: 0,
    idleEvidence: 0,
    steps: 0,
  };
  for (const [i, amount] of past.amounts.entries()) learnDay(model, past.days[i] as number, amount);
  return model;
}

/** Learns the amount of a day, which is not before one that was learned. */
export function learnDay(model: DayModel, day: number, amount: number): void {
  const { measured, filters } = model;
  const own = isWeekend(day) ? model.weekends : model.workingDays;
  const idle = isIdle(measured, amount);
  const share = own.idle / own.all;
  model.points += 1;
  model.idleEvidence += Math.log(idle ? share : 1 - share);
  own.all += 1;
  own.idle += idle ? 1 : 0;
  if (idle) return;
  const value = inUnits(measured, amount);
  for (const filter of filters) learn(filter, day, value);
  model.steps += Math.log(measured.yardstick.logarithmic ? amount + measured.yardstick.offset : measured.unit);
}

/** Whether a model measures as one of these days would that is learned anew. */
export function stillMeasures({ measured }: DayModel, amounts: readonly number[], next: number): boolean {
  const anew = measureOf(amounts, next);
  return (
    anew.yardstick.logarithmic === measured.yardstick.logarithmic &&
    isNear(anew.yardstick.offset, measured.yardstick.offset) &&
    isNear(anew.unit, measured.unit)
  );
}

function isNear(a: number, b: number): boolean {
  return a <= OUTGROWN * b && b <= OUTGROWN * a;
}

/** What a model expects of the next day. */
export function expectNextDay(model: DayModel, at: number, amount: number): DayExpectation {
  const today = Math.floor(at / DAY);
  const { measured } = model;
  const idle = idlenessOf(model, today);
  const mixed = mix(
    model.filters.map((filter) => foretell(filter, today)),
    inUnits(measured, amount),
  );
  const end = (width: number): number =>
    unmeasure(measured.yardstick, (mixed.middle + width * mixed.scale) * measured.unit);
  const above = amount === 0 && idle.share > 0 ? 1 : (1 - idle.share) * mixed.above;
  const below = amount === 0 && idle.share > 0 ? idle.share : idle.share + (1 - idle.share) * mixed.below;
  return {
    low: idle.share > LEAST_SHARE ? 0 : end(-RANGE_WIDTH),
    middle: idle.share > 0.5 ? 0 : end(0),
    high: end(RANGE_WIDTH),
    deviation: mixed.deviation,
    digits: digitsOf(2 * Math.min(above, below)),
    points: model.points,
    evidence: mixed.evidence + idle.evidence - model.steps,
  };
}

/** Where this share of such days is idle, one more is within what is expected. */
const LEAST_SHARE = 0.001;

/** How often nothing happens on such a day. */
interface Idleness {
  readonly share: number;
  readonly evidence: number;
}

/** By whether it is a weekend. Where no day was idle, an idle one would be an amount like others, and far out. */
function idlenessOf({ workingDays, weekends, idleEvidence }: DayModel, today: number): Idleness {
  if (workingDays.idle + weekends.idle < 1) return { share: 0, evidence: 0 };
  const { all, idle } = isWeekend(today) ? weekends : workingDays;
  return { share: idle / all, evidence: idleEvidence };
}

interface Mixed {
  readonly middle: number;
  readonly scale: number;
  readonly deviation: number;
  readonly above: number;
  readonly below: number;
  readonly evidence: number;
}

/** All forecasts together, each for as much as its evidence is worth. */
function mix(forecasts: readonly Forecast[], value: number): Mixed {
  const most = Math.max(...forecasts.map(({ evidence }) => evidence));
  const weights = forecasts.map(({ evidence }) => Math.exp(evidence - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (forecast: Forecast) => number): number =>
    forecasts.reduce((sum, forecast, i) => sum + ((weights[i] as number) / total) * of(forecast), 0);
  const middle = mean((forecast) => forecast.middle);
  const scale = mean((forecast) => forecast.scale);
  return {
    middle,
    scale,
    deviation: (value - middle) / scale,
    above: mean((forecast) => shareAbove((value - forecast.middle) / forecast.scale, forecast.freedom)),
    below: mean((forecast) => shareAbove((forecast.middle - value) / forecast.scale, forecast.freedom)),
    evidence: most + Math.log(total / forecasts.length),
  };
}

function measureOf(amounts: readonly number[], next: number): Measure {
  const all = [...amounts, next];
  const yardstick = yardstickOf(Math.min(...all), medianOf(all.filter((amount) => amount > 0)), 0);
  return { yardstick, unit: yardstick.logarithmic ? 1 : unitOf(amounts) };
}

function inUnits({ yardstick, unit }: Measure, amount: number): number {
  return measure(yardstick, amount) / unit;
}

/** A day on which nothing happened, where amounts are compared as ratios. */
function isIdle({ yardstick }: Measure, amount: number): boolean {
  return yardstick.logarithmic && amount === 0;
}

/** The unit of differences. */
function unitOf(amounts: readonly number[]): number {
  const middle = medianOf(amounts);
  const spread = MAD_TO_SIGMA * medianOf(amounts.map((amount) => Math.abs(amount - middle)));
  return Math.max(spread, LEAST_DIFFERENCE * Math.abs(middle), Number.MIN_VALUE) / USUAL_SCALE;
}
