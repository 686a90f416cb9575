import type { Dice } from '../../../src/core/dice.ts';

/** A place in a series where an incident is put in. */
export interface Strike {
  readonly values: Float64Array;
  readonly from: number;
  readonly length: number;
  /** How far it goes from what the values would have been: several times what they differ by at that time of day. */
  readonly size: number;
}

/** A form that an incident takes: it changes the values from its first to its last point. */
export interface IncidentForm {
  readonly name: string;
  /** The most points that it lasts; the collection has a bound of its own. */
  readonly longest: number;
  strike(dice: Dice, strike: Strike): void;
}

/** Forms that can last, last at most so many points; the collections have bounds of their own. */
const LONGEST = 60;

function change(strike: Strike, by: (place: number, value: number) => number): void {
  const { values, from, length } = strike;
  for (let place = 0; place < length; place += 1) {
    const value = values[from + place] as number;
    values[from + place] = Math.max(0, value + by(place, value));
  }
}

/** Far up for one to three points. */
export const spike: IncidentForm = {
  name: 'spike',
  longest: 3,
  strike: (_dice, own) => change(own, () => own.size),
};

/** Down, at most to nothing. */
export const dip: IncidentForm = {
  name: 'dip',
  longest: LONGEST,
  strike: (_dice, own) => change(own, (_place, value) => -Math.min(own.size, value)),
};

/** A level that is higher or lower for as long as it lasts. */
export const levelShift: IncidentForm = {
  name: 'level shift',
  longest: LONGEST,
  strike(dice, own) {
    const sign = dice.chance(0.6) ? 1 : -1;
    change(own, () => sign * 0.7 * own.size);
  },
};

/** Like a level shift, but always up and with its own noise. */
export const plateau: IncidentForm = {
  name: 'plateau',
  longest: LONGEST,
  strike: (dice, own) => change(own, () => own.size * (0.6 + 0.4 * dice.next())),
};

/** A rise that becomes steeper until it ends at once. */
export const ramp: IncidentForm = {
  name: 'ramp',
  longest: LONGEST,
  strike: (_dice, own) => change(own, (place) => (own.size * (place + 1)) / own.length),
};

/** The values stop moving: the rhythm and the noise are gone. */
export const shapeBreak: IncidentForm = {
  name: 'shape break',
  longest: LONGEST,
  strike(dice, own) {
    const held = (own.values[own.from] as number) + (dice.chance(0.5) ? 0.5 : -0.5) * own.size;
    change(own, (_place, value) => Math.max(0, held) - value);
  },
};

/** Up and down by turns. */
export const swings: IncidentForm = {
  name: 'swings',
  longest: LONGEST,
  strike: (_dice, own) => change(own, (place) => (place % 2 === 0 ? own.size : -own.size)),
};

/** Nothing arrives any more, and is counted as nothing. */
export const silence: IncidentForm = {
  name: 'silence',
  longest: LONGEST,
  strike: (_dice, own) => change(own, (_place, value) => -value),
};
