/**
 * A moment as ISO 8601 UTC with milliseconds (`2026-11-21T09:30:00.000Z`). Always in this one form, so that text order is time
 * order.
 */
export type Instant = string;

/** A length of time in milliseconds. */
export type Duration = number;

export const SECOND: Duration = 1_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;
export const WEEK: Duration = 7 * DAY;

/** Milliseconds since 1970 of a moment. */
export function toMs(instant: Instant): number {
  return Date.parse(instant);
}

/** The moment `ms` milliseconds after 1970. */
export function fromMs(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** Year, month, day, then optionally hour and minute with seconds and an offset. The language's own parser accepts much more. */
const ISO_MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Reads a moment in ISO 8601 (or as milliseconds since 1970); `null` if it is not one, or the day does not exist. Without an offset
 * it is UTC, on every machine.
 */
export function parseInstant(value: unknown): Instant | null {
  if (typeof value === 'number') return writable(value);
  if (typeof value !== 'string') return null;
  if (isWritten(value)) return value;
  const [, day, offset] = ISO_MOMENT.exec(value) ?? [];
  if (day === undefined || !isDay(day)) return null;
  const zone = value.length === day.length || offset !== undefined ? '' : 'Z';
  return writable(Date.parse(value.replace(' ', 'T').replace(',', '.') + zone));
}

/** True for a moment already in our own form, as most are. Then there is nothing to convert. */
function isWritten(value: string): boolean {
  if (value.length !== 24 || value[4] !== '-' || value[7] !== '-' || value[10] !== 'T' || value[23] !== 'Z')
    return false;
  if (value[13] !== ':' || value[16] !== ':' || value[19] !== '.') return false;
  const month = digitsAt(value, 5, 7);
  const day = digitsAt(value, 8, 10);
  // The 29th of February is left to the language's own calendar.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= (SURE_DAYS[month - 1] ?? 0))) return false;
  const inDay = digitsAt(value, 11, 13) <= 23 && digitsAt(value, 14, 16) <= 59 && digitsAt(value, 17, 19) <= 59;
  return inDay && digitsAt(value, 0, 4) >= 0 && digitsAt(value, 20, 23) >= 0;
}

/** The number of days each month has in every year. */
const SURE_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number formed by some digits of a text; NaN if there are other characters among them. */
function digitsAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return number;
}

/** The years 0 to 9999. Others are written with more characters and would break the text order. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

function writable(ms: number): Instant | null {
  return ms >= FIRST_MS && ms <= LAST_MS ? fromMs(ms) : null;
}

function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return Number.isFinite(ms) && fromMs(ms).startsWith(day);
}

/** The moment `duration` after `instant` (before it if negative). */
export function after(instant: Instant, duration: Duration): Instant {
  return fromMs(toMs(instant) + duration);
}

/** The time from `from` to `to`; negative if `to` is before `from`. */
export function between(from: Instant, to: Instant): Duration {
  return toMs(to) - toMs(from);
}

/** The later of two moments. */
export function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

/** The UTC day of a moment: `2026-11-21`. */
export function dayOf(instant: Instant): string {
  return instant.slice(0, 10);
}

/** The UTC minute of a moment: `2026-11-21T09:30`. */
export function minuteOf(instant: Instant): string {
  return instant.slice(0, 16);
}

/** The UTC hour of a moment: `2026-11-21T09`. */
export function hourOf(instant: Instant): string {
  return instant.slice(0, 13);
}

/** The UTC month of a moment: `2026-11`. */
export function monthOf(instant: Instant): string {
  return instant.slice(0, 7);
}

/**
 * The first moment of a UTC month, day, hour, minute or second given as `2026-11`, `2026-11-21`, `2026-11-21T09`,
 * `2026-11-21T09:30` or `2026-11-21T09:30:05`.
 */
export function startOf(bucket: string): Instant {
  const tail = '0000-01-01T00:00:00.000Z';
  return bucket + tail.slice(bucket.length);
}

const UNITS: Readonly<Record<string, Duration>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK };

/** Reads `90s`, `15m`, `1h30m`, `2d`; `null` if the text is not a duration. */
export function parseDuration(text: string): Duration | null {
  if (!/^(\d+(ms|s|m|h|d|w))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdw])/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  }
  return total;
}

/** A duration as people write it in the configuration (`7d`, `90s`). Reading it back gives the same length. */
export function writeDuration(duration: Duration): string {
  const [unit, length] = Object.entries(UNITS).findLast(([, each]) => each <= DAY && duration % each === 0) ?? [
    'ms',
    1,
  ];
  return `${duration / length}${unit}`;
}

/** Writes a duration for people in its largest unit and the next smaller one: `2 d 3 h`, `2 d`, `15 min`, `40 s`. */
export function formatDuration(duration: Duration): string {
  let rest = Math.round(Math.abs(duration) / SECOND) * SECOND;
  const amounts = SPOKEN_UNITS.map(([unit, length]) => {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    return { amount, unit };
  });
  const largest = amounts.findIndex(({ amount }) => amount > 0);
  if (largest < 0) return '0 s';
  const parts = amounts.slice(largest, largest + 2).filter(({ amount }) => amount > 0);
  return `${duration < 0 ? '-' : ''}${parts.map(({ amount, unit }) => `${amount} ${unit}`).join(' ')}`;
}

const SPOKEN_UNITS: readonly (readonly [unit: string, length: Duration])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
];
