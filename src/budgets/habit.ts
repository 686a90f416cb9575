/** One complete day and what was used in it. */
export interface HabitDay {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly amount: number;
}

/** A day, or a part of one, that is still to come. */
export interface Ahead {
  readonly weekday: number;
  /** How much of the day is meant, from 0 to 1. */
  readonly share: number;
}

/** What days usually come to. */
export interface Habit {
  /** Of a day whose weekday is like any other. */
  readonly level: number;
  /** By weekday: how many times the level. */
  readonly factors: readonly number[];
  /** Variance of one day as a multiple of its expectation squared. */
  readonly noise: number;
  /** So many days of equal weight would tell as much. */
  readonly days: number;
  /** How far, as a share, the level was off in its own past weeks beyond what chance explains; 0 where it was not. */
  readonly drift: number;
  /** What tells how one day differs from what is expected of it: the ratios of all days, in order. */
  readonly ratios: readonly number[];
}

/** An amount that is expected, and the interval that holds what comes in four of five cases. */
export interface Expectation {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer complete days than this are no habit: each weekday was there once. */
export const HABIT_NEEDS = 7;

/** What happened so many days ago weighs half as much as what happened yesterday. */
const HALF_LIFE = 10;
/** As many days of an ordinary weekday are added to each weekday before it is compared, so that one odd Monday is no habit. */
const SHRINK = 0.5;
/** The 90th percentile of the normal distribution: a tenth lies above, a tenth below. */
const Z90 = 1.2816;
const WEEK_DAYS = 7;
/** The level speaks of days that lie so far back on average. */
const LEVEL_AGE = HALF_LIFE / Math.LN2;
/** Less than this is nothing, in any unit. */
const NEGLIGIBLE = 1e-9;

/**
 * Learns the habit from complete days, oldest first; null while there are fewer than seven of them, or nothing was used.
 * Level: exponentially weighted mean, half-life ten days (Brown 1959). Weekdays: ratio to the mean, shrunk towards 1.
 */
export function habitOf(days: readonly HabitDay[]): Habit | null {
  const habit = calmHabit(days);
  return habit === null ? null : { ...habit, drift: driftOf(days) };
}

function calmHabit(days: readonly HabitDay[]): Habit | null {
  if (days.length < HABIT_NEEDS) return null;
  const mean = days.reduce((sum, { amount }) => sum + amount, 0) / days.length;
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
  // Unbiased for weighted samples: divided by 1 - sum of the squared normal weights.
  const spread = sumOf(ratios.map((ratio, i) => (weights[i] ?? 0) * (ratio / level - 1) ** 2)) / total;
  const noise = spread / (1 - squares / (total * total));
  const own = ratios.map((ratio) => ratio / level).sort((a, b) => a - b);
  return { level, factors, noise, days: (total * total) / squares, drift: 0, ratios: own };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * How far the past weeks lay from what the habit of their time expected, beyond what chance alone would make: the root of the mean
 * squared relative error less half its variance, for weeks of one habit are not independent. Growth, launches and quiet weeks show here, and widen the interval.
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
  return excess.length === 0 ? 0 : Math.sqrt(Math.max(0, sumOf(excess) / excess.length));
}

/** Mean and variance of the sum of what is ahead: the noise of each day, and how well the level itself is known. */
function momentsOf({ level, factors, noise, days, drift }: Habit, ahead: readonly Ahead[]): Moments {
  const parts = ahead.map(({ weekday, share }) => ({ expected: level * (factors[weekday] ?? 1), share }));
  const mean = sumOf(parts.map(({ expected, share }) => expected * share));
  const ofDays = sumOf(parts.map(({ expected, share }) => expected * expected * share)) * noise;
  const ofLevel = (mean * mean * noise) / days;
  // What drifts is further off the further ahead it is asked for.
  const farther = (LEVEL_AGE + ahead.length / 2) / (LEVEL_AGE + WEEK_DAYS / 2);
  return { mean, variance: ofDays + ofLevel + (mean * drift * farther) ** 2 };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/**
 * What the time ahead comes to, with an interval of 80 %: the sum is taken for log-normal with its mean and variance (Fenton
 * 1960), for use is never below zero and its dear days are far out; the quantile is widened for few days (Student's t).
 */
export function expectationOf(habit: Habit, ahead: readonly Ahead[]): Expectation {
  const { mean, variance } = momentsOf(habit, ahead);
  if (mean < NEGLIGIBLE) return { expected: 0, low: 0, high: 0 };
  const sigma = Math.sqrt(Math.log1p(variance / (mean * mean)));
  const middle = Math.log(mean) - (sigma * sigma) / 2;
  const freedom = Math.max(1, habit.days - 1);
  const reach = (Z90 + (Z90 ** 3 + Z90) / (4 * freedom)) * sigma;
  const [low, high] = [Math.exp(middle - reach), Math.exp(middle + reach)];
  if (ahead.length > 1) return { expected: mean, low, high };
  // A single day may well be idle, or a dear one: days that were so before widen it.
  const [least, most] = [mean * placed(habit, 0.1), mean * placed(habit, 0.9)];
  return { expected: mean, low: Math.min(low, least), high: Math.max(high, most) };
}

/** The ratio below which such a share of the days lay; a place between two days counts for the outer one. */
function placed({ ratios }: Habit, share: number): number {
  const place = share * (ratios.length - 1);
  return ratios[share < 0.5 ? Math.floor(place) : Math.ceil(place)] ?? 1;
}
