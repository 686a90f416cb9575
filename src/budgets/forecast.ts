import type { Forecast, Outlook } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import type { FactEvidence } from '../core/finding.ts';
import { formatAmount } from '../core/quantity.ts';
import { between, DAY, type Instant } from '../core/time.ts';
import { addDays, type LocalDay, localDayOf, startOfLocalDay, weekdayOf } from '../core/zone.ts';
import { forecastMiss } from '../metrics/forecast-miss.ts';
import { soleName, type Terms } from './allowance.ts';
import { type DayUse, dailyUse } from './daily.ts';
import { type Ahead, type Expectation, expectationOf, type Habit, habitOf } from './habit.ts';
import { doubtAboutDays } from './others.ts';
import { findingUnit, inFindings, isOfMany, type Standing } from './standing.ts';

/** How many complete days are looked at: five of each weekday, minus today. */
const LOOK_BACK = 34;

/** Where a budget is heading. */
export interface Heading {
  /** The total of the whole period, given what is known by now. */
  readonly end: Expectation;
  /** The day on which the limit is reached; null if not within this period. */
  readonly reaches: {
    readonly expected: LocalDay | null;
    readonly early: LocalDay | null;
    readonly late: LocalDay | null;
  };
}

/** Why there is no forecast, as a sentence. */
export interface NoHeading {
  readonly unknown: string;
}

/** Whether budgets with these terms can be forecast at all: those of one, whose period has days ahead. */
export function isForecast({ scope, period, unit }: Pick<Terms, 'scope' | 'period' | 'unit'>): boolean {
  return (period === 'week' || period === 'month') && !isOfMany(scope) && unit !== 'open_pull_requests';
}

/** Where a weekly or monthly budget is heading, judging by the days before; null for budgets that are not forecast. */
export function headingOf(facts: Facts, { terms, span, spend }: Standing, now: Instant): Heading | NoHeading | null {
  if (!isForecast(terms)) return null;
  const doubt = doubtAboutDays(facts, terms.scope);
  if (doubt !== null) return { unknown: `There is no forecast: ${doubt}.` };
  const habit = habitIn(facts, terms, now);
  if (habit === null) return { unknown: 'There is no forecast: fewer than 7 complete days with any use are known.' };
  const days = daysAhead(terms.zone, now, span.to, restOfToday(facts, terms, habit, now));
  const used = spend.known;
  const paths = days.map((_, i) => expectationOf(habit, days.slice(0, i + 1)));
  const dayOf = (reached: (path: Expectation) => number): LocalDay | null => {
    if (used >= terms.limit) return localDayOf(now, terms.zone);
    const place = paths.findIndex((path) => used + reached(path) >= terms.limit);
    return days[place]?.day ?? null;
  };
  const rest = paths.at(-1) ?? { expected: 0, low: 0, high: 0 };
  return {
    end: { expected: used + rest.expected, low: used + rest.low, high: used + rest.high },
    reaches: {
      expected: dayOf(({ expected }) => expected),
      early: dayOf(({ high }) => high),
      late: dayOf(({ low }) => low),
    },
  };
}

function habitIn(facts: Facts, terms: Terms, now: Instant): Habit | null {
  const today = localDayOf(now, terms.zone);
  const whose = { ...terms, name: soleName(terms.scope) ?? '' };
  const days = dailyUse(facts, whose, addDays(today, -LOOK_BACK), addDays(today, -1), now);
  return habitOf(days.flatMap(habitDay));
}

function habitDay({ day, amount }: DayUse): readonly { readonly weekday: number; readonly amount: number }[] {
  return amount === null ? [] : [{ weekday: weekdayOf(day), amount }];
}

/**
 * How much of today's usual use is still to come, from 0 to 1. Based on use, not on the clock, so that a forecast changes when
 * something was used and not from minute to minute.
 */
function restOfToday(facts: Facts, terms: Terms, { level, factors }: Habit, now: Instant): number {
  const today = localDayOf(now, terms.zone);
  const whose = { ...terms, name: soleName(terms.scope) ?? '' };
  const used = dailyUse(facts, whose, today, today, now)[0]?.amount ?? 0;
  return Math.max(0, 1 - used / (level * (factors[weekdayOf(today)] ?? 1)));
}

/** What is left of today, and the following days up to the end of the period. */
function daysAhead(
  zone: string,
  now: Instant,
  to: Instant,
  rest: number,
): readonly (Ahead & { readonly day: LocalDay })[] {
  const today = localDayOf(now, zone);
  const days: (Ahead & { readonly day: LocalDay })[] = [];
  for (let day = today; startOfLocalDay(day, zone) < to; day = addDays(day, 1)) {
    days.push({ day, weekday: weekdayOf(day), share: day === today ? rest : 1 });
  }
  return days;
}

/** A forecast in a sentence, without the full stop; null if there is nothing to say. */
export function headingWords(heading: Heading | NoHeading | null, { terms, span }: Standing): string | null {
  if (heading === null || 'unknown' in heading) return null;
  const { end, reaches } = heading;
  const amount = (value: number): string => formatAmount(Math.round(value * 100) / 100, terms.unit);
  if (reaches.expected === null) {
    const risk = reaches.early === null ? '' : `, at worst the limit on ${reaches.early}`;
    return `comes to ${amount(end.expected)} by the end of ${span.label} (80 %: ${amount(end.low)} to ${amount(end.high)}${risk})`;
  }
  const late = reaches.late ?? `not ${span.spoken}`;
  return `reaches ${amount(terms.limit)} on ${reaches.expected} (80 %: ${reaches.early ?? reaches.expected} to ${late})`;
}

/** The forecast for the table of an alert, with how far off forecasts have been so far. */
export function forecastFacts(facts: Facts, standing: Standing, now: Instant): readonly FactEvidence[] {
  const heading = headingOf(facts, standing, now);
  if (heading === null || 'unknown' in heading) return [];
  const { unit } = standing.terms;
  const row = (label: string, value: number): FactEvidence => ({
    label,
    value: inFindings(value, unit),
    unit: findingUnit(unit),
  });
  const misses = (['day', 'week'] as const).flatMap((ahead) => {
    const miss = forecastMiss(facts.budgets().forecasts, ahead, standing.terms.name);
    return miss === null
      ? []
      : [{ label: `Forecasts of a ${ahead} were out by (median)`, value: miss, unit: 'ratio' as const }];
  });
  return [
    row('Forecast to the end of the period', heading.end.expected),
    row('At least (1 in 10 below)', heading.end.low),
    row('At most (1 in 10 above)', heading.end.high),
    ...misses,
  ];
}

const WEEK_DAYS = 7;

/** What the next day and the next week of a budget will bring, as forecast today; null if there is no forecast. */
export function forecastOf(facts: Facts, terms: Terms, now: Instant): Forecast | null {
  const isKnown = isForecast(terms) && doubtAboutDays(facts, terms.scope) === null;
  const habit = isKnown ? habitIn(facts, terms, now) : null;
  if (habit === null) return null;
  const day = localDayOf(now, terms.zone);
  const ahead = (days: number): Outlook => {
    const parts = Array.from({ length: days }, (_, i) => ({ weekday: weekdayOf(addDays(day, i + 1)), share: 1 }));
    return { until: startOfLocalDay(addDays(day, days + 1), terms.zone), ...expectationOf(habit, parts) };
  };
  return {
    budget: terms.name,
    unit: terms.unit,
    ...{ day, at: now, from: startOfLocalDay(addDays(day, 1), terms.zone) },
    ...{ nextDay: ahead(1), nextWeek: ahead(WEEK_DAYS) },
  };
}

/** What happened in a stretch that was forecast. Known once it is over, and remembered as long as individual pieces of work are. */
export function whatCame(
  facts: Facts,
  terms: Terms,
  { from, until }: { readonly from: Instant; readonly until: Instant },
  now: Instant,
): number | null {
  if (now < until || between(from, now) > (LOOK_BACK + 1) * DAY) return null;
  if (doubtAboutDays(facts, terms.scope) !== null) return null;
  const { zone } = terms;
  const whose = { ...terms, name: soleName(terms.scope) ?? '' };
  const used = dailyUse(facts, whose, localDayOf(from, zone), addDays(localDayOf(until, zone), -1), now);
  return used.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
}
