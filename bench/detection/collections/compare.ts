import { type Dice, dice } from '../../../src/core/dice.ts';
import type { Detector } from '../../../src/detectors/detector.ts';
import { REPORT, type Settings } from '../../../src/detectors/method.ts';
import { FLAGSHIP } from '../../../src/detectors/registry.ts';
import { type Collection, makeCollection } from './collections.ts';
import { add, f1, type Tally, tally } from './events.ts';
import { pattern, plainZ, type Rival, reportsOf, restedZ, seasonalMad, sixViews } from './rivals.ts';
import type { EventSeries } from './series.ts';

const SETTINGS: Settings = { sensitivity: 'low', lookBack: '30d' };
/** Series are parted into so many: the threshold for each part is the best one of the others. */
const PARTS = 5;
/** So many thresholds are tried, each above a smaller share of the points. */
const THRESHOLDS = 40;
const FIRST_SHARE = 0.05;
const SHRINKS = 0.8;
const DRAWS = 1_000;

function ours(detector: Detector): (series: EventSeries) => Float64Array {
  return ({ readings }) => {
    const watcher = detector.watch(SETTINGS);
    return Float64Array.from(readings, (reading) => watcher.judge(reading).score);
  };
}

/** Judged at the line of 0.5, the same for all. An evaluation that flatters one of the controls is broken. */
const AT_THE_LINE: readonly Rival[] = [
  { name: 'novelty', rest: 0, score: ours(FLAGSHIP) },
  plainZ,
  { name: 'control: always', rest: 0, score: ({ readings }) => new Float64Array(readings.length).fill(1) },
  { name: 'control: never', rest: 0, score: ({ readings }) => new Float64Array(readings.length) },
  { name: 'control: at random', rest: 0, score: ({ readings }) => atRandom(dice(readings.length), readings.length) },
];

function atRandom(own: Dice, length: number): Float64Array {
  return Float64Array.from({ length }, () => (own.chance(1 / 500) ? 1 : 0));
}

/** A row of figures for each method: those with a line at it, the others with a threshold taken from other series. */
export function eventRows(collection: Collection, firstSeed: number): readonly (readonly string[])[] {
  const series = makeCollection(collection, firstSeed);
  const rows = [...AT_THE_LINE, restedZ, seasonalMad, sixViews, pattern].map((rival) => {
    const scores = series.map(rival.score);
    const isOurs = AT_THE_LINE.includes(rival);
    const tallies = isOurs ? talliesAt(series, scores, rival, REPORT) : talliesAcross(series, scores, rival);
    const { found, incidents, falseAlarms } = add(tallies);
    return [
      collection.name,
      isOurs ? rival.name : `${rival.name}, threshold of other series`,
      `${f1(add(tallies)).toFixed(1)} (${spread(tallies)})`,
      `${found} of ${incidents}, ${falseAlarms}`,
    ];
  });
  return rows;
}

type Scores = readonly Float64Array[];

function talliesAt(
  series: readonly EventSeries[],
  scores: Scores,
  { rest }: Rival,
  threshold: number,
): readonly Tally[] {
  return series.map((one, i) => tally(one, reportsOf(scores[i] ?? new Float64Array(), threshold, rest, one.step)));
}

function talliesAcross(series: readonly EventSeries[], scores: Scores, rival: Rival): readonly Tally[] {
  const all = Float64Array.from(scores.flatMap((own) => [...own])).sort();
  const candidates = Array.from({ length: THRESHOLDS }, (_, i) => {
    const threshold = all[Math.floor(all.length * (1 - FIRST_SHARE * SHRINKS ** i))] ?? Number.POSITIVE_INFINITY;
    return talliesAt(series, scores, rival, threshold);
  });
  return series.map((_, place) => {
    const others = (tallies: readonly Tally[]): number =>
      f1(add(tallies.filter((_own, i) => i % PARTS !== place % PARTS)));
    const best = candidates.reduce((top, tallies) => (others(tallies) > others(top) ? tallies : top));
    return best[place] as Tally;
  });
}

/** How much the figure depends on which series there are: 5 % to 95 % of draws of as many series. */
function spread(tallies: readonly Tally[]): string {
  const own = dice(1);
  const draws = Array.from({ length: DRAWS }, () => {
    return f1(add(tallies.map(() => tallies[own.whole(0, tallies.length - 1)] as Tally)));
  }).sort((a, b) => a - b);
  return `${draws[Math.floor(0.05 * DRAWS)]?.toFixed(0)} to ${draws[Math.floor(0.95 * DRAWS)]?.toFixed(0)}`;
}
