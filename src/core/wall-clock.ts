import type { Weekday } from './notice-terms.ts';
import { fromMs, type Instant, MINUTE, startOf, toMs } from './time.ts';
import { offsetAt, weekdayOf } from './zone.ts';

/** A moment as shown by a wall clock in a time zone. */
export interface LocalTime {
  /** `2026-11-21`. */
  readonly date: string;
  /** Minutes since the start of the day as the clock shows them: 0 to 1439. */
  readonly minute: number;
  readonly weekday: Weekday;
}

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What the clock of a zone shows. @throws RangeError if there is no such zone; see `isZone`. */
export function localTime(at: Instant, zone: string): LocalTime {
  const ms = toMs(at);
  const wall = fromMs(ms + offsetAt(ms, zone));
  const date = wall.slice(0, 10);
  return { date, minute: minutesOf(wall.slice(11, 16)), weekday: weekdayName(date) };
}

/** The day of the week of a date. */
export function weekdayName(date: string): Weekday {
  return WEEKDAYS[((weekdayOf(date) % 7) + 7) % 7] ?? 'mon';
}

/** Minutes since midnight of a time of day written `08:30`. */
export function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/**
 * The first moment at which the clock of a zone shows a date and this time or a later one. If the change to summer time skips a
 * time, that is the moment of the change. If a time occurs twice, the first one counts.
 */
export function momentOf(date: string, minute: number, zone: string): Instant {
  // No zone is more than 15 hours from UTC, and every offset is a whole number of quarters of an hour.
  const about = toMs(startOf(date)) + minute * MINUTE;
  for (let ms = about - 15 * 60 * MINUTE; ms <= about + 15 * 60 * MINUTE; ms += 15 * MINUTE) {
    const reached = hasReached(localTime(fromMs(ms), zone), date, minute);
    if (reached) return fromMs(firstMinute(ms, date, minute, zone));
  }
  return fromMs(about);
}

/** Goes back minute by minute, because the time in question need not be on a quarter of an hour. */
function firstMinute(ms: number, date: string, minute: number, zone: string): number {
  let first = ms;
  while (first > ms - 15 * MINUTE && hasReached(localTime(fromMs(first - MINUTE), zone), date, minute)) first -= MINUTE;
  return first;
}

function hasReached(local: LocalTime, date: string, minute: number): boolean {
  return local.date > date || (local.date === date && local.minute >= minute);
}
