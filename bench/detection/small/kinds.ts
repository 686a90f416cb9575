import type { Dice } from '../../../src/core/dice.ts';
import { beta, binomial, gamma, normal, poisson, student } from './chance.ts';
import {
  type Above,
  betaBinomialAbove,
  idleOr,
  lognormalAbove,
  logStudentAbove,
  negativeBinomialAbove,
  poissonAbove,
} from './truth.ts';

/** A kind of short daily series, and what is an incident in it. */
export interface Kind {
  readonly name: string;
  /** The value of a day in a series in which nothing is wrong. */
  day(dice: Dice, i: number, days: number): number;
  /** The share of the values which that day can have that are above one of them: the truth, which no judge of a series knows. */
  above(i: number): Above;
  /** Whether too little is an incident too. */
  readonly twoSided: boolean;
  /** What the last day is in an incident of each size, from the value that it would have had. */
  readonly incidents: readonly Incident[];
}

export interface Incident {
  readonly size: string;
  /** @param i the last day */
  strike(dice: Dice, value: number, i: number, days: number): number;
}

const WEEKEND = 0.2;
const NOISE = 0.25;
const SESSIONS = 40;
/** How alike the sessions of one day are: the shape of the beta distribution of their rate. */
const TOGETHER = 60;

function weekly(i: number): number {
  return 100 * (i % 7 >= 5 ? WEEKEND : 1);
}

function times(factor: number): Incident {
  return { size: `×${factor}`, strike: (_dice, value) => value * factor };
}

function more(count: number): Incident {
  return { size: `+${count}`, strike: (_dice, value) => value + count };
}

function just(count: number): Incident {
  return { size: `=${count}`, strike: () => count };
}

function lognormal(dice: Dice, middle: number): number {
  return middle * Math.exp(NOISE * normal(dice));
}

function lognormalAround(middle: number): Above {
  return lognormalAbove(middle, NOISE);
}

function failuresAbove(rate: number, sessions: number = SESSIONS): Above {
  return betaBinomialAbove(sessions, rate * TOGETHER, (1 - rate) * TOGETHER);
}

/** For kinds whose days are all alike. */
function always(above: Above): () => Above {
  return () => above;
}

function failures(dice: Dice, rate: number, sessions: number = SESSIONS): number {
  const own = beta(dice, rate * TOGETHER, (1 - rate) * TOGETHER);
  return binomial(dice, sessions, own) / sessions;
}

function negativeBinomial(dice: Dice, mean: number, size: number): number {
  return poisson(dice, (mean / size) * gamma(dice, size));
}

/** Where the old spike lies: so many days before the last. */
const SPIKE = 12;

/** Daily spend and failures a day, each with incidents from hard to plain. */
export const KINDS: readonly Kind[] = [
  {
    name: 'spend by weekday',
    day: (dice, i) => lognormal(dice, weekly(i)),
    above: (i) => lognormalAround(weekly(i)),
    twoSided: true,
    incidents: [times(2), times(3), times(5), times(0.1)],
  },
  {
    name: 'spend by weekday that grows 2 % a day',
    day: (dice, i) => lognormal(dice, weekly(i) * 1.02 ** i),
    above: (i) => lognormalAround(weekly(i) * 1.02 ** i),
    twoSided: true,
    incidents: [times(2), times(3), times(5)],
  },
  {
    name: 'spend by weekday with a heavy tail',
    day: (dice, i) => weekly(i) * Math.exp(0.35 * student(dice, 3)),
    above: (i) => logStudentAbove(weekly(i), 0.35, 3),
    twoSided: true,
    incidents: [times(3), times(5), times(10)],
  },
  {
    name: 'spend by weekday after an old spike',
    day: (dice, i, days) => lognormal(dice, weekly(i)) * (i === days - 1 - SPIKE ? 10 : 1),
    above: (i) => lognormalAround(weekly(i)),
    twoSided: true,
    incidents: [times(3), times(5)],
  },
  {
    name: 'failures on some days',
    day: (dice) => (dice.chance(0.6) ? 0 : poisson(dice, 2)),
    above: always(idleOr(0.6, poissonAbove(2))),
    twoSided: false,
    incidents: [more(6), more(10)],
  },
  {
    name: 'rare failures',
    day: (dice) => poisson(dice, 0.2),
    above: always(poissonAbove(0.2)),
    twoSided: false,
    incidents: [just(3), just(5)],
  },
  {
    name: 'failures that come together',
    day: (dice) => negativeBinomial(dice, 5, 2),
    above: always(negativeBinomialAbove(5, 2)),
    twoSided: false,
    incidents: [times(3), just(30)],
  },
  {
    name: 'share of failures among 40 sessions',
    day: (dice) => failures(dice, 0.05),
    above: always(failuresAbove(0.05)),
    twoSided: false,
    incidents: [0.15, 0.3].map((rate) => ({ size: `${100 * rate} %`, strike: (dice) => failures(dice, rate) })),
  },
];

/** Other shapes of the same, on which no parameter was set. */
export const OTHER_KINDS: readonly Kind[] = [
  {
    name: 'spend that is the same on all days, with little noise',
    day: (dice) => 20 * Math.exp(0.12 * normal(dice)),
    above: always(lognormalAbove(20, 0.12)),
    twoSided: true,
    incidents: [times(1.5), times(2), times(0.5)],
  },
  {
    name: 'noisy spend with quieter weekends',
    day: (dice, i) => (i % 7 >= 5 ? 30 : 50) * Math.exp(0.45 * normal(dice)),
    above: (i) => lognormalAbove(i % 7 >= 5 ? 30 : 50, 0.45),
    twoSided: true,
    incidents: [times(3), times(5), times(0.1)],
  },
  {
    name: 'spend on working days only',
    day: (dice, i) => (i % 7 >= 5 ? 0 : lognormal(dice, 50)),
    above: (i) => (i % 7 >= 5 ? idleOr(1, lognormalAround(50)) : lognormalAround(50)),
    twoSided: true,
    incidents: [{ size: '×3', strike: (dice) => lognormal(dice, 150) }],
  },
  {
    name: 'spend on six days of ten, at random',
    day: (dice) => (dice.chance(0.4) ? 0 : lognormal(dice, 50)),
    above: always(idleOr(0.4, lognormalAround(50))),
    twoSided: true,
    incidents: [{ size: '×4', strike: (dice) => lognormal(dice, 200) }],
  },
  {
    name: 'spend of which every Monday is large',
    day: (dice, i) => lognormal(dice, i % 7 === 0 ? 120 : 30),
    above: (i) => lognormalAround(i % 7 === 0 ? 120 : 30),
    twoSided: true,
    incidents: [times(3), times(5)],
  },
  {
    name: 'spend whose level wanders',
    day: (dice, i) => lognormal(dice, 50 * (1 + 0.5 * Math.sin(i / 9))),
    above: (i) => lognormalAround(50 * (1 + 0.5 * Math.sin(i / 9))),
    twoSided: true,
    incidents: [times(3), times(5), times(0.1)],
  },
  {
    name: 'sessions by weekday',
    day: (dice, i) => poisson(dice, i % 7 >= 5 ? 3 : 15),
    above: (i) => poissonAbove(i % 7 >= 5 ? 3 : 15),
    twoSided: false,
    incidents: [times(2), times(3)],
  },
  {
    name: 'one failure a day',
    day: (dice) => poisson(dice, 1),
    above: always(poissonAbove(1)),
    twoSided: false,
    incidents: [more(4), more(8)],
  },
  {
    name: 'a dozen failures a day',
    day: (dice) => negativeBinomial(dice, 12, 4),
    above: always(negativeBinomialAbove(12, 4)),
    twoSided: false,
    incidents: [times(2), times(3), times(5)],
  },
  {
    name: 'share of failures among 20 sessions',
    day: (dice) => failures(dice, 0.1, 20),
    above: always(failuresAbove(0.1, 20)),
    twoSided: false,
    incidents: [0.3, 0.5].map((rate) => ({ size: `${100 * rate} %`, strike: (dice) => failures(dice, rate, 20) })),
  },
];
