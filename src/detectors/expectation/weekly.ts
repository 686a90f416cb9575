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
 * A calm level and weekdays that hardly differ, with many outliers, some or none; weekdays that differ somewhat; weekdays that
 * differ much; a level that wanders by a third of the noise per day.
 */
const BELIEFS: readonly Belief[] = [
  { weekdays: 0.15, freedom: 3, wander: 0.005 },
  { weekdays: 0.15, freedom: 8, wander: 0.005 },
  { weekdays: 0.15, freedom: 100, wander: 0.005 },
  { weekdays: 1, freedom: 8, wander: 0.005 },
  { weekdays: 3, freedom: 8, wander: 0.02 },
  { weekdays: 0.3, freedom: 8, wander: 0.1 },
];
/** Differences are never expected to be as small as this share of their size. */
const LEAST_DIFFERENCE = 0.02;
/** Differences are measured in units of which this many are a standard deviation, about the same as for ratios. */
const USUAL_SCALE = 0.3;
/** An agent either works on such days or does not. How often is known almost from the first of them on. */
const DOUBTED_IDLE = 0.01;
/** Values are measured anew when the measure has become this many times larger or smaller. */
const OUTGROWN = 1.25;

/** The days of a series, as whole days since 1970, with their amounts, oldest first. */
export interface Days {
  readonly days: readonly number[];
  readonly amounts: readonly number[];
}

/** The expectation for a day. */
export interface DayExpectation extends Expectation {
  /** The logarithm of the probability that the model gave to the days as they came, each given the days before it. */
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

/** What was learned from the days of a series. It predicts the next one and learns it. */
export interface DayModel {
  readonly measured: Measure;
  readonly filters: readonly Filter[];
  readonly workingDays: Seen;
  readonly weekends: Seen;
  points: number;
  /** The logarithm of the probability that nothing happened on the idle days and something on the others. */
  idleEvidence: number;
  /** The size of a step in the amounts on their measuring scale, as the sum of its logarithms. */
  steps: number;
}

/**
 * The expectation for a day's amount, on a scale of ratios. Several beliefs about weekdays, level and noise are tried side by side,
 * and each is weighted by how likely it made the days before (Bayesian model averaging: J. A. Hoeting and others, Statistical
 * Science 14, 1999). Days without any amount have a separate probability if they occur, because an agent that did not work says
 * nothing about the cost of a day on which it does.
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

/** Learns the amount of a day, which must not be before one that was learned. */
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

/** Whether a model still measures as one newly learned from these days would. */
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

/** A model's expectation for the next day. */
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

/** If this share of such days is idle, one more is within what is expected. */
const LEAST_SHARE = 0.001;

/** How often nothing happens on such a day. */
interface Idleness {
  readonly share: number;
  readonly evidence: number;
}

/** Depends on whether it is a weekend. If no day was idle, an idle one would be an amount like any other, and far off. */
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

/** All forecasts combined, each weighted by its evidence. */
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

/** A day on which nothing happened, if amounts are compared as ratios. */
function isIdle({ yardstick }: Measure, amount: number): boolean {
  return yardstick.logarithmic && amount === 0;
}

/** The unit of differences. */
function unitOf(amounts: readonly number[]): number {
  const middle = medianOf(amounts);
  const spread = MAD_TO_SIGMA * medianOf(amounts.map((amount) => Math.abs(amount - middle)));
  return Math.max(spread, LEAST_DIFFERENCE * Math.abs(middle), Number.MIN_VALUE) / USUAL_SCALE;
}
