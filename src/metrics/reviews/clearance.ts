import { dice } from '../../core/dice.ts';
import { after, DAY, dayOf, type Instant, startOf } from '../../core/time.ts';
import { type Capacity, isWeekend } from './capacity.ts';

/** When everything now waiting will have been answered, if nothing new goes first. */
export interface Clearance {
  /** First moment of the UTC day; null if it is too far off to say. */
  readonly on: Instant | null;
  /** An interval with a probability of 80 %; null as above. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** More comes in than is answered, so the queue grows anyway. */
  readonly growing: boolean;
}

const WORLDS = 400;
/** Incoming and answered pull requests are counted over few days, so only what is clearly more counts as growing. */
const MARGIN = 1.1;
/** Nobody plans farther ahead. */
const HORIZON = 120;

/**
 * Forecasts when a queue will be empty, by a bootstrap of days. Each of 400 worlds first draws its own history from the observed
 * days, since few days tell the rate badly, and then its future from that history, with working days and weekends separate. Answers
 * count from tomorrow on. A configured capacity is used as the future directly. Pure: the same days give the same answer.
 */
export function clearanceOf(waiting: number, capacity: Capacity, now: Instant): Clearance {
  const weekly = 5 * capacity.workday + 2 * capacity.weekend;
  const growing = 7 * capacity.arrivals > weekly * MARGIN;
  if (waiting === 0) {
    const today = startOf(dayOf(now));
    return { on: today, from: today, to: today, growing };
  }
  const random = dice(waiting).next;
  const weekends = weekendsAfter(now);
  const lengths = Array.from({ length: WORLDS }, () => daysToClear(waiting, worldOf(capacity, random), weekends));
  lengths.sort((a, b) => a - b);
  const dayAt = (share: number): Instant | null => {
    const length = lengths[Math.floor(share * (WORLDS - 1))] ?? HORIZON + 1;
    return length > HORIZON ? null : after(startOf(dayOf(now)), length * DAY);
  };
  return { on: dayAt(0.5), from: dayAt(0.1), to: dayAt(0.9), growing };
}

type World = (weekend: boolean) => number;

function worldOf({ days, workday, weekend }: Capacity, random: () => number): World {
  if (days.length === 0) return (isFree) => (isFree ? weekend : workday);
  const kinds = [false, true].map((kind) => {
    const seen = days.filter((day) => day.weekend === kind).map(({ answers }) => answers);
    return seen.map(() => seen[Math.floor(random() * seen.length)] ?? 0);
  });
  return (isFree) => {
    const history = kinds[isFree ? 1 : 0] ?? [];
    return history[Math.floor(random() * history.length)] ?? 0;
  };
}

/** For each day within the horizon, from tomorrow on, whether it is on a weekend. */
function weekendsAfter(now: Instant): readonly boolean[] {
  const today = startOf(dayOf(now));
  return Array.from({ length: HORIZON }, (_, day) => isWeekend(after(today, (day + 1) * DAY)));
}

function daysToClear(waiting: number, answersOn: World, weekends: readonly boolean[]): number {
  let left = waiting;
  for (const [day, weekend] of weekends.entries()) {
    left -= answersOn(weekend);
    if (left <= 1e-9) return day + 1;
  }
  return HORIZON + 1;
}
