import { between, type Duration, fromMs, type Instant, MINUTE, toMs, WEEK } from '../core/time.ts';

/** The five fields of a cron line with their bounds, in the order in which they are written. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/**
 * How long after its latest due minute a scheduled run began: a lower bound, for an earlier due minute may have been
 * dropped altogether. Null when `cron` is no five-field cron line in UTC, or was not due within the week before.
 */
export function lateness(cron: string, startedAt: Instant): Duration | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return null;
  const allowed = fields.map((field, i) => valuesOf(field, FIELDS[i]?.[0] ?? 0, FIELDS[i]?.[1] ?? 0));
  if (allowed.includes(null)) return null;
  const isDue = dueTest(fields, allowed as readonly ReadonlySet<number>[]);
  const startMs = toMs(startedAt);
  const minute = startMs - (startMs % MINUTE);
  for (let ms = minute; ms > minute - WEEK; ms -= MINUTE) {
    const due = fromMs(ms);
    if (isDue(due)) return between(due, startedAt);
  }
  return null;
}

/** The numbers that one cron field stands for: `*`, `5`, `1-5`, `*\/15`, `1-30/10`, and lists of these. */
function valuesOf(field: string, low: number, high: number): ReadonlySet<number> | null {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const range = rangeOf(part, low, high);
    if (range === null) return null;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function rangeOf(part: string, low: number, high: number): { from: number; to: number; step: number } | null {
  const match = /^(\*|(\d+)(-(\d+))?)(\/(\d+))?$/.exec(part);
  if (match === null) return null;
  const [, , first, , last, , every] = match;
  const from = Number(first ?? low);
  const openEnded = first === undefined || every !== undefined;
  const to = Number(last ?? (openEnded ? high : from));
  const step = Number(every ?? 1);
  return from < low || to > high || from > to || step < 1 ? null : { from, to, step };
}

/** In cron, a day counts when day of month *or* day of week fits, unless one of both is `*`. */
function dueTest(fields: readonly string[], allowed: readonly ReadonlySet<number>[]): (at: Instant) => boolean {
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = allowed;
  const eitherDay = fields[2] !== '*' && fields[4] !== '*';
  return (at) => {
    const weekday = (Math.floor(toMs(at) / (24 * 60 * MINUTE)) + 4) % 7;
    const ofMonth = daysOfMonth?.has(Number(at.slice(8, 10))) ?? false;
    const ofWeek = daysOfWeek?.has(weekday) ?? false;
    return (
      (minutes?.has(Number(at.slice(14, 16))) ?? false) &&
      (hours?.has(Number(at.slice(11, 13))) ?? false) &&
      (months?.has(Number(at.slice(5, 7))) ?? false) &&
      (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek)
    );
  };
}
