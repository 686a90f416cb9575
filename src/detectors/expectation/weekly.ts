import { DAY } from '../../core/time.ts';
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

const WEEK_DAYS = 7;
/** The effect of a weekday is believed by half when it is this many of its standard errors, squared. */
const EFFECT_DOUBT = 1;
/** How much of a surprise the level follows. */
const FOLLOW = 0.12;
/** A surprise is followed no farther than this many robust standard deviations. */
const FOLLOWED = 2;
/** Amounts are never expected to a tenth exactly; differences never to this share of their spread. */
const LEAST_RATIO_SCALE = 0.1;
const LEAST_DIFFERENCE_SCALE = 0.02;
/** The 85 % quantile of the size of a normal deviation: a heavy tail widens the scale. */
const NORMAL_85 = 1.44;
/** A slope is believed by half when it is this many of its standard errors, squared. */
const SLOPE_DOUBT = 4;

/** What is fitted beside the weekdays. */
const LEVEL_AND_SLOPE = 2;

/** The days of a series, as whole days since 1970, with their amounts, oldest first. */
export interface Days {
  readonly days: readonly number[];
  readonly amounts: readonly number[];
}

/**
 * What is expected of a day's amount: a level that follows slowly, a slope, and the effect of the weekday, all by medians, on a
 * scale of ratios. Robust exponential smoothing after S. Gelper, R. Fried and C. Croux, "Robust forecasting with exponential
 * and Holt-Winters smoothing", Journal of Forecasting 29 (2010); weekday effects as medians of the departures from the local
 * weekly median, shrunk while they are few.
 */
export function expectDay(past: Days, at: number, amount: number): Expectation {
  const yardstick = yardstickFor([...past.amounts, amount]);
  const today = Math.floor(at / DAY);
  const measured = past.amounts.map((earlier) => measure(yardstick, earlier));
  const slope = slopeOf(past.days, measured);
  const flat = measured.map((y, i) => y - slope * ((past.days[i] as number) - today));
  const effects = weekdayEffects(past.days, flat);
  const calm = flat.map((y, i) => y - (effects[weekday(past.days[i] as number)] as number));
  const { level, scale: fitted } = smooth(calm, leastScale(yardstick, measured));
  // What was fitted to the points lies closer to them than the next one will.
  const freedom = calm.length - LEVEL_AND_SLOPE - (calm.length >= 2 * WEEK_DAYS ? WEEK_DAYS - 1 : 0);
  const scale = fitted * Math.sqrt(calm.length / Math.max(1, freedom));
  const middle = level + (effects[weekday(today)] as number);
  const deviation = (measure(yardstick, amount) - middle) / scale;
  return {
    low: unmeasure(yardstick, middle - RANGE_WIDTH * scale),
    middle: unmeasure(yardstick, middle),
    high: unmeasure(yardstick, middle + RANGE_WIDTH * scale),
    deviation,
    digits: studentDigits(deviation),
    points: past.amounts.length,
  };
}

function yardstickFor(amounts: readonly number[]): Yardstick {
  const positive = amounts.filter((amount) => amount > 0);
  return yardstickOf(Math.min(...amounts), medianOf(positive), 0);
}

function weekday(day: number): number {
  return ((day % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
}

/** The median slope between points some whole weeks apart, which no weekday can bend; less of it while it may be chance. */
function slopeOf(days: readonly number[], measured: readonly number[]): number {
  const apart = WEEK_DAYS * Math.floor(measured.length / 2 / WEEK_DAYS);
  if (apart === 0) return 0;
  const slopes: number[] = [];
  for (let i = apart; i < measured.length; i += 1) {
    const length = (days[i] as number) - (days[i - apart] as number);
    if (length > 0) slopes.push(((measured[i] as number) - (measured[i - apart] as number)) / length);
  }
  const slope = medianOf(slopes);
  const scatter = MAD_TO_SIGMA * medianOf(slopes.map((other) => Math.abs(other - slope)));
  const error = (1.25 * scatter) / Math.sqrt(Math.max(1, slopes.length));
  return believed(slope, error, SLOPE_DOUBT);
}

/** How each weekday departs from the week around it. */
function weekdayEffects(days: readonly number[], flat: readonly number[]): readonly number[] {
  const departures: number[][] = Array.from({ length: WEEK_DAYS }, () => []);
  if (flat.length >= 2 * WEEK_DAYS) {
    for (const [i, y] of flat.entries()) {
      const from = Math.max(0, Math.min(flat.length - WEEK_DAYS, i - 3));
      departures[weekday(days[i] as number)]?.push(y - medianOf(flat.slice(from, from + WEEK_DAYS)));
    }
  }
  const scatter = scatterOf(departures);
  return departures.map((own) => {
    const error = (1.25 * scatter) / Math.sqrt(Math.max(1, own.length));
    return own.length < 2 ? 0 : believed(medianOf(own), error, EFFECT_DOUBT);
  });
}

/** How far the departures of a weekday lie from each other, over all weekdays. */
function scatterOf(departures: readonly (readonly number[])[]): number {
  const distances = departures.flatMap((own) => {
    const middle = medianOf(own);
    return own.map((departure) => Math.abs(departure - middle));
  });
  return MAD_TO_SIGMA * medianOf(distances);
}

function leastScale({ logarithmic }: Yardstick, measured: readonly number[]): number {
  if (logarithmic) return LEAST_RATIO_SCALE;
  const middle = medianOf(measured);
  const spread = medianOf(measured.map((y) => Math.abs(y - middle)));
  return Math.max(LEAST_DIFFERENCE_SCALE * spread, LEAST_DIFFERENCE_SCALE * Math.abs(middle), Number.MIN_VALUE);
}

/** The level after the last point, and the scale of the surprises on the way to it. */
function smooth(calm: readonly number[], least: number): { level: number; scale: number } {
  const start = medianOf(calm.slice(0, WEEK_DAYS));
  const rough = MAD_TO_SIGMA * medianOf(calm.map((y) => Math.abs(y - start)));
  let level = start;
  const surprises: number[] = [];
  for (const y of calm) {
    const surprise = y - level;
    surprises.push(Math.abs(surprise));
    const bound = FOLLOWED * Math.max(rough, least);
    level += FOLLOW * Math.max(-bound, Math.min(bound, surprise));
  }
  const sorted = Float64Array.from(surprises).sort();
  const high = (sorted[Math.floor(0.85 * sorted.length)] ?? 0) / NORMAL_85;
  const scale = Math.max(MAD_TO_SIGMA * medianOf(surprises), high, least);
  return { level, scale };
}
