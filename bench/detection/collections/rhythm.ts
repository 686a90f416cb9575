import type { Dice } from '../../../src/core/dice.ts';
import { DAY, type Duration, HOUR, MINUTE } from '../../../src/core/time.ts';
import { normal } from '../small/chance.ts';

/** What the moment does to a series: a factor around 1, or how far it is moved. */
export type Rhythm = (at: number) => number;

/** The form of a day: from 0 in its quietest hour to 1 in its busiest, by the share of the day that has passed. */
export type DayForm = (dice: Dice) => (share: number) => number;

/** A smooth wave with a smaller one of half a day on it. */
export const waves: DayForm = (dice) => {
  const [first, second, size] = [dice.next(), dice.next(), 0.4 * dice.next()];
  return (share) => {
    const large = Math.sin(2 * Math.PI * (share - first));
    const small = Math.sin(4 * Math.PI * (share - second));
    return (1 + (large + size * small) / (1 + size)) / 2;
  };
};

/** Office hours: steep mornings and evenings, and a level between them. */
export const office: DayForm = (dice) => {
  const [begin, end, steep] = [0.25 + 0.15 * dice.next(), 0.65 + 0.2 * dice.next(), 30 + 50 * dice.next()];
  const rise = (x: number): number => 1 / (1 + Math.exp(-steep * x));
  return (share) => rise(share - begin) * rise(end - share);
};

/** Two or three rushes, each of some hours. */
export const rushes: DayForm = (dice) => {
  const peaks = Array.from({ length: dice.whole(2, 3) }, () => ({
    middle: dice.next(),
    width: 0.04 + 0.08 * dice.next(),
    height: 0.5 + 0.5 * dice.next(),
  }));
  return (share) => {
    const heights = peaks.map(({ middle, width, height }) => {
      const away = Math.abs(share - middle);
      return height * Math.exp(-((Math.min(away, 1 - away) / width) ** 2) / 2);
    });
    return Math.min(1, Math.max(...heights));
  };
};

/** A day of straight lines: it rises to its busiest hour and falls back. */
export const sawtooth: DayForm = (dice) => {
  const [begin, top] = [dice.next(), 0.2 + 0.6 * dice.next()];
  return (share) => {
    const passed = (share - begin + 1) % 1;
    return passed < top ? passed / top : (1 - passed) / (1 - top);
  };
};

/** Blocks of hours, each with a level of its own: jobs that run at set times. */
export const blocks: DayForm = (dice) => {
  const levels = Array.from({ length: dice.whole(4, 8) }, () => dice.next());
  return (share) => levels[Math.floor(share * levels.length)] ?? 0;
};

/**
 * @param strength how much of its size the series loses in its quietest hour, from 0 (no rhythm) to 1
 * @param weekend what is left of a day on Saturdays and Sundays, as a factor
 * @param holidays days of the series that are like a Sunday
 */
export function rhythmOf(
  form: (share: number) => number,
  { strength, weekend, holidays }: { strength: number; weekend: number; holidays: ReadonlySet<number> },
): Rhythm {
  return (at) => {
    const day = Math.floor(at / DAY);
    const idle = (((day + 3) % 7) + 7) % 7 >= 5 || holidays.has(day);
    return (1 - strength + strength * form((at % DAY) / DAY)) * (idle ? weekend : 1);
  };
}

/** The moments of a job that runs once a day for some minutes, and how much it adds. */
export interface DailyJob {
  readonly at: Duration;
  readonly lasts: Duration;
  readonly adds: number;
}

export function dailyJob(dice: Dice): DailyJob {
  return { at: dice.next() * DAY, lasts: (0.1 + 0.6 * dice.next()) * HOUR, adds: 0.3 + 1.2 * dice.next() };
}

export function jobAt({ at, lasts, adds }: DailyJob, moment: number): number {
  const since = (((moment - at) % DAY) + DAY) % DAY;
  return since < lasts ? adds : 0;
}

/** The periods of a rhythm within the day, and how much of its size the series gains and loses in it. */
const SHORTEST_PERIOD: Duration = 20 * MINUTE;
const LONGEST_PERIOD: Duration = 3 * HOUR;
const LEAST_SIZE = 0.1;
const MOST_SIZE = 0.5;

/** A rhythm within the day whose period has nothing to do with the hours: a factor around 1. Jobs that run again and again make one. */
export function innerRhythm(dice: Dice): Rhythm {
  const period = SHORTEST_PERIOD * (LONGEST_PERIOD / SHORTEST_PERIOD) ** dice.next();
  const size = LEAST_SIZE + (MOST_SIZE - LEAST_SIZE) * dice.next();
  const isSaw = dice.chance(0.5);
  return (at) => {
    const turn = (at / period) % 1;
    return 1 + size * (isSaw ? turn - 0.5 : Math.sin(2 * Math.PI * turn) / 2);
  };
}

/** Days that begin sooner or later, each on its own and one passing into the next: how much later this moment comes. */
export function lateness(dice: Dice, { from, days, by }: { from: number; days: number; by: Duration }): Rhythm {
  const shifts = Array.from({ length: days + 2 }, () => by * normal(dice));
  return (at) => {
    const since = (at - from) / DAY;
    const day = Math.floor(since);
    const passed = since - day;
    return (1 - passed) * (shifts[day] ?? 0) + passed * (shifts[day + 1] ?? 0);
  };
}
