import type { Weekday } from './notice-terms.ts';
import { DAY, fromMs, type Instant, MINUTE, startOf, toMs } from './time.ts';

/** A moment as a clock on the wall of a time zone shows it. */
export interface LocalTime {
  /** `2026-11-21`. */
  readonly date: string;
  /** Minutes since the beginning of the day, as the clock shows them: 0 to 1439. */
  readonly minute: number;
  readonly weekday: Weekday;
}

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(zone, clock);
  return clock;
}

/** Whether the time zone database knows a name. */
export function isZone(zone: string): boolean {
  try {
    return clockOf(zone) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What the clock of a zone shows. @throws RangeError when there is no such zone; see `isZone`. */
export function localTime(at: Instant, zone: string): LocalTime {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(toMs(at))
      .map(({ type, value }) => [type, value]),
  );
  const date = `${parts['year']}-${parts['month']}-${parts['day']}`;
  return { date, minute: Number(parts['hour']) * 60 + Number(parts['minute']), weekday: weekdayOf(date) };
}

/** The day of the week of a date. */
export function weekdayOf(date: string): Weekday {
  // 1970 began on a Thursday.
  const days = Math.floor(toMs(startOf(date)) / DAY) + 4;
  return WEEKDAYS[((days % 7) + 7) % 7] ?? 'sun';
}

/** The date so many days later. */
export function dateAfter(date: string, days: number): string {
  return fromMs(toMs(startOf(date)) + days * DAY).slice(0, 10);
}

/** Minutes of a time of day written `08:30`. */
export function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/**
 * The first moment at which the clock of a zone shows a date and this time or a later one: a time that the change to summer
 * time leaves out is the moment of the change, and of a time that comes twice the first one counts.
 */
export function momentOf(date: string, minute: number, zone: string): Instant {
  // No zone is further than 15 hours from UTC, and every offset is a whole number of quarters of an hour.
  const about = toMs(startOf(date)) + minute * MINUTE;
  for (let ms = about - 15 * 60 * MINUTE; ms <= about + 15 * 60 * MINUTE; ms += 15 * MINUTE) {
    const reached = hasReached(localTime(fromMs(ms), zone), date, minute);
    if (reached) return fromMs(firstMinute(ms, date, minute, zone));
  }
  return fromMs(about);
}

/** Goes back minute by minute, as the quarters of an hour need not fall on the time that is meant. */
function firstMinute(ms: number, date: string, minute: number, zone: string): number {
  let first = ms;
  while (first > ms - 15 * MINUTE && hasReached(localTime(fromMs(first - MINUTE), zone), date, minute)) first -= MINUTE;
  return first;
}

function hasReached(local: LocalTime, date: string, minute: number): boolean {
  return local.date > date || (local.date === date && local.minute >= minute);
}
