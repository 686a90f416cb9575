/** One complete day and what was used in it. */
export interface HabitDay {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly amount: number;
}

/** A day, or a part of one, that is still to come. */
export interface Ahead {
  readonly weekday: number;
  /** The part of the day that is meant, from 0 to 1. */
  readonly share: number;
}

/** What days usually bring. */
export interface Habit {
  /** Of the last day, if its weekday were like any other. */
  readonly level: number;
  readonly trend: Trend;
  /** By weekday: how many times the level. */
  readonly factors: readonly number[];
  /** Variance of one day as a multiple of its squared expectation. */
  readonly noise: number;
  /** The number of equally weighted days with the same information. */
  readonly days: number;
  /** How far off the level was, as a share, in its own past weeks beyond what chance explains; 0 if it was not. */
  readonly drift: number;
  /** How a single day differs from its expectation: the ratios of all days, in order. */
  readonly ratios: readonly number[];
}

/** How a level grows. */
export interface Trend {
  /** As the logarithm of the factor from one day to the next; 0 if it is constant or cannot be told from chance. */
  readonly growth: number;
  /** How far off that may be. */
  readonly error: number;
}

/** An expected amount, and the interval that contains the actual one in four of five cases. */
export interface Expectation {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer complete days than this are no habit: each weekday occurred once. */
export const HABIT_NEEDS = 7;

/** After this many days, a day weighs half as much as yesterday. */
const HALF_LIFE = 10;
/** This many ordinary days are added to each weekday before it is compared, so that one odd Monday is no habit. */
const SHRINK = 0.5;
/** The 90th percentile of the normal distribution: a tenth is above, a tenth below. */
const Z90 = 1.2816;
const WEEK_DAYS = 7;
/** The level describes days that are this far back on average. */
const LEVEL_AGE = HALF_LIFE / Math.LN2;
/** Less than this counts as zero, in any unit. */
const NEGLIGIBLE = 1e-9;

/** With fewer complete days than four weeks, a trend is chance. */
const TREND_NEEDS = 28;
/** Nothing grows or shrinks faster for long: half as much again in ten days. */
const FASTEST = 0.04;
/** The efficiency of the median of slopes relative to least squares, for which the variance below holds (Sen 1968). */
const MEDIAN_LOSS = 1.2;
/** A slope that is this many times its own error, squared, counts half. */
const TREND_SHRINK = 4;
/** What is left of a slope's error after shrinking. */
const SHRUNK_ERROR = 0.9;
/** The part of past deviations that remains after the trend explains its part. */
const DRIFT_LEFT = 0.7;
/** A single day scatters more than the model of its sum says. */
const SINGLE_DAY = { share: 0.07, wider: 1.18 } as const;
const STANDS: Trend = { growth: 0, error: 0 };

/**
 * Learns the habit from complete days, oldest first; null while there are fewer than seven of them, or nothing was used. Level:
 * exponentially weighted mean, half-life ten days (Brown 1959), of days that were carried forward along the trend. Weekdays: ratio
 * to the mean, shrunk towards 1. Trend: median of the slopes between sums of seven days (Theil 1950, Sen 1968), shrunk towards 0.
 */
export function habitOf(days: readonly HabitDay[]): Habit | null {
  const habit = calmHabit(days);
  return habit === null ? null : { ...habit, drift: driftOf(days) };
}

function calmHabit(days: readonly HabitDay[]): Habit | null {
  const flat = habitAlong(days, STANDS);
  if (flat === null || days.length < TREND_NEEDS) return flat;
  const trend = trendOf(days, flat.noise);
  return trend === null ? flat : habitAlong(days, trend);
}

/**
 * Sums of seven days contain each weekday once, so that no weekly rhythm tilts a slope; sums of zero give no slope. Null if all
 * days are alike, or hardly any contains anything.
 */
function trendOf(days: readonly HabitDay[], noise: number): Trend | null {
  const sums = days.slice(WEEK_DAYS - 1).map((_, i) => sumOf(days.slice(i, i + WEEK_DAYS).map(({ amount }) => amount)));
  const slopes = sums.flatMap((early, i) =>
    sums.slice(i + WEEK_DAYS).flatMap((late, gap) => {
      const isTold = early > NEGLIGIBLE && late > NEGLIGIBLE;
      return isTold ? Math.log(late / early) / (gap + WEEK_DAYS) : [];
    }),
  );
  const slope = [...slopes].sort((a, b) => a - b)[Math.floor(slopes.length / 2)];
  // The variance of a slope through this many days with this noise.
  const variance = (MEDIAN_LOSS * Math.log1p(noise) * 12) / days.length ** 3;
  if (slope === undefined || slopes.length < days.length || variance < NEGLIGIBLE) return null;
  const growth = (slope * slope ** 2) / (slope ** 2 + TREND_SHRINK * variance);
  return { growth: Math.max(-FASTEST, Math.min(FASTEST, growth)), error: SHRUNK_ERROR * Math.sqrt(variance) };
}

function habitAlong(past: readonly HabitDay[], trend: Trend): Habit | null {
  if (past.length < HABIT_NEEDS) return null;
  const days = past.map(({ weekday, amount }, i) => ({
    weekday,
    amount: amount * Math.exp(trend.growth * (past.length - 1 - i)),
  }));
  const mean = sumOf(days.map(({ amount }) => amount)) / days.length;
  if (mean < NEGLIGIBLE) return null;
  const factors = Array.from({ length: WEEK_DAYS }, (_, weekday) => {
    const own = days.filter((day) => day.weekday === weekday);
    const sum = own.reduce((total, { amount }) => total + amount / mean, 0);
    return (sum + SHRINK) / (own.length + SHRINK);
  });
  const weights = days.map((_, i) => 0.5 ** ((days.length - 1 - i) / HALF_LIFE));
  const total = sumOf(weights);
  const squares = sumOf(weights.map((weight) => weight * weight));
  const ratios = days.map(({ weekday, amount }) => amount / (factors[weekday] ?? 1));
  const level = sumOf(ratios.map((ratio, i) => ratio * (weights[i] ?? 0))) / total;
  if (level < NEGLIGIBLE) return null;
  // Unbiased for weighted samples: divided by 1 - sum of the squared normalised weights.
  const spread = sumOf(ratios.map((ratio, i) => (weights[i] ?? 0) * (ratio / level - 1) ** 2)) / total;
  const noise = spread / (1 - squares / (total * total));
  const own = ratios.map((ratio) => ratio / level).sort((a, b) => a - b);
  return { level, trend, factors, noise, days: (total * total) / squares, drift: 0, ratios: own };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * How far the past weeks were from what the habit of their time expected, beyond what chance alone would produce: the root of the
 * mean squared relative error less half its variance, because weeks of one habit are not independent. Growth, launches and quiet
 * weeks show here, and widen the interval.
 */
function driftOf(days: readonly HabitDay[]): number {
  const excess: number[] = [];
  for (let origin = 2 * WEEK_DAYS; origin + WEEK_DAYS <= days.length; origin++) {
    const habit = calmHabit(days.slice(0, origin));
    if (habit === null) continue;
    const week = days.slice(origin, origin + WEEK_DAYS);
    const ahead = week.map(({ weekday }) => ({ weekday, share: 1 }));
    const { mean, variance } = momentsOf(habit, ahead);
    const miss = sumOf(week.map(({ amount }) => amount)) - mean;
    if (mean > NEGLIGIBLE) excess.push((miss * miss - variance / 2) / (mean * mean));
  }
  return excess.length === 0 ? 0 : DRIFT_LEFT * Math.sqrt(Math.max(0, sumOf(excess) / excess.length));
}

/** Mean and variance of the sum of what is ahead: the noise of each day, and how well the level and its trend are known. */
function momentsOf({ level, trend, factors, noise, days, drift }: Habit, ahead: readonly Ahead[]): Moments {
  const parts = ahead.map(({ weekday, share }, i) => ({
    expected: level * (factors[weekday] ?? 1) * Math.exp(trend.growth * (i + 1)),
    share,
  }));
  const mean = sumOf(parts.map(({ expected, share }) => expected * share));
  const ofDays = sumOf(parts.map(({ expected, share }) => expected * expected * share)) * noise;
  const ofLevel = (mean * mean * noise) / days;
  // Drift grows with the distance of the forecast.
  const farther = (LEVEL_AGE + ahead.length / 2) / (LEVEL_AGE + WEEK_DAYS / 2);
  const ofTrend = (mean * trend.error * (LEVEL_AGE + ahead.length / 2)) ** 2;
  return { mean, variance: ofDays + ofLevel + ofTrend + (mean * drift * farther) ** 2 };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/**
 * What the time ahead will bring, with an interval of 80 %. The sum is taken as log-normal with its mean and variance (Fenton
 * 1960), because use is never negative and its expensive days are far out. The quantile is widened for few days (Student's t).
 */
export function expectationOf(habit: Habit, ahead: readonly Ahead[]): Expectation {
  const { mean, variance } = momentsOf(habit, ahead);
  if (mean < NEGLIGIBLE) return { expected: 0, low: 0, high: 0 };
  const sigma = Math.sqrt(Math.log1p(variance / (mean * mean)));
  const middle = Math.log(mean) - (sigma * sigma) / 2;
  const freedom = Math.max(1, habit.days - 1);
  const isSingle = ahead.length === 1;
  const reach = (Z90 + (Z90 ** 3 + Z90) / (4 * freedom)) * sigma * (isSingle ? SINGLE_DAY.wider : 1);
  const [low, high] = [Math.exp(middle - reach), Math.exp(middle + reach)];
  if (!isSingle) return { expected: mean, low, high };
  // A single day may well be idle or expensive. Earlier days like that widen the interval.
  const [least, most] = [mean * placed(habit, SINGLE_DAY.share), mean * placed(habit, 1 - SINGLE_DAY.share)];
  return { expected: mean, low: Math.min(low, least), high: Math.max(high, most) };
}

/** The ratio below which this share of the days lay; a position between two days counts as the outer one. */
function placed({ ratios }: Habit, share: number): number {
  const place = share * (ratios.length - 1);
  return ratios[share < 0.5 ? Math.floor(place) : Math.ceil(place)] ?? 1;
}
