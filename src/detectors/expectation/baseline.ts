import { DAY } from '../../core/time.ts';
import { expectCount, isCount, unitOf } from './counts.ts';
import { type Expectation, medianOf } from './expectation.ts';
import { expectNext, newRhythm, type Rhythm, SLOW } from './rhythm.ts';
import { expectDay } from './weekly.ts';

/** So many points are kept for what is judged from all of them at once: two months of days. */
const KEPT = 60;
/** With fewer points nothing is expected. */
const LEAST_POINTS = 7;
/** Slower series have a rhythm of weekdays, not of hours. */
const DAILY = DAY / 2;
/** A fast series that is all rhythm is judged by it as by so many views. */
const RHYTHM_WEIGHT = 2;

/** What is remembered of a series in order to expect its next value. */
export interface Baseline {
  readonly moments: number[];
  readonly values: number[];
  readonly rhythm: Rhythm;
}

export function newBaseline(): Baseline {
  return { moments: [], values: [], rhythm: newRhythm() };
}

/** An expectation, and for how many views of the series it should count. */
export interface Weighed {
  readonly expectation: Expectation;
  readonly weight: number;
}

/** What the model that fits the kind of series expects: counts, days, or a finer rhythm. Then the value is learned. */
export function expectBaseline(baseline: Baseline, at: number, value: number, step: number): Weighed | null {
  const answer = choose(baseline, at, value, step);
  baseline.moments.push(at);
  baseline.values.push(value);
  if (baseline.values.length > KEPT) {
    baseline.moments.shift();
    baseline.values.shift();
  }
  return answer;
}

function choose({ moments, values, rhythm }: Baseline, at: number, value: number, step: number): Weighed | null {
  const next = expectNext(rhythm, at, value, step);
  if (values.length < LEAST_POINTS) return null;
  if (step >= SLOW) {
    const unit = unitOf([...values, value]);
    if (unit !== null && isCount(medianOf(values), unit)) {
      return { expectation: expectCount(values, value, unit), weight: 1 };
    }
  }
  if (step >= DAILY) {
    const days = moments.map((moment) => Math.floor(moment / DAY));
    return { expectation: expectDay({ days, amounts: values }, at, value), weight: 1 };
  }
  if (next === null) return null;
  return { expectation: next, weight: step >= SLOW ? 1 : RHYTHM_WEIGHT * next.strength };
}
