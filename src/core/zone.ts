import { DAY, type Duration, fromMs, HOUR, type Instant, MINUTE, SECOND, startOf, toMs } from './time.ts';

/** A calendar day as a wall clock shows it: `2026-11-21`. */
export type LocalDay = string;

const FORMATS = new Map<string, Intl.DateTimeFormat | null>();

/** The clock of a zone; null if there is no such zone. Cached, because creating one is slow. */
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

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. @throws RangeError for a name that is not a zone. */
export function offsetAt(ms: number, zone: string): Duration {
  if (zone === 'UTC') return 0;
  const clock = clockOf(zone);
  if (clock === null) throw new RangeError(`'${zone}' is no time zone.`);
  const part: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(ms)) part[type] = value;
  const wall = `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}.000Z`;
  return toMs(wall) - Math.floor(ms / SECOND) * SECOND;
}

/** The day that the wall clock shows at a moment. */
export function localDayOf(instant: Instant, zone: string): LocalDay {
  if (zone === 'UTC') return instant.slice(0, 10);
  const ms = toMs(instant);
  return fromMs(ms + offsetAt(ms, zone)).slice(0, 10);
}

/**
 * The first moment of a local day. If the clock is put forward over midnight, the day starts right after that. If midnight occurs
 * twice, it starts with the first.
 */
export function startOfLocalDay(day: LocalDay, zone: string): Instant {
  const midnight = atLocalTime(day, 0, zone);
  if (midnight !== null) return midnight;
  const wall = toMs(startOf(day));
  return fromMs(wall - offsetAt(wall - DAY, zone));
}

/**
 * The moment at which a zone's clock shows this much time after midnight of a day. The first one if that occurs twice; null if the
 * clock is put forward over it.
 */
export function atLocalTime(day: LocalDay, sinceMidnight: Duration, zone: string): Instant | null {
  const wall = toMs(startOf(day)) + sinceMidnight;
  if (zone === 'UTC') return fromMs(wall);
  const before = wall - offsetAt(wall - DAY, zone);
  const later = wall - offsetAt(wall + DAY, zone);
  const first = [Math.min(before, later), Math.max(before, later)].find((ms) => ms + offsetAt(ms, zone) === wall);
  return first === undefined ? null : fromMs(first);
}

/** The day this many days later in the calendar, or earlier if negative. */
export function addDays(day: LocalDay, days: number): LocalDay {
  return fromMs(toMs(startOf(day)) + days * DAY).slice(0, 10);
}

/** The weekday of 1970-01-01. */
const THURSDAY = 3;

/** The day of the week: 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: LocalDay): number {
  return (Math.floor(toMs(startOf(day)) / DAY) + THURSDAY) % 7;
}

/** The first moment of the hour that the wall clock shows. Zones with offsets that include minutes have hours of their own. */
export function startOfLocalHour(instant: Instant, zone: string): Instant {
  const ms = toMs(instant);
  const offset = Math.round(offsetAt(ms, zone) / MINUTE) * MINUTE;
  return fromMs(Math.floor((ms + offset) / HOUR) * HOUR - offset);
}
