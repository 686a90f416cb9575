import { errorFunction, mean, sampleStandardDeviation } from 'simple-statistics';
import type { Detector } from './detector.ts';
import { basisOf, isConstant, type Recent } from './look-back.ts';
import { lookBackDetector } from './look-back-detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** How many standard deviations from the mean are too many. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 3, medium: 2.5, high: 2 };
/** With fewer points, the mean and the standard deviation are dominated by chance. */
const LEAST_POINTS = 10;

/** The plain z-score: (value − mean) / standard deviation of the look-back. */
export const zScore: Detector = lookBackDetector({
  name: 'z-score',
  summary: 'More than 3.0, 2.5 or 2.0 standard deviations from the mean of the look-back.',
  limits: LIMITS,
  leastPoints: () => LEAST_POINTS,
  opinionOf,
});

function opinionOf(recent: Recent, limit: number, at: number, value: number): Opinion | string {
  if (isConstant(recent)) return 'all points in the look-back are the same';
  const middle = mean(recent.values);
  const sigma = sampleStandardDeviation(recent.values);
  const z = (value - middle) / sigma;
  return {
    score: scoreOf(Math.abs(z) / limit),
    expected: { low: middle - limit * sigma, high: middle + limit * sigma },
    deviation: z,
    confidence: errorFunction(Math.abs(z) / Math.SQRT2),
    basis: basisOf(recent, at),
  };
}
