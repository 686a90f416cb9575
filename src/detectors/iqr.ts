import { quantileSorted } from 'simple-statistics';
import type { Detector } from './detector.ts';
import { basisOf, type Recent, shareNearer } from './look-back.ts';
import { lookBackDetector } from './look-back-detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** How many interquartile ranges beyond the quartiles are too many: Tukey's "far out", 2.2 (below), Tukey's "outside". */
const FENCES: Readonly<Record<Sensitivity, number>> = { low: 3, medium: 2.2, high: 1.5 };
const LEAST_POINTS = 10;

/**
 * Fences around the middle half of the look-back: J. W. Tukey, Exploratory Data Analysis (1977); the multiplier 2.2 by
 * D. C. Hoaglin and B. Iglewicz, "Fine-tuning some resistant rules for outlier labeling", JASA 82 (1987).
 */
export const iqr: Detector = lookBackDetector({
  name: 'iqr',
  summary: 'More than 3.0, 2.2 or 1.5 interquartile ranges beyond the quartiles of the look-back.',
  limits: FENCES,
  leastPoints: () => LEAST_POINTS,
  opinionOf,
});

function opinionOf(recent: Recent, fence: number, at: number, value: number): Opinion | string {
  const lower = quantileSorted(recent.sorted, 0.25);
  const upper = quantileSorted(recent.sorted, 0.75);
  const range = upper - lower;
  if (!(range > 0)) return 'the middle half of the look-back is one value';
  const beyond = Math.max(lower - value, value - upper) / range;
  return {
    score: scoreOf(beyond / fence),
    expected: { low: lower - fence * range, high: upper + fence * range },
    deviation: Math.max(0, beyond),
    confidence: shareNearer(recent, quantileSorted(recent.sorted, 0.5), value),
    basis: basisOf(recent, at),
  };
}
