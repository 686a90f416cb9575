import { after, DAY, type Duration, formatDuration, HOUR, type Instant } from '../core/time.ts';
import { addDays, type LocalDay, localDayOf, startOfLocalDay, startOfLocalHour, weekdayOf } from '../core/zone.ts';
import type { Terms } from './allowance.ts';
import type { WrittenPeriod } from './budget.ts';

/** A period of a budget: from its first moment up to, but excluding, the first moment of the next. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
  /** `2026-11-21`, `2026-11`; null if periods do not follow one after another. */
  readonly label: string | null;
  /** For sentences: `on 2026-11-21`, `in the week of 2026-11-16`, `in the last 7 d`. */
  readonly spoken: string;
}

/** How far back the most expensive sessions are looked for. */
const SESSIONS_OVER: Duration = DAY;

/** The period of a budget that contains `now`, by the clock of its time zone. */
export function spanOf({ period, zone }: Pick<Terms, 'period' | 'zone'>, now: Instant): Span {
  if (typeof period !== 'string') return lately(period.rolling, now);
  switch (period) {
    case 'session':
      return lately(SESSIONS_OVER, now);
    case 'hour': {
      const from = startOfLocalHour(now, zone);
      const label = `${from.slice(0, 16)}Z`;
      return { from, to: after(from, HOUR), label, spoken: `in the hour from ${label}` };
    }
    case 'day': {
      const day = localDayOf(now, zone);
      return { ...daysFrom(day, addDays(day, 1), zone), label: day, spoken: `on ${day}` };
    }
    case 'week': {
      const day = localDayOf(now, zone);
      const monday = addDays(day, -weekdayOf(day));
      return { ...daysFrom(monday, addDays(monday, 7), zone), label: monday, spoken: `in the week of ${monday}` };
    }
    case 'month': {
      const month = localDayOf(now, zone).slice(0, 7);
      const first = `${month}-01`;
      return { ...daysFrom(first, firstOfNext(first), zone), label: month, spoken: `in ${month}` };
    }
    default:
      return period satisfies never;
  }
}

function lately(length: Duration, now: Instant): Span {
  // What happens at this very moment belongs to it, and nothing later.
  const to = after(now, 1);
  return { from: after(to, -length), to, label: null, spoken: `in the last ${formatDuration(length)}` };
}

function daysFrom(from: LocalDay, to: LocalDay, zone: string): Pick<Span, 'from' | 'to'> {
  return { from: startOfLocalDay(from, zone), to: startOfLocalDay(to, zone) };
}

/** 31 days after its first day no month is still going on, and the next has not ended. */
function firstOfNext(first: LocalDay): LocalDay {
  return `${addDays(first, 31).slice(0, 7)}-01`;
}

/** A period in a word, for tables and labels: `day`, `rolling 7 d`. */
export function periodWord(period: WrittenPeriod): string {
  return typeof period === 'string' ? period : `rolling ${formatDuration(period.rolling)}`;
}
