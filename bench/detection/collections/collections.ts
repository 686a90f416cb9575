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
    strength: pick(own, [0, 0.15, 0.4, 0.7, 0.9]),
    weekend: own.chance(0.7) ? 1 : 0.5 + 0.5 * own.next(),
    holidays: 0,
    level: between(own, 1, 1e5),
    noise: between(own, 0.01, 0.2),
    memory: own.chance(0.5) ? 0 : 0.9 * own.next(),
    wander: own.chance(0.3) ? 0.1 * own.next() : 0,
    heavy: own.chance(0.2),
    drift: own.chance(0.3) ? own.next() - 0.5 : 0,
    levelChanges: own.chance(0.2) ? own.whole(1, 2) : 0,
    surges: own.chance(0.2) ? own.whole(1, 5) : 0,
    job: own.chance(0.15),
    counts: own.chance(0.05),
    missing: 0,
    incidents: own.whole(1, 6),
    plain: 0.7,
    incidentForms: incidents,
    longest: 20,
  };
}

/** Key figures of web pages: every minute or five, all with the rhythm of a day; many short incidents. */
function keyFigure(own: Dice, forms: Forms, incidents: Incidents): Look {
  const fast = own.chance(0.5);
  return {
    step: fast ? MINUTE : 5 * MINUTE,
    points: fast ? own.whole(15_000, 30_000) : own.whole(8_000, 17_000),
    form: pick(own, forms),
    strength: 0.4 + 0.55 * own.next(),
    weekend: own.chance(0.4) ? 1 : 0.6 + 0.6 * own.next(),
    holidays: own.whole(0, 2),
    level: between(own, 1, 1e4),
    noise: between(own, 0.01, 0.25),
    memory: own.chance(0.6) ? 0 : 0.9 * own.next(),
    wander: 0.25 * own.next(),
    heavy: own.chance(0.4),
    drift: own.chance(0.3) ? 0.6 * (own.next() - 0.5) : 0,
    levelChanges: own.chance(0.2) ? 1 : 0,
    surges: own.chance(0.3) ? own.whole(1, 5) : 0,
    job: own.chance(0.3),
    counts: own.chance(0.1),
    missing: own.chance(0.7) ? 0.01 * own.next() : 0,
    incidents: Math.round(between(own, 6, 90)),
    plain: 0.5,
    incidentForms: incidents,
    longest: 12,
  };
}

const USUAL_FORMS: Forms = [waves, office, rushes];
const OTHER_FORMS: Forms = [sawtooth, blocks, waves];

/** The kinds that the trials are known to have: 60 series with some 217 incidents, and 29 series with some 888. */
export const COLLECTIONS: readonly Collection[] = [
  {
    name: 'cloud services',
    series: 60,
    look: (own) => service(own, USUAL_FORMS, [spike, spike, dip, levelShift, shapeBreak, silence]),
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
    look: (own) => ({ ...service(own, OTHER_FORMS, [spike, plateau, dip, swings, silence]), longest: 40 }),
  },
  {
    name: 'web key figures, other shapes',
    series: 29,
    look: (own) => ({ ...keyFigure(own, OTHER_FORMS, [spike, plateau, swings, dip]), longest: 6 }),
  },
];

export function makeCollection({ series, look }: Collection, firstSeed: number): readonly EventSeries[] {
  return Array.from({ length: series }, (_, i) => {
    const own = dice((firstSeed + i) * 7_919);
    return makeSeries(own, look(own));
  });
}
