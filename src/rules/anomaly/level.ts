import { DAY, toMs } from '../../core/time.ts';
import { changePoint } from '../../detectors/change-point.ts';
import { medianOf } from '../../detectors/expectation/expectation.ts';
import { REPORT } from '../../detectors/method.ts';
import type { AnomalyOptions } from './options.ts';
import type { Verdict } from './verdict.ts';
import { type Reading, usualValue, type Watched } from './watched.ts';

const WEEK = 7;
/** The new level is that of the last week, the old one that of the four weeks before. */
const OLD = 28;
/** How many days a change is reported after it was found. */
const TOLD_FOR = 3;
/** The fewest earlier days of the same weekday needed to say what is usual. */
const LEAST_SAME = 2;

/**
 * Whether the level of a series has changed and stays changed. Uses sums of small departures from its own weekday
 * (src/detectors/change-point.ts), which find what no single day shows. A sentence if that is not known; null if it has not
 * changed.
 */
export function levelChange(watched: Watched, settings: AnomalyOptions): Verdict | string | null {
  const days = watched.readings.slice(0, -1).flatMap((reading) => usual(reading, watched.kind) ?? []);
  if (days.length < OLD + WEEK) return `${days.length} whole days are known; ${OLD + WEEK} are needed`;
  const last = days.at(-1);
  const [first] = days;
  if (last === undefined || first === undefined || !foundLately(days, settings)) return null;
  const value = medianOf(days.slice(-WEEK).map((day) => day.value));
  const before = days.slice(-OLD - WEEK, -WEEK);
  const middle = medianOf(before.map((day) => day.value));
  return {
    at: last.at,
    goesOn: false,
    method: 'change-point',
    value,
    middle,
    expected: { low: middle / settings.min_ratio, high: middle * settings.min_ratio },
    deviation: middle > 0 ? value / middle : 0,
    digits: 0,
    basis: { from: first.at, to: last.at, points: days.length },
  };
}

type Known = Reading & { readonly value: number };

function usual(reading: Reading, kind: Watched['kind']): Known | null {
  const value = usualValue(reading, kind);
  return value !== null && Number.isFinite(value) && value >= 0 ? { ...reading, value } : null;
}

function foundLately(days: readonly Known[], { sensitivity }: AnomalyOptions): boolean {
  const watcher = changePoint.watch({ sensitivity, lookBack: '30d' });
  const offset = Math.max(medianOf(days.map((day) => day.value).filter((value) => value > 0)) / 20, Number.MIN_VALUE);
  const byWeekday: number[][] = Array.from({ length: WEEK }, () => []);
  const scores = days.map(({ at, value }) => {
    const same = byWeekday[Math.floor(toMs(at) / DAY) % WEEK] ?? [];
    const usual = medianOf(same);
    const known = same.length >= LEAST_SAME;
    same.push(value);
    return known ? watcher.judge({ at, value: Math.log((value + offset) / (usual + offset)) }).score : 0;
  });
  return scores.slice(-TOLD_FOR).some((score) => score >= REPORT);
}
