import { cronValues } from '../../core/cron.ts';
import { between, type Duration, fromMs, type Instant, MINUTE, toMs, WEEK } from '../../core/time.ts';

/**
 * How long after its latest due minute a scheduled run began: a lower bound, for an earlier due minute may have been
 * dropped altogether. Null when `cron` is no five-field cron line in UTC, or was not due within the week before.
 */
export function lateness(cron: string, startedAt: Instant): Duration | null {
  const allowed = cronValues(cron);
  if (allowed === null) return null;
  const isDue = dueTest(cron.trim().split(/\s+/), allowed);
  const startMs = toMs(startedAt);
  const minute = startMs - (startMs % MINUTE);
  for (let ms = minute; ms > minute - WEEK; ms -= MINUTE) {
    const due = fromMs(ms);
    if (isDue(due)) return between(due, startedAt);
  }
  return null;
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
