import type { Series } from '../../core/series.ts';
import { between, DAY, dayOf, HOUR, type Instant, toMs } from '../../core/time.ts';

/** The hours with runs that the days before let expect since something fell silent. */
export interface Missed {
  readonly expected: number;
  /** −log10 of the probability that none of them came. */
  readonly digits: number;
}

/** So much more than the hours of one working day must be missing: a public holiday looks like that. */
const BEYOND_A_HOLIDAY = 1.4;
const LEAST_EXPECTED = 8;
/** One such silence in a thousand days is chance. */
const DIGITS = 3;
/** With fewer days of each sort before it nothing is known of them. */
const LEAST_DAYS = 3;
/** Days differ at most and at least so much beyond chance: the shape of the gamma distribution of their rates. */
const SHAPES = { least: 1, most: 20 } as const;

interface Sort {
  readonly mean: number;
  readonly shape: number;
  /** The share of such days on which there was something, by the hour. */
  readonly hours: readonly number[];
}

/**
 * What should have come since `since` and did not, by the hours of the working days and weekends before: counts of days are negative
 * binomial, so that a day without any is what it has been. Null while that is chance, or a holiday.
 */
export function missedSince({ points }: Pick<Series, 'points'>, since: Instant, now: Instant): Missed | null {
  const first = points.findIndex(({ aggregate }) => aggregate !== null);
  const before = points.slice(Math.max(0, first)).filter(({ at }) => at <= since);
  const sorts = {
    working: sortOf(before.filter(({ at }) => !isWeekend(at))),
    weekend: sortOf(before.filter(({ at }) => isWeekend(at))),
  };
  const busiest = Math.max(sorts.working?.mean ?? 0, sorts.weekend?.mean ?? 0);
  const silent = points.filter(({ at }) => between(since, at) >= HOUR && between(at, now) >= HOUR);
  const [working, weekend] = [silent.filter(({ at }) => !isWeekend(at)), silent.filter(({ at }) => isWeekend(at))];
  const days = [...daysOf(working, sorts.working), ...daysOf(weekend, sorts.weekend)];
  const expected = days.reduce((sum, runs) => sum + runs.expected, 0);
  const digits = days.reduce((sum, runs) => sum + runs.digits, 0);
  const isLong = expected >= LEAST_EXPECTED && expected >= BEYOND_A_HOLIDAY * busiest;
  return isLong && digits >= DIGITS ? { expected, digits } : null;
}

/** What each day of a sort should have brought in the given hours. */
function daysOf(points: Series['points'], sort: Sort | null): readonly Missed[] {
  if (sort === null) return [];
  const { shape, hours } = sort;
  const byDay = new Map<string, number>();
  for (const { at } of points) byDay.set(dayOf(at), (byDay.get(dayOf(at)) ?? 0) + (hours[hourOfDay(at)] ?? 0));
  return [...byDay.values()].map((expected) => ({ expected, digits: shape * Math.log10(1 + expected / shape) }));
}

/** The first of January 1970 was a Thursday. */
function isWeekend(at: Instant): boolean {
  return [2, 3].includes(Math.floor(toMs(at) / DAY) % 7);
}

function hourOfDay(at: Instant): number {
  return Number(at.slice(11, 13));
}

function sortOf(points: Series['points']): Sort | null {
  const hours = Array<number>(24).fill(0);
  const days = new Map<string, number>();
  for (const { at, aggregate } of points) {
    // An hour counts once: agents that people set off in bouts are silent between them, however many runs a bout has.
    const sum = (aggregate?.sum ?? 0) > 0 ? 1 : 0;
    hours[hourOfDay(at)] = (hours[hourOfDay(at)] ?? 0) + sum;
    days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + sum);
  }
  const counts = [...days.values()];
  if (counts.length < LEAST_DAYS) return null;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
  const seen = variance > mean ? mean ** 2 / (variance - mean) : SHAPES.most;
  const shape = Math.max(SHAPES.least, Math.min(SHAPES.most, seen));
  return { mean, shape, hours: hours.map((sum) => sum / counts.length) };
}
