import { changePoint } from './change-point.ts';
import { counts } from './counts.ts';
import type { Detector } from './detector.ts';
import { dormancy } from './dormancy.ts';
import { drift } from './drift.ts';
import { iqr } from './iqr.ts';
import { movingAverage } from './moving-average.ts';
import { novelty } from './novelty/novelty.ts';
import { percentile } from './percentile.ts';
import { robust } from './robust.ts';
import { trend } from './trend.ts';
import { zScore } from './z-score.ts';

/** The detector that is used if none is named. */
export const FLAGSHIP: Detector = novelty;

/** Every detector, the flagship first; docs/detection.md explains each. */
export const DETECTORS: readonly Detector[] = [
  FLAGSHIP,
  zScore,
  movingAverage,
  percentile,
  iqr,
  robust,
  counts,
  changePoint,
  drift,
  trend,
  dormancy,
];
