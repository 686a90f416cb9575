import type { Series } from '../../core/series.ts';
import { after, DAY, dayOf, HOUR, type Instant, toMs } from '../../core/time.ts';

/** The hours with runs to be expected, from the days before, since something fell silent. */
export interface Missed {
  readonly expected: number;
  /** −log10 of the probability that none of them came. */
  readonly digits: number;
}

/** How many times the hours of a working day must be missing if it may be a public holiday. */
const BEYOND_A_HOLIDAY = 1.4;
const LEAST_EXPECTED = 8;
/** One such silence in a thousand days is chance. */
const DIGITS = 3;
/** The fewest earlier days of each kind needed to know anything. */
const LEAST_DAYS = 3;
/** Bounds on how much days differ beyond chance: the shape of the gamma distribution of their rates. */
const SHAPES = { least: 1, most: 40 } as const;
/** What suffices on days known not to be a holiday. */
const NO_HOLIDAY = { expected: 6, digits: 2.5 } as const;

/** What working days, or weekend days, are like. */
interface Sort {
  readonly mean: number;
  readonly shape: number;
  readonly days: number;
  /** How many of these had nothing at all. */
  readonly empty: number;
  /** The share of such days on which there was something, by hour. */
  readonly hours: readonly number[];
}

export interface Sorts {
  readonly working: Sort | null;
  readonly weekend: Sort | null;
}

type Points = Series['points'];

/** What the days up to a moment were like. */
export function sortsOf(points: Points, until: Instant): Sorts {
  const first = points.findIndex(({ aggregate }) => aggregate !== null);
  const before = points.slice(Math.max(0, first)).filter(({ at }) => at <= until);
  return {
    working: sortOf(before.filter(({ at }) => !isWeekend(at))),
    weekend: sortOf(before.filter(({ at }) => isWeekend(at))),
  };
}

/** The kind of day a moment is in; null if too little is known about that kind. */
export function sortAt(sorts: Sorts, at: Instant): Sort | null {
  return isWeekend(at) ? sorts.weekend : sorts.working;
}

/** The whole hours between two moments. */
export function hoursBetween(points: Points, since: Instant, now: Instant): Points {
  const [first, last] = [after(since, HOUR), after(now, -HOUR)];
  return points.filter(({ at }) => at >= first && at <= last);
}

/**
 * What should have come since `since` and did not, judging by the hours of earlier working days and weekends. Daily counts are
 * negative binomial, so a day without any is as likely as it has been. Null while that may be chance or a holiday; `isNoHoliday`
 * tells which days are known not to be one.
 */
export function missedSince(
  { points }: Pick<Series, 'points'>,
  since: Instant,
  now: Instant,
  isNoHoliday: (day: string) => boolean = () => false,
): Missed | null {
  const sorts = sortsOf(points, since);
  const busiest = Math.max(sorts.working?.mean ?? 0, sorts.weekend?.mean ?? 0);
  const days = daysOf(hoursBetween(points, since, now), sorts);
  const all = sumOf(days);
  const least = { expected: Math.max(LEAST_EXPECTED, BEYOND_A_HOLIDAY * busiest), digits: DIGITS };
  if (isAtLeast(all, least)) return all;
  if (!isAtLeast(all, NO_HOLIDAY)) return null;
  const known = sumOf(days.filter(({ day }) => isNoHoliday(day)));
  return isAtLeast(known, NO_HOLIDAY) ? known : null;
}

function isAtLeast({ expected, digits }: Missed, least: Missed): boolean {
  return expected >= least.expected && digits >= least.digits;
}

function sumOf(days: readonly Missed[]): Missed {
  return {
    expected: days.reduce((sum, { expected }) => sum + expected, 0),
    digits: days.reduce((sum, { digits }) => sum + digits, 0),
  };
}

/** What each day should have brought in the given hours. */
function daysOf(points: Points, sorts: Sorts): readonly (Missed & { readonly day: string })[] {
  const byDay = new Map<string, number>();
  for (const { at } of points) {
    byDay.set(dayOf(at), (byDay.get(dayOf(at)) ?? 0) + (sortAt(sorts, at)?.hours[hourOfDay(at)] ?? 0));
  }
  return [...byDay].map(([day, expected]) => {
    const shape = sortAt(sorts, day)?.shape ?? SHAPES.most;
    return { day, expected, digits: shape * Math.log10(1 + expected / shape) };
  });
}

/** 1 January 1970 was a Thursday. */
function isWeekend(at: Instant): boolean {
  return [2, 3].includes(Math.floor(toMs(at) / DAY) % 7);
}

/** 0 to 23, in UTC. */
export function hourOfDay(at: Instant): number {
  return Number(at.slice(11, 13));
}

function sortOf(points: Series['points']): Sort | null {
  const hours = Array<number>(24).fill(0);
  const days = new Map<string, number>();
  for (const { at, aggregate } of points) {
    // An hour counts once. Agents started by people work in bouts and are silent between them, however many runs a bout has.
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
  const empty = counts.filter((count) => count === 0).length;
  return { mean, shape, days: counts.length, empty, hours: hours.map((sum) => sum / counts.length) };
}
