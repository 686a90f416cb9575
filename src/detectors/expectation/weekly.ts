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
import { type Belief, type Forecast, foretell, isWeekend } from './week-filter.ts';

/** Weekdays that hardly differ, or differ much; noise that has many far points, some, or few. */
const BELIEFS: readonly Belief[] = [0.5, 3].flatMap((weekdays) => [3, 6, 30].map((freedom) => ({ weekdays, freedom })));
/** Amounts are never expected to a tenth exactly; differences never to this share of their size. */
const LEAST_SCALE = 0.1;
const LEAST_DIFFERENCE = 0.02;
/** Differences are measured in units of which so many are a standard deviation: about what it is of ratios. */
const USUAL_SCALE = 0.3;
/** An agent works on such days or does not: how often it does either is known nearly from the first of them on. */
const DOUBTED_IDLE = 0.01;

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

/**
 * What is expected of a day's amount, on a scale of ratios. Several beliefs of the weekdays and the noise are tried side by side, and
 * each counts for as much as it made the days before likely (Bayesian model averaging: J. A. Hoeting and others, Statistical Science
 * 14, 1999). Days without any amount, where they occur, have a probability of their own: an agent that did not work says nothing of
 * what a day costs on which it does.
 */
export function expectDay(past: Days, at: number, amount: number): DayExpectation {
  const today = Math.floor(at / DAY);
  const yardstick = yardstickFor([...past.amounts, amount]);
  const idle = yardstick.logarithmic ? idleness(past, today) : NEVER_IDLE;
  const worked =
    idle.share > 0 ? past.amounts.flatMap((earlier, i) => (earlier > 0 ? [i] : [])) : [...past.days.keys()];
  const measured = Float64Array.from(worked, (i) => measure(yardstick, past.amounts[i] as number));
  const unit = yardstick.logarithmic ? 1 : unitOf(measured);
  const days = worked.map((i) => past.days[i] as number);
  const values = measured.map((value) => value / unit);
  const forecasts = BELIEFS.map((belief) => foretell({ days, values }, today, belief, LEAST_SCALE));
  const mixed = mix(forecasts, measure(yardstick, amount) / unit);
  const end = (width: number): number => unmeasure(yardstick, (mixed.middle + width * mixed.scale) * unit);
  const above = amount === 0 && idle.share > 0 ? 1 : (1 - idle.share) * mixed.above;
  const below = amount === 0 && idle.share > 0 ? idle.share : idle.share + (1 - idle.share) * mixed.below;
  return {
    low: idle.share > LEAST_SHARE ? 0 : end(-RANGE_WIDTH),
    middle: idle.share > 0.5 ? 0 : end(0),
    high: end(RANGE_WIDTH),
    deviation: mixed.deviation,
    digits: digitsOf(2 * Math.min(above, below)),
    points: past.amounts.length,
    evidence: mixed.evidence + idle.evidence - sizeOfSteps(yardstick, past, worked, unit),
  };
}

/** Where this share of such days is idle, one more is within what is expected. */
const LEAST_SHARE = 0.001;

/** How often nothing happens on such a day. */
interface Idleness {
  readonly share: number;
  readonly evidence: number;
}

interface Seen {
  all: number;
  idle: number;
}

const NEVER_IDLE: Idleness = { share: 0, evidence: 0 };

/** By whether it is a weekend. Where no day was idle, an idle one would be an amount like others, and far out. */
function idleness({ days, amounts }: Days, today: number): Idleness {
  if (amounts.every((amount) => amount > 0)) return NEVER_IDLE;
  const seen: readonly Seen[] = [
    { all: 2 * DOUBTED_IDLE, idle: DOUBTED_IDLE },
    { all: 2 * DOUBTED_IDLE, idle: DOUBTED_IDLE },
  ];
  let evidence = 0;
  for (const [i, amount] of amounts.entries()) {
    const own = seen[isWeekend(days[i] as number) ? 1 : 0] as Seen;
    const share = own.idle / own.all;
    evidence += Math.log(amount > 0 ? 1 - share : share);
    own.all += 1;
    own.idle += amount > 0 ? 0 : 1;
  }
  const { all, idle } = seen[isWeekend(today) ? 1 : 0] as Seen;
  return { share: idle / all, evidence };
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

function yardstickFor(amounts: readonly number[]): Yardstick {
  const positive = amounts.filter((amount) => amount > 0);
  return yardstickOf(Math.min(...amounts), medianOf(positive), 0);
}

/** The unit of differences. */
function unitOf(measured: Float64Array): number {
  const middle = medianOf(measured);
  const spread = MAD_TO_SIGMA * medianOf(measured.map((value) => Math.abs(value - middle)));
  return Math.max(spread, LEAST_DIFFERENCE * Math.abs(middle), Number.MIN_VALUE) / USUAL_SCALE;
}

/** How much a step of the amounts is on the scale that they are measured on, as the sum of its logarithms. */
function sizeOfSteps(
  { logarithmic, offset }: Yardstick,
  { amounts }: Days,
  worked: readonly number[],
  unit: number,
): number {
  if (!logarithmic) return worked.length * Math.log(unit);
  return worked.reduce((sum, i) => sum + Math.log((amounts[i] as number) + offset), 0);
}
