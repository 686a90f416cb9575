import { gammaln } from 'simple-statistics';
import { digitsOf, type Expectation } from './expectation.ts';

/** How many of something there were, and to how many of them it happened: calls and failed calls. */
export interface Trials {
  readonly all: number;
  readonly hits: number;
}

/** Rates above this quantile of the past are clipped to it, so that an old incident does not teach that incidents are usual. */
const WINSOR = 0.98;
/** The least likeness of the trials of one day, as a correlation, so that a calm past is not trusted to the last digit. */
const LEAST_ALIKE = 1e-4;
const MOST_ALIKE = 0.5;
/** The high end of the expected range: one rate in a thousand is above it. */
const RARE = 0.001;
/** More trials than this add no information. They are scaled down, so that summing a tail takes bounded time. */
const MOST_TRIALS = 2_000;

/**
 * Judges a rate by a distribution made for rates. The rate differs from day to day by a beta distribution and the hits are binomial
 * around it, so the next ones are beta-binomial. Mean and correlation are the moments of J. C. Kleinman, "Proportions with
 * extraneous variance: single and independent samples", JASA 68 (1973); uncertainty about the mean widens it. One-sided: too many
 * hits are an incident. Null if there are no trials in the past or the present.
 */
export function expectRate(past: readonly Trials[], { all, hits }: Trials): Expectation | null {
  const days = past.filter(isSound);
  const total = days.reduce((sum, day) => sum + day.all, 0);
  if (total === 0 || !isSound({ all, hits })) return null;
  const { mean, alike } = fitRates(capped(days));
  const scale = Math.min(1, MOST_TRIALS / all);
  const trials = Math.max(1, Math.round(all * scale));
  const tails = upperTails(trials, mean, alike);
  const digits = digitsOf(tails[Math.min(trials, Math.round(hits * scale))] ?? 1);
  const high = tails.findIndex((tail) => tail <= RARE);
  const spread = Math.sqrt((mean * (1 - mean) * (1 + (trials - 1) * alike)) / trials);
  return {
    low: 0,
    middle: mean,
    high: high === -1 ? 1 : high / trials,
    deviation: (hits / all - mean) / spread,
    digits,
    points: days.length,
  };
}

function isSound({ all, hits }: Trials): boolean {
  return Number.isFinite(all) && Number.isFinite(hits) && all > 0 && hits >= 0 && hits <= all;
}

function capped(days: readonly Trials[]): readonly Trials[] {
  const rates = days.map(({ all, hits }) => hits / all).sort((a, b) => a - b);
  const cap = rates[Math.min(rates.length - 1, Math.floor(WINSOR * rates.length))] ?? 1;
  return days.map(({ all, hits }) => ({ all, hits: Math.min(hits, cap * all) }));
}

/** The mean rate, and how alike the trials of one day are. */
function fitRates(days: readonly Trials[]): { readonly mean: number; readonly alike: number } {
  let [total, hits, squares] = [0, 0, 0];
  for (const day of days) {
    total += day.all;
    hits += day.hits;
    squares += day.all * day.all;
  }
  // Half a hit more, because one is still possible if none has been seen yet.
  const mean = (hits + 0.5) / (total + 1);
  const variance = mean * (1 - mean);
  const scatter = days.reduce((sum, day) => sum + day.all * (day.hits / day.all - mean) ** 2, 0);
  const freedom = total - squares / total - (days.length - 1);
  const seen = freedom > 0 ? (scatter - variance * (days.length - 1)) / (variance * freedom) : 0;
  const between = Math.max(LEAST_ALIKE, Math.min(MOST_ALIKE, seen));
  // Uncertainty about the mean adds to the difference between days.
  const unsure = (1 + (total / days.length - 1) * between) / total;
  return { mean, alike: Math.min(0.9, between + unsure) };
}

/** For each number of hits, P(X > hits) + P(X = hits) / 2. The half makes rates comparable with counts. */
function upperTails(trials: number, mean: number, alike: number): readonly number[] {
  const together = (1 - alike) / alike;
  const [a, b] = [mean * together, (1 - mean) * together];
  const base = gammaln(trials + 1) + gammaln(a + b) - gammaln(a) - gammaln(b) - gammaln(trials + a + b);
  const tails: number[] = [];
  let above = 0;
  for (let hits = trials; hits >= 0; hits -= 1) {
    const ways = -gammaln(hits + 1) - gammaln(trials - hits + 1);
    const mass = Math.exp(base + ways + gammaln(hits + a) + gammaln(trials - hits + b));
    tails[hits] = above + mass / 2;
    above += mass;
  }
  return tails;
}
