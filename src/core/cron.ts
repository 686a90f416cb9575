import { HOUR, type Instant, MINUTE } from './time.ts';
import { addDays, atLocalTime, type LocalDay, localDayOf, weekdayOf } from './zone.ts';

/** What one field of a cron line may contain: its bounds, and names for the numbers from the lowest up. */
interface CronField {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The five fields in the order they are written. */
const FIELDS: readonly CronField[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: DAYS },
];

/** The numbers that each of the five fields of a cron line matches, as GitHub reads them; null if the line is not valid. */
export function cronValues(line: string): readonly ReadonlySet<number>[] | null {
  const words = line.trim().split(/\s+/);
  if (words.length !== FIELDS.length) return null;
  const values = FIELDS.flatMap((field, i) => valuesOf(words[i] ?? '', field) ?? []);
  return values.length === FIELDS.length ? values : null;
}

/** `*`, `5`, `1-5`, `*\/15`, `1-30/10`, `MON-FRI`, and lists of these. */
function valuesOf(text: string, field: CronField): ReadonlySet<number> | null {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = rangeOf(part, field);
    if (range === null) return null;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function rangeOf(part: string, field: CronField): { from: number; to: number; step: number } | null {
  const { low, high } = field;
  const match = /^(\*|(\w+)(-(\w+))?)(\/(\d+))?$/.exec(part);
  if (match === null) return null;
  const [, , first, , last, , every] = match;
  const from = first === undefined ? low : numberOf(first, field);
  const openEnded = first === undefined || every !== undefined;
  const to = last === undefined ? (openEnded ? high : from) : numberOf(last, field);
  const step = Number(every ?? 1);
  // NaN fails every bound.
  return from >= low && to <= high && from <= to && step >= 1 ? { from, to, step } : null;
}

function numberOf(word: string, { low, names }: CronField): number {
  const at = names.indexOf(word.toLowerCase());
  if (at !== -1) return at + low;
  return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
}

/** When something is due: five cron fields, read in a time zone. */
export interface CronSchedule {
  readonly cron: string;
  /** `UTC`, `Europe/Berlin`. */
  readonly zone: string;
}

/** A stretch of time, both ends included. */
interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** The first minute in the stretch at which the schedule is due; null if there is none or the line is not valid. */
export function firstDue(schedule: CronSchedule, stretch: Stretch): Instant | null {
  return nextDue(schedule, stretch, 'forwards');
}

/** The last minute in the stretch at which the schedule is due; null if there is none or the line is not valid. */
export function lastDue(schedule: CronSchedule, stretch: Stretch): Instant | null {
  return nextDue(schedule, stretch, 'backwards');
}

type Direction = 'forwards' | 'backwards';

function nextDue({ cron, zone }: CronSchedule, { from, to }: Stretch, direction: Direction): Instant | null {
  const values = cronValues(cron);
  if (values === null || from > to) return null;
  const isDay = dayTest(cron.trim().split(/\s+/), values);
  const [minutes = [], hours = []] = values.map((allowed) => inOrder(allowed, direction));
  for (const day of daysOf({ from, to }, zone, direction).filter(isDay)) {
    for (const at of timesOf(day, hours, minutes, zone)) if (at >= from && at <= to) return at;
  }
  return null;
}

function daysOf({ from, to }: Stretch, zone: string, direction: Direction): readonly LocalDay[] {
  const days: LocalDay[] = [];
  for (let day = localDayOf(from, zone); day <= localDayOf(to, zone); day = addDays(day, 1)) days.push(day);
  return direction === 'forwards' ? days : days.reverse();
}

function inOrder(values: ReadonlySet<number>, direction: Direction): readonly number[] {
  return [...values].sort((a, b) => (direction === 'forwards' ? a - b : b - a));
}

/** Nothing if the clock is put forward over the time; the first one if the time occurs twice. */
function* timesOf(
  day: LocalDay,
  hours: readonly number[],
  minutes: readonly number[],
  zone: string,
): Generator<Instant> {
  for (const hour of hours) {
    for (const minute of minutes) {
      const at = atLocalTime(day, hour * HOUR + minute * MINUTE, zone);
      if (at !== null) yield at;
    }
  }
}

/** In cron, a day counts if the day of month *or* the day of week fits, unless one of the two is `*`. */
function dayTest(fields: readonly string[], values: readonly ReadonlySet<number>[]): (day: LocalDay) => boolean {
  const [, , daysOfMonth, months, daysOfWeek] = values;
  const eitherDay = fields[2] !== '*' && fields[4] !== '*';
  return (day) => {
    const ofMonth = daysOfMonth?.has(Number(day.slice(8, 10))) ?? false;
    // Cron weeks start on Sunday, those of core/zone.ts on Monday.
    const ofWeek = daysOfWeek?.has((weekdayOf(day) + 1) % 7) ?? false;
    const fits = eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    return fits && (months?.has(Number(day.slice(5, 7))) ?? false);
  };
}
