import { DAY, type Duration, fromMs, HOUR, type Instant, MINUTE, SECOND, startOf, toMs } from './time.ts';

/** A day of the calendar, as a clock on the wall shows it: `2026-11-21`. */
export type LocalDay = string;

const FORMATS = new Map<string, Intl.DateTimeFormat | null>();

/** The clock of a zone; null for a name that is none. Making one is slow, so that each is made once. */
function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  const made = makeClock(zone);
  FORMATS.set(zone, made);
  return made;
}

function makeClock(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** True for the name of a time zone that this platform knows, such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  return clockOf(name) !== null;
}

/** What a clock in the zone is ahead of UTC at a moment, in milliseconds. @throws RangeError for a name that is no zone. */
export function offsetAt(ms: number, zone: string): Duration {
  if (zone === 'UTC') return 0;
  const clock = clockOf(zone);
  if (clock === null) throw new RangeError(`'${zone}' is no time zone.`);
  const part: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(ms)) part[type] = value;
  const wall = `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}.000Z`;
  return toMs(wall) - Math.floor(ms / SECOND) * SECOND;
}

/** The day that the clock on the wall shows at a moment. */
export function localDayOf(instant: Instant, zone: string): LocalDay {
  if (zone === 'UTC') return instant.slice(0, 10);
  const ms = toMs(instant);
  return fromMs(ms + offsetAt(ms, zone)).slice(0, 10);
}

/**
 * The first moment of a local day. Where the clock is put forward over midnight, the day begins when it has been put forward;
 * where midnight comes twice, with the first.
 */
export function startOfLocalDay(day: LocalDay, zone: string): Instant {
  const midnight = atLocalTime(day, 0, zone);
  if (midnight !== null) return midnight;
  const wall = toMs(startOf(day));
  return fromMs(wall - offsetAt(wall - DAY, zone));
}

/**
 * The moment at which the clock of a zone shows so much time after midnight of a day: the first one where it shows that twice, null
 * where it is put forward over it.
 */
export function atLocalTime(day: LocalDay, sinceMidnight: Duration, zone: string): Instant | null {
  const wall = toMs(startOf(day)) + sinceMidnight;
  if (zone === 'UTC') return fromMs(wall);
  const before = wall - offsetAt(wall - DAY, zone);
  const later = wall - offsetAt(wall + DAY, zone);
  const first = [Math.min(before, later), Math.max(before, later)].find((ms) => ms + offsetAt(ms, zone) === wall);
  return first === undefined ? null : fromMs(first);
}

/** The day that is a number of days later in the calendar, earlier when negative. */
export function addDays(day: LocalDay, days: number): LocalDay {
  return fromMs(toMs(startOf(day)) + days * DAY).slice(0, 10);
}

/** 1970-01-01. */
const THURSDAY = 3;

/** The day of the week: 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: LocalDay): number {
  return (Math.floor(toMs(startOf(day)) / DAY) + THURSDAY) % 7;
}

/** The first moment of the hour that the clock on the wall shows. Zones that are off by minutes have hours of their own. */
export function startOfLocalHour(instant: Instant, zone: string): Instant {
  const ms = toMs(instant);
  const offset = Math.round(offsetAt(ms, zone) / MINUTE) * MINUTE;
  return fromMs(Math.floor((ms + offset) / HOUR) * HOUR - offset);
}
