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
  /** How much wider than by chance alone this habit missed its own past weeks; 1 where it did not. */
  readonly unrest: number;
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
const SHRINK = 2;
/** The 90th percentile of the normal distribution: a tenth lies above, a tenth below. */
const Z90 = 1.2816;
const WEEK_DAYS = 7;
const MOST_UNREST = 9;

/**
 * Learns the habit from complete days, oldest first; null while there are fewer than seven of them, or nothing was used.
 * Level: exponentially weighted mean, half-life ten days (Brown 1959). Weekdays: ratio to the mean, shrunk towards 1.
 */
export function habitOf(days: readonly HabitDay[]): Habit | null {
  const habit = calmHabit(days);
  return habit === null ? null : { ...habit, unrest: unrestOf(days) };
}

function calmHabit(days: readonly HabitDay[]): Habit | null {
  if (days.length < HABIT_NEEDS) return null;
  const mean = days.reduce((sum, { amount }) => sum + amount, 0) / days.length;
  if (mean <= 0) return null;
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
  if (level <= 0) return null;
  // Unbiased for weighted samples: divided by 1 - sum of the squared normal weights.
  const spread = sumOf(ratios.map((ratio, i) => (weights[i] ?? 0) * (ratio / level - 1) ** 2)) / total;
  const noise = spread / (1 - squares / (total * total));
  return { level, factors, noise, days: (total * total) / squares, unrest: 1 };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * How far the past weeks lay from what the habit of their time expected, against what chance alone would make: the mean of the
 * squared errors in units of their variance. Growth, launches and quiet weeks show here, and widen the interval.
 */
function unrestOf(days: readonly HabitDay[]): number {
  const errors: number[] = [];
  for (let origin = 2 * WEEK_DAYS; origin + WEEK_DAYS <= days.length; origin++) {
    const habit = calmHabit(days.slice(0, origin));
    if (habit === null) continue;
    const week = days.slice(origin, origin + WEEK_DAYS);
    const ahead = week.map(({ weekday }) => ({ weekday, share: 1 }));
    const { mean, variance } = momentsOf(habit, ahead);
    if (variance > 0) errors.push((sumOf(week.map(({ amount }) => amount)) - mean) ** 2 / variance);
  }
  return errors.length === 0 ? 1 : Math.min(MOST_UNREST, Math.max(1, sumOf(errors) / errors.length));
}

/** Mean and variance of the sum of what is ahead: the noise of each day, and how well the level itself is known. */
function momentsOf({ level, factors, noise, days, unrest }: Habit, ahead: readonly Ahead[]): Moments {
  const parts = ahead.map(({ weekday, share }) => ({ expected: level * (factors[weekday] ?? 1), share }));
  const mean = sumOf(parts.map(({ expected, share }) => expected * share));
  const ofDays = sumOf(parts.map(({ expected, share }) => expected * expected * share)) * noise;
  const ofLevel = (mean * mean * noise) / days;
  return { mean, variance: (ofDays + ofLevel) * unrest };
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
  if (mean <= 0) return { expected: 0, low: 0, high: 0 };
  const sigma = Math.sqrt(Math.log1p(variance / (mean * mean)));
  const middle = Math.log(mean) - (sigma * sigma) / 2;
  const freedom = Math.max(1, habit.days - 1);
  const reach = (Z90 + (Z90 ** 3 + Z90) / (4 * freedom)) * sigma;
  return { expected: mean, low: Math.exp(middle - reach), high: Math.exp(middle + reach) };
}
