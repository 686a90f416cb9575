import { quantileSorted } from 'simple-statistics';
import type { Detector } from './detector.ts';
import { basisOf, isConstant, type Recent, shareNearer } from './look-back.ts';
import { lookBackDetector } from './look-back-detector.ts';
import { type Opinion, REPORT, type Sensitivity, scoreOf } from './method.ts';

/** The share of the look-back that must be below a value before it is too large. */
const PERCENTILES: Readonly<Record<Sensitivity, number>> = { low: 0.99, medium: 0.99, high: 0.95 };

/** Above the 99th percentile of the look-back; with high sensitivity above the 95th. */
export const percentile: Detector = lookBackDetector({
  name: 'percentile',
  summary: 'Above the 99th percentile of the look-back, with high sensitivity above the 95th.',
  limits: PERCENTILES,
  // With fewer points, the percentile would be the largest one.
  leastPoints: (share) => Math.round(1 / (1 - share)),
  opinionOf,
});

function opinionOf(recent: Recent, share: number, at: number, value: number): Opinion | string {
  if (isConstant(recent)) return 'all points in the look-back are the same';
  const middle = quantileSorted(recent.sorted, 0.5);
  const high = quantileSorted(recent.sorted, share);
  const ratio = high > middle ? (value - middle) / (high - middle) : value > high ? Number.POSITIVE_INFINITY : 0;
  return {
    score: value > high ? Math.max(REPORT, scoreOf(ratio)) : Math.min(scoreOf(ratio), REPORT - Number.EPSILON),
    expected: { low: null, high },
    deviation: ratio,
    confidence: shareNearer(recent, middle, value),
    basis: basisOf(recent, at),
  };
}
