import type { Detector } from '../../src/detectors/detector.ts';
import type { Settings } from '../../src/detectors/method.ts';
import { DETECTORS } from '../../src/detectors/registry.ts';
import type { LabelledSeries } from './corpus.ts';

/** Something that scores a series, point by point. */
export interface Contender {
  readonly name: string;
  readonly score: (series: LabelledSeries) => Float64Array;
}

function ours(detector: Detector, settings: Settings): Contender {
  return {
    name: detector.name,
    score: ({ readings }) => {
      const watcher = detector.watch(settings);
      return Float64Array.from(readings, (reading) => watcher.judge(reading).score);
    },
  };
}

/** So long a simple method is silent after it spoke, unless it is worse. The shorter rest of the flagship would cost most of them points. */
const REST = 120;
const WORSE = 1.1;

function rested(contender: Contender): Contender {
  return {
    name: `${contender.name}, with a rest`,
    score: (series) => {
      const scores = contender.score(series);
      const kept = new Float64Array(scores.length);
      for (const [i, score] of scores.entries()) {
        const lately = kept.subarray(Math.max(0, i - REST), i);
        kept[i] = lately.some((earlier) => earlier > 0 && earlier * WORSE >= score) ? 0 : score;
      }
      return kept;
    },
  };
}

/** An evaluation that flatters one of these is broken. */
const CONTROLS: readonly Contender[] = [
  { name: 'control: always', score: ({ readings }) => new Float64Array(readings.length).fill(1) },
  { name: 'control: never', score: ({ readings }) => new Float64Array(readings.length) },
  { name: 'control: at random', score: ({ readings, file }) => chance(readings.length, file.length) },
];

function chance(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}

const SETTINGS: Settings = { sensitivity: 'low', lookBack: '30d' };

/** The flagship, every other method as it is and with a rest, and the controls. */
export function contenders(): readonly Contender[] {
  const [flagship, ...others] = DETECTORS.map((detector) => ours(detector, SETTINGS));
  if (flagship === undefined) throw new Error('there is no detector');
  return [flagship, ...others.flatMap((other) => [other, rested(other)]), ...CONTROLS];
}

/**
 * What is published for all 58 series: the scoreboard of https://github.com/numenta/NAB#scoreboard, and for ARTime
 * https://github.com/markNZed/ARTimeNAB.jl. Standard / reward low FP / reward low FN, scored anew from the published result files.
 */
export const PUBLISHED: readonly (readonly [string, string])[] = [
  ['ARTime', '74.9 / 65.2 / 80.4'],
  ['Numenta HTM', '70.1 / 63.2 / 74.3'],
  ['CAD OSE', '69.9 / 67.0 / 73.2'],
  ['HTM java', '66.1 / 58.8 / 70.7'],
  ['earthgecko Skyline', '58.2 / 46.2 / 63.8'],
  ['KNN CAD', '58.0 / 43.4 / 64.8'],
  ['relative entropy', '54.6 / 47.6 / 58.8'],
  ['random cut forest', '51.7 / 38.4 / 59.8'],
  ['Twitter ADVec', '47.1 / 33.6 / 53.5'],
  ['windowed Gaussian', '39.7 / 20.9 / 47.4'],
  ['Etsy Skyline', '35.7 / 27.1 / 44.5'],
  ['Bayesian change point', '17.7'],
];
