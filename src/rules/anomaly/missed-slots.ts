import type { Series } from '../../core/series.ts';
import { DAY, type Duration, dayOf, type Instant } from '../../core/time.ts';
import { hourOfDay, hoursBetween, type Missed, type Sorts, sortAt, sortsOf } from './missed.ts';

/** How many false alarms are expected per month for each agent that keeps to a schedule: one in twenty months. */
const FALSE_ALARMS = 0.05;
const LEAST_SLOTS = 2;
const MONTH: Duration = 30 * DAY;
const WORKING_SHARE = 5 / 7;

/**
 * The hours in which a schedule should have started an agent and did not. A schedule has no holidays or moods, so each hour counts
 * on its own: how often it had no run is known as well as the number of days allows (a beta distribution with the prior of H.
 * Jeffreys, 1946). Days on which the schedule started nothing at all are a separate case with their own frequency. Null while the
 * gap may be chance; as many sequences of missed hours can begin in a month as there are hours with runs.
 */
export function missedSlots({ points }: Pick<Series, 'points'>, since: Instant, now: Instant): Missed | null {
  const sorts = sortsOf(points, since);
  const byDay = new Map<string, Missed>();
  for (const { at } of hoursBetween(points, since, now)) {
    const day = byDay.get(dayOf(at)) ?? { expected: 0, digits: 0 };
    const share = shareOf(sorts, at);
    byDay.set(dayOf(at), { expected: day.expected + share, digits: day.digits - Math.log10(1 - share) });
  }
  const days = [...byDay].map(([day, { expected, digits }]) => ({ expected, digits: orNoneAtAll(sorts, day, digits) }));
  const expected = days.reduce((sum, day) => sum + day.expected, 0);
  const digits = days.reduce((sum, day) => sum + day.digits, 0);
  const asked = Math.log10(Math.max(1, slotsAMonth(sorts)) / FALSE_ALARMS);
  return expected >= LEAST_SLOTS && digits >= asked ? { expected, digits } : null;
}

/** The probability of a run in an hour of a day that has any runs; 0 if there never was one. */
function shareOf(sorts: Sorts, at: Instant): number {
  const sort = sortAt(sorts, at);
  if (sort === null) return 0;
  const runs = (sort.hours[hourOfDay(at)] ?? 0) * sort.days;
  const days = sort.days - sort.empty;
  return runs < 1 / 2 ? 0 : (runs + 0.5) / (days + 1);
}

function orNoneAtAll(sorts: Sorts, day: string, digits: number): number {
  const sort = sortAt(sorts, day);
  if (sort === null) return 0;
  const none = sort.empty / sort.days;
  return -Math.log10(none + (1 - none) * 10 ** -digits);
}

function slotsAMonth({ working, weekend }: Sorts): number {
  const aDay = WORKING_SHARE * (working?.mean ?? 0) + (1 - WORKING_SHARE) * (weekend?.mean ?? 0);
  return (aDay * MONTH) / DAY;
}
