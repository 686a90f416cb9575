import { after, DAY, type Duration, dayOf, type Instant, latest, startOf, toMs } from '../../core/time.ts';
import { askedAt, type ReviewedPull } from './answers.ts';

/** What people answered on a day on which something was waiting for them. */
interface WatchedDay {
  readonly weekend: boolean;
  readonly answers: number;
}

/** How many pull requests of agents people answer, and how many come in. */
export interface Capacity {
  /** On a working day, Monday to Friday in UTC. */
  readonly workday: number;
  /** On a Saturday or Sunday. */
  readonly weekend: number;
  /** Pull requests that come in per day, on any kind of day. */
  readonly arrivals: number;
  /** The days it was learned from: only those on which something was waiting. Empty for a configured capacity. */
  readonly days: readonly WatchedDay[];
}

/** People change, and so does the time they have. */
const LEARNED_FROM: Duration = 56 * DAY;
/** With fewer working days on which something was waiting, it cannot be told how much people can do. */
const FEWEST = 5;

/**
 * Learns how much people answer per day, from the days before today on which something was waiting for them. A day with an empty
 * queue does not show what they could have done. `told` replaces what was learned. Null if too little is known.
 */
export function capacityOf(
  pulls: readonly ReviewedPull[],
  since: Instant,
  told: number | null,
  now: Instant,
): Capacity | null {
  const from = startOf(dayOf(after(latest(since, after(now, -LEARNED_FROM)), DAY - 1)));
  const stretch = daysBetween(from, startOf(dayOf(now)));
  const arrivals = stretch.length === 0 ? 0 : arrivalsIn(pulls, from, startOf(dayOf(now))) / stretch.length;
  if (told !== null) return { workday: told, weekend: 0, arrivals, days: [] };
  const days = stretch.flatMap((day) => watched(pulls, day) ?? []);
  const workdays = days.filter(({ weekend }) => !weekend);
  if (workdays.length < FEWEST) return null;
  return { workday: mean(workdays), weekend: mean(days.filter(({ weekend }) => weekend)), arrivals, days };
}

function daysBetween(from: Instant, to: Instant): readonly Instant[] {
  const days: Instant[] = [];
  for (let day = from; day < to; day = after(day, DAY)) days.push(day);
  return days;
}

function arrivalsIn(pulls: readonly ReviewedPull[], from: Instant, to: Instant): number {
  return pulls.filter((one) => one.pull.standing?.readyAt !== null && askedAt(one) >= from && askedAt(one) < to).length;
}

function watched(pulls: readonly ReviewedPull[], day: Instant): WatchedDay | null {
  const end = after(day, DAY);
  const answers = pulls.flatMap((one) => one.answers).filter(({ at }) => at >= day && at < end).length;
  const waited = answers > 0 || pulls.some((one) => waitedOn(one, day, end));
  return waited ? { weekend: isWeekend(day), answers } : null;
}

/** Until its first answer. After that it waits alternately for people and for the agent, which is not recorded. */
function waitedOn(one: ReviewedPull, day: Instant, end: Instant): boolean {
  if (one.pull.standing?.readyAt === null) return false;
  const until = one.answers[0]?.at ?? one.pull.closedAt;
  return askedAt(one) < end && (until === null || until >= day);
}

/** Saturday or Sunday in UTC. */
export function isWeekend(day: Instant): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = (Math.floor(toMs(day) / DAY) + 4) % 7;
  return weekday === 0 || weekday === 6;
}

/** If no such day was seen, nobody is counted on. */
function mean(days: readonly WatchedDay[]): number {
  return days.length === 0 ? 0 : days.reduce((sum, { answers }) => sum + answers, 0) / days.length;
}
