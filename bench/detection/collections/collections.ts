import { type Dice, dice } from '../../../src/core/dice.ts';
import { type Duration, HOUR, MINUTE } from '../../../src/core/time.ts';
import type { IncidentForm } from './incidents.ts';
import { dip, levelShift, plateau, ramp, shapeBreak, silence, spike, swings } from './incidents.ts';
import { blocks, type DayForm, office, rushes, sawtooth, waves } from './rhythm.ts';
import { type EventSeries, type Look, makeSeries } from './series.ts';

/** A made-up collection of labelled series, and how its series come about. */
export interface Collection {
  readonly name: string;
  readonly series: number;
  readonly look: (dice: Dice) => Look;
}

/** The number at this share of the way from the low to the high one, by ratio. */
function between(own: Dice, low: number, high: number): number {
  return low * (high / low) ** own.next();
}

function pick<T>(own: Dice, [first, ...others]: readonly [T, ...T[]]): T {
  return [first, ...others][own.whole(0, others.length)] ?? first;
}

type Forms = readonly [DayForm, ...DayForm[]];
type Incidents = readonly [IncidentForm, ...IncidentForm[]];

/** Metrics of services: every five minutes or every hour, some all rhythm, some none; few incidents, mostly short. */
function service(own: Dice, forms: Forms, incidents: Incidents): Look {
  const hourly = own.chance(0.3);
  const step: Duration = hourly ? HOUR : 5 * MINUTE;
  return {
    step,
    points: hourly ? own.whole(1_200, 3_000) : own.whole(4_000, 10_000),
    form: pick(own, forms),
    strength: pick(own, [0, 0.4, 0.7, 0.9, 0.9]),
    weekend: own.chance(0.7) ? 1 : 0.5 + 0.5 * own.next(),
    holidays: 0,
    late: 0,
    inner: false,
    level: between(own, 1, 1e5),
    noise: between(own, 0.005, 0.07),
    memory: own.chance(0.5) ? 0 : 0.9 * own.next(),
    wander: own.chance(0.1) ? 0.1 * own.next() : 0,
    heavy: own.chance(0.05),
    drift: own.chance(0.1) ? own.next() - 0.5 : 0,
    levelChanges: own.chance(0.1) ? own.whole(1, 2) : 0,
    surges: own.chance(0.1) ? own.whole(1, 5) : 0,
    job: own.chance(0.1),
    counts: own.chance(0.05),
    missing: 0,
    incidents: own.whole(1, 8),
    clustered: 0,
    unlabelled: 0.1,
    plain: 0.9,
    incidentForms: incidents,
    shortest: 3,
    longest: 40,
  };
}

/** Key figures of web pages: every minute or five, all with the rhythm of a day; many incidents, often some within hours. */
function keyFigure(own: Dice, forms: Forms, incidents: Incidents): Look {
  const fast = own.chance(0.8);
  return {
    step: fast ? MINUTE : 5 * MINUTE,
    points: fast ? own.whole(35_000, 70_000) : own.whole(15_000, 30_000),
    form: pick(own, forms),
    strength: 0.4 + 0.55 * own.next(),
    weekend: own.chance(0.8) ? 1 : 0.6 + 0.6 * own.next(),
    holidays: own.whole(0, 1),
    late: 0.4 * HOUR,
    inner: own.chance(0.6),
    level: between(own, 1, 1e4),
    noise: between(own, 0.01, 0.1),
    memory: own.chance(0.8) ? 0 : 0.9 * own.next(),
    wander: own.chance(0.3) ? 0.2 * own.next() : 0,
    heavy: own.chance(0.2),
    drift: own.chance(0.1) ? 0.6 * (own.next() - 0.5) : 0,
    levelChanges: own.chance(0.1) ? 1 : 0,
    surges: own.chance(0.1) ? own.whole(1, 5) : 0,
    job: own.chance(0.15),
    counts: own.chance(0.05),
    missing: own.chance(0.7) ? 0.01 * own.next() : 0,
    incidents: Math.round(between(own, 22, 78)),
    clustered: 0.5,
    unlabelled: 0.3,
    plain: 0.15,
    incidentForms: incidents,
    shortest: 4,
    longest: 60,
  };
}

const USUAL_FORMS: Forms = [waves, office, rushes];
const OTHER_FORMS: Forms = [sawtooth, blocks, waves];

/** The kinds that the trials are known to have: 60 series with some 217 incidents, and 29 series with some 888. */
export const COLLECTIONS: readonly Collection[] = [
  {
    name: 'cloud services',
    series: 60,
    look: (own) => service(own, USUAL_FORMS, [spike, spike, dip, levelShift, levelShift, shapeBreak]),
  },
  {
    name: 'web key figures',
    series: 29,
    look: (own) => keyFigure(own, USUAL_FORMS, [spike, spike, dip, ramp]),
  },
];

/** The same kinds in other shapes, on which nothing is set. */
export const OTHER_COLLECTIONS: readonly Collection[] = [
  {
    name: 'cloud services, other shapes',
    series: 60,
    look: (own) => ({ ...service(own, OTHER_FORMS, [spike, plateau, dip, swings, silence]), longest: 60 }),
  },
  {
    name: 'web key figures, other shapes',
    series: 29,
    look: (own) => ({ ...keyFigure(own, OTHER_FORMS, [spike, plateau, swings, dip]), shortest: 1, longest: 12 }),
  },
];

export function makeCollection({ series, look }: Collection, firstSeed: number): readonly EventSeries[] {
  return Array.from({ length: series }, (_, i) => {
    const own = dice((firstSeed + i) * 7_919);
    return makeSeries(own, look(own));
  });
}
