import type { Dice } from '../../../src/core/dice.ts';
import { DAY, type Duration, fromMs, HOUR } from '../../../src/core/time.ts';
import type { Reading } from '../../../src/detectors/method.ts';
import { normal, poisson, student } from '../small/chance.ts';
import type { IncidentForm } from './incidents.ts';
import { type DayForm, dailyJob, innerRhythm, jobAt, lateness, type Rhythm, rhythmOf } from './rhythm.ts';

/** How a series comes about. Sizes are shares of its level. */
export interface Look {
  readonly step: Duration;
  readonly points: number;
  readonly form: DayForm;
  readonly strength: number;
  readonly weekend: number;
  readonly holidays: number;
  /** How much sooner or later days begin, as a standard deviation. */
  readonly late: Duration;
  /** Whether there is a rhythm within the day besides. */
  readonly inner: boolean;
  readonly level: number;
  readonly noise: number;
  /** How much of its noise a point hands on to the next. */
  readonly memory: number;
  /** How far the level wanders from hour to hour and day to day. */
  readonly wander: number;
  /** Whether the noise has many far points. */
  readonly heavy: boolean;
  /** How much the level grows over the whole series. */
  readonly drift: number;
  /** Changes of the level that stay, and surges of some hours: neither is an incident. */
  readonly levelChanges: number;
  readonly surges: number;
  readonly job: boolean;
  /** Whether the values are small whole numbers with nothing at most points. */
  readonly counts: boolean;
  readonly missing: number;
  readonly incidents: number;
  /** The share of incidents that come within hours of another one. */
  readonly clustered: number;
  /** The share of incidents that nobody labelled. */
  readonly unlabelled: number;
  /** The share of series whose incidents are measured by the range of the series, not by its noise. */
  readonly plain: number;
  readonly incidentForms: readonly IncidentForm[];
  readonly shortest: number;
  readonly longest: number;
}

/** An incident: its first and its last point. */
export interface Incident {
  readonly form: string;
  readonly from: number;
  readonly to: number;
}

export interface EventSeries {
  readonly step: Duration;
  readonly strength: number;
  readonly readings: readonly Reading[];
  readonly incidents: readonly Incident[];
}

/** A Monday. */
const START = Date.UTC(2026, 0, 5);
/** The share of a series at its beginning in which there are no incidents, and none is asked for. */
export const WARM_UP = 0.15;
/** So many points lie between two incidents. */
const APART = 30;
/** The sizes of incidents: in standard deviations of the noise, or as shares of what the whole series ranges over. */
const OF_NOISE = [6, 40] as const;
const OF_RANGE = [0.3, 3] as const;
/** One series has the same trouble again and again: the share of its incidents that take its usual form, at nearly its usual size. */
const HABIT = 0.7;
const FREEDOM = 4;
/** Incidents that come in a row are on average so far apart. */
const SOON = 5 * HOUR;
/** How long a wandering level remembers. */
const WANDERING = 12 * HOUR;

export function makeSeries(own: Dice, look: Look): EventSeries {
  const clean = look.counts ? countsOf(own, look) : amountsOf(own, look);
  const values = clean.slice();
  const trouble = troubleOf(own, look, clean);
  const incidents = placesOf(own, look, trouble.form).map(({ from, length, form }) => {
    const size = trouble.sizeAt(form, from);
    form.strike(own, { values, from, length, size });
    if (look.counts) for (let i = from; i < from + length; i += 1) values[i] = Math.round(values[i] as number);
    return { form: form.name, from, to: from + length - 1 };
  });
  const labelled = incidents.filter(() => !own.chance(look.unlabelled));
  const lost = lostPoints(own, look, incidents);
  const readings = Array.from(values, (value, i) => ({
    at: fromMs(START + i * look.step),
    value: lost.has(i) ? null : value,
  }));
  return { step: look.step, strength: look.strength, readings, incidents: labelled };
}

function amountsOf(own: Dice, look: Look): Float64Array {
  const rhythm = rhythmFor(own, look);
  const job = look.job ? dailyJob(own) : null;
  const inner: Rhythm = look.inner ? innerRhythm(own) : () => 1;
  const changes = levelChanges(own, look);
  const surges = Array.from({ length: look.surges }, () => ({
    middle: own.whole(0, look.points),
    width: ((0.5 + own.next()) * HOUR) / look.step,
    adds: 0.2 + 0.4 * own.next(),
  }));
  const kept = Math.exp(-look.step / WANDERING);
  let noise = 0;
  let level = 0;
  return Float64Array.from({ length: look.points }, (_, i) => {
    const at = START + i * look.step;
    level = kept * level + Math.sqrt(1 - kept ** 2) * normal(own);
    const fresh = look.heavy ? student(own, FREEDOM) / Math.SQRT2 : normal(own);
    noise = look.memory * noise + Math.sqrt(1 - look.memory ** 2) * fresh;
    let factor = rhythm(at) * inner(at) * (1 + (look.drift * i) / look.points) + (job === null ? 0 : jobAt(job, at));
    for (const change of changes) if (i >= change.from) factor *= change.times;
    for (const { middle, width, adds } of surges) factor *= 1 + adds * Math.exp(-(((i - middle) / width) ** 2) / 2);
    return Math.max(0, look.level * factor * Math.exp(look.wander * level) * (1 + look.noise * noise));
  });
}

function countsOf(own: Dice, look: Look): Float64Array {
  const rhythm = rhythmFor(own, look);
  const rate = 0.05 + 2 * own.next();
  return Float64Array.from({ length: look.points }, (_, i) => poisson(own, rate * rhythm(START + i * look.step)));
}

function rhythmFor(own: Dice, { form, strength, weekend, holidays, late, points, step }: Look): Rhythm {
  const days = Math.floor((points * step) / DAY);
  const first = Math.floor(START / DAY);
  const free = new Set(Array.from({ length: holidays }, () => first + own.whole(0, days)));
  const day = rhythmOf(form(own), { strength, weekend, holidays: free });
  const later = lateness(own, { from: START, days, by: late });
  return (at) => day(at + later(at));
}

function levelChanges(own: Dice, look: Look): readonly { readonly from: number; readonly times: number }[] {
  return Array.from({ length: look.levelChanges }, () => ({
    from: own.whole(0, look.points),
    times: own.chance(0.5) ? 1.2 + 0.4 * own.next() : 0.6 + 0.25 * own.next(),
  }));
}

interface Place {
  readonly from: number;
  readonly length: number;
  readonly form: IncidentForm;
}

/**
 * Where incidents are, in order and apart from each other: some at random, others soon after one of those. Where there is no room left,
 * there are fewer.
 */
function placesOf(own: Dice, look: Look, usual: IncidentForm | undefined): readonly Place[] {
  const { points, incidents, incidentForms } = look;
  const places: Place[] = [];
  for (let attempt = 0; attempt < 20 * incidents && places.length < incidents; attempt += 1) {
    const form = own.chance(HABIT) ? usual : incidentForms[own.whole(0, incidentForms.length - 1)];
    if (form === undefined) break;
    const longest = Math.min(form.longest, look.longest);
    const shortest = Math.min(longest, look.shortest);
    const length = Math.round(shortest * (longest / shortest) ** own.next());
    const from = beginOf(own, look, places, length);
    const isFree = places.every(
      (other) => from > other.from + other.length + APART || from + length + APART < other.from,
    );
    if (isFree && from <= points - length - 1) places.push({ from, length, form });
  }
  return places.sort((a, b) => a.from - b.from);
}

function beginOf(own: Dice, { points, step, clustered }: Look, places: readonly Place[], length: number): number {
  const other = own.chance(clustered) ? places[own.whole(0, Math.max(0, places.length - 1))] : undefined;
  if (other === undefined) return own.whole(Math.ceil(WARM_UP * points), points - length - 1);
  const gap = Math.round((-Math.log(1 - own.next()) * SOON) / step);
  return other.from + other.length + APART + 1 + gap;
}

interface Trouble {
  /** The form that most incidents of this series take. */
  readonly form: IncidentForm | undefined;
  sizeAt(form: IncidentForm, place: number): number;
}

/** What usually goes wrong in a series, and by how much. */
function troubleOf(own: Dice, look: Look, clean: Float64Array): Trouble {
  const form = look.incidentForms[own.whole(0, look.incidentForms.length - 1)];
  const sorted = clean.slice().sort();
  const range =
    (sorted[Math.floor(0.95 * sorted.length)] as number) - (sorted[Math.floor(0.05 * sorted.length)] as number);
  const ofRange = own.chance(look.plain) ? range : null;
  const [low, high] = ofRange === null ? OF_NOISE : OF_RANGE;
  const usual = low * (high / low) ** own.next();
  const sizeAt = (struck: IncidentForm, place: number): number => {
    const times = struck === form ? usual * own.skewed(0.2) : low * (high / low) ** own.next();
    const middle = clean[place] as number;
    if (ofRange !== null) return Math.max(times * ofRange, look.noise * middle);
    return look.counts ? Math.ceil(times * Math.sqrt(1 + middle)) : times * look.noise * middle;
  };
  return { form, sizeAt };
}

/** Points without a value: single ones, and now and then an hour or more of them; never in an incident. */
function lostPoints(own: Dice, { points, missing, step }: Look, incidents: readonly Incident[]): ReadonlySet<number> {
  const lost = new Set<number>();
  for (let i = 0; i < points; i += 1) {
    if (!own.chance(missing)) continue;
    const length = own.chance(0.02) ? own.whole(1, Math.max(1, Math.round((3 * HOUR) / step))) : 1;
    for (let place = i; place < Math.min(points, i + length); place += 1) lost.add(place);
  }
  for (const { from, to } of incidents) for (let i = from; i <= to; i += 1) lost.delete(i);
  return lost;
}
