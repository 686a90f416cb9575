import type { AnomalyOptions } from './options.ts';

/** How many digits make a value unusual at all: one ordinary day in 300, 100 and 30. */
const LINES: Readonly<Record<AnomalyOptions['sensitivity'], number>> = { low: 2.5, medium: 2, high: 1.5 };
/** The share of the false alarm budget that each sensitivity uses. */
const PARTS: Readonly<Record<AnomalyOptions['sensitivity'], number>> = { low: 0.25, medium: 0.5, high: 1 };
const DAYS_A_MONTH = 30;

type Budgeted = Pick<AnomalyOptions, 'sensitivity' | 'false_alarms_per_month'>;

/**
 * The digits an answer needs so that all of `questions` (one per series and direction), asked once a day, are expected to raise no
 * more false alarms in a month than the budget. By the models' own probabilities, P = budget / (questions × 30), which is
 * Bonferroni's inequality. A day is one question however often it is looked at: its value only grows, and it is compared with what
 * is expected of the whole day.
 */
export function digitsAsked(questions: number, { sensitivity, false_alarms_per_month }: Budgeted): number {
  const budget = false_alarms_per_month * PARTS[sensitivity];
  return Math.max(LINES[sensitivity], Math.log10((Math.max(1, questions) * DAYS_A_MONTH) / budget));
}

/**
 * The score an answer needs from a method without probabilities of its own: as many past scores of all series lie above it as the
 * budget allows in that time. Past scores are exchangeable with future ones as long as nothing changes, so as many are expected
 * above it from now on.
 */
export function scoreAsked(
  past: readonly number[],
  days: number,
  report: number,
  { sensitivity, false_alarms_per_month }: Budgeted,
): number {
  const allowed = Math.floor((false_alarms_per_month * PARTS[sensitivity] * days) / DAYS_A_MONTH);
  const highest = past.filter((score) => score >= report).sort((a, b) => b - a);
  const last = highest[allowed];
  return last === undefined ? report : last + Number.EPSILON;
}
