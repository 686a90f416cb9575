import { DAY } from '../../core/time.ts';
import { DAILY } from '../pace.ts';
import { newTail, surprise, type Tail } from '../tail.ts';
import { expectCount, isCount, unitOf } from './counts.ts';
import { type Expectation, medianOf, RANGE_WIDTH } from './expectation.ts';
import { expectNext, newRhythm, type Rhythm, SLOW } from './rhythm.ts';
import { type DayModel, expectNextDay, learnDay, learnDays, stillMeasures } from './weekly.ts';

/** The next point is judged by this many points: two months of days. */
const KEPT = 60;
/** This many more are allowed before the days are learned anew without the oldest ones. */
const BATCH = 15;
/** With fewer points, nothing is expected. */
const LEAST_POINTS = 7;
/** Smaller counts than this are too coarse to be amounts. For larger ones, the model that made the past more likely is used. */
const FEW = 5;
/** The share of a daily amount's false alarms spent on too much rather than too little. */
const UPWARDS = 0.85;
/** From this many counts on, it is known how rare large ones are in this very series. */
const KNOWN_TAIL = 200;
/** How many views the rhythm counts for in a fast series that is all rhythm. */
const RHYTHM_WEIGHT = 2;

/** What is remembered about a series in order to predict its next value. */
export interface Baseline {
  readonly moments: number[];
  readonly values: number[];
  readonly rhythm: Rhythm;
  /** How far counts were above what was expected. */
  readonly counted: Tail;
  /** What was learned from the kept days; null if none, or not all, were learned. */
  week: DayModel | null;
}

export function newBaseline(): Baseline {
  return { moments: [], values: [], rhythm: newRhythm(), counted: newTail(), week: null };
}

/** An expectation, and how many views of the series it should count for. */
export interface Weighed {
  readonly expectation: Expectation;
  readonly weight: number;
}

/** What is expected by the model that fits the kind of series: counts, days, or a finer rhythm. Then the value is learned. */
export function expectBaseline(baseline: Baseline, at: number, value: number, step: number): Weighed | null {
  const answer = choose(baseline, at, value, step);
  baseline.moments.push(at);
  baseline.values.push(value);
  if (baseline.week !== null) learnDay(baseline.week, dayOf(at), value);
  if (baseline.values.length >= KEPT + BATCH) {
    baseline.moments.splice(0, BATCH);
    baseline.values.splice(0, BATCH);
    baseline.week = null;
  }
  return answer;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

function choose(baseline: Baseline, at: number, value: number, step: number): Weighed | null {
  const { values, rhythm, counted } = baseline;
  const next = expectNext(rhythm, at, value, step);
  if (values.length < LEAST_POINTS) return null;
  const past = step >= DAILY ? values : values.slice(-KEPT);
  const count = step >= SLOW ? countOf({ values: past, counted }, value) : null;
  if (count !== null && count.usual < FEW) return { expectation: count.expectation, weight: 1 };
  if (step >= DAILY) {
    baseline.week = weekOf(baseline, value);
    const day = expectNextDay(baseline.week, at, value);
    const isDay = count === null || day.evidence > count.evidence;
    return { expectation: isDay ? leaning(day) : count.expectation, weight: 1 };
  }
  if (count !== null) return { expectation: count.expectation, weight: 1 };
  if (next === null) return null;
  return { expectation: next, weight: step >= SLOW ? 1 : RHYTHM_WEIGHT * next.strength };
}

/** What was learned from earlier days. It is learned anew if some days are missing or must be measured differently. */
function weekOf({ week, moments, values }: Baseline, next: number): DayModel {
  const known = week !== null && week.points === values.length && stillMeasures(week, values, next);
  return known ? week : learnDays({ days: moments.map(dayOf), amounts: values }, next);
}

interface Count {
  readonly expectation: Expectation;
  readonly evidence: number;
  /** The median of the earlier counts. */
  readonly usual: number;
}

/** The expectation for a count; null if the values are amounts. */
function countOf({ values, counted }: Pick<Baseline, 'values' | 'counted'>, value: number): Count | null {
  const unit = unitOf([...values, value]);
  if (unit === null || !isCount(values, unit)) return null;
  const expectation = expectCount(values, value, unit);
  return {
    expectation: knownRarity(expectation, counted),
    evidence: expectation.evidence,
    usual: medianOf(values) / unit,
  };
}

/** More than usual is worth reporting sooner than less, so most of the allowed false alarms are spent on it. */
function leaning(expectation: Expectation): Expectation {
  const share = expectation.deviation > 0 ? UPWARDS : 1 - UPWARDS;
  return { ...expectation, digits: Math.max(0, expectation.digits + Math.log10(2 * share)) };
}

/**
 * No rarer than counts this far above the expected value have been in this series, because sixty points say little about rare ones.
 */
function knownRarity(expectation: Expectation, counted: Tail): Expectation {
  const known = counted.size > KNOWN_TAIL;
  const seen = surprise(counted, Math.max(0, expectation.deviation), RANGE_WIDTH);
  return known ? { ...expectation, digits: Math.min(seen, expectation.digits) } : expectation;
}
