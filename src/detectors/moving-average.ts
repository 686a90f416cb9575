import { mean } from 'simple-statistics';
import type { Detector } from './detector.ts';
import { basisOf, type Recent, shareNearer } from './look-back.ts';
import { lookBackDetector } from './look-back-detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** How many times the average is too much. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 3, medium: 2, high: 1.5 };
const LEAST_POINTS = 5;

/** The ratio of a value to the average of the look-back. It says nothing if the average is not positive. */
export const movingAverage: Detector = lookBackDetector({
  name: 'moving-average',
  summary: 'More than 3.0, 2.0 or 1.5 times the average of the look-back.',
  limits: LIMITS,
  leastPoints: () => LEAST_POINTS,
  opinionOf,
});

function opinionOf(recent: Recent, limit: number, at: number, value: number): Opinion | string {
  const average = mean(recent.values);
  if (!(average > 0)) return 'the average of the look-back is not positive, so that no ratio can be taken';
  const ratio = value / average;
  return {
    score: scoreOf(ratio / limit),
    expected: { low: null, high: average * limit },
    deviation: ratio,
    confidence: shareNearer(recent, average, value),
    basis: basisOf(recent, at),
  };
}
