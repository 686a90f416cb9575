import type { LabelledSeries } from './corpus.ts';

/**
 * The scoring of the Numenta Anomaly Benchmark, v1.1: A. Lavin and S. Ahmad, "Evaluating real-time anomaly detection algorithms",
 * ICMLA 2015, with the details of https://github.com/numenta/NAB (nab/scorer.py, nab/sweeper.py). The first report in a window
 * earns up to 1, the earlier the more; a missed window and every report outside of one cost, the latter less soon after a
 * window. The first 15 % of a file, at most 750 points, do not count. A profile weighs these; the threshold is the best one
 * over all files, and the result is scaled so that a detector that says nothing has 0 and a perfect one 100.
 */
export interface Profile {
  readonly name: string;
  readonly falseReport: number;
  readonly missed: number;
}

export const PROFILES: readonly Profile[] = [
  { name: 'standard', falseReport: 0.11, missed: 1 },
  { name: 'reward low FP', falseReport: 0.22, missed: 1 },
  { name: 'reward low FN', falseReport: 0.11, missed: 2 },
];

/** What a report at each point is worth, before the weights of a profile. */
export interface Ground {
  readonly file: string;
  readonly category: string;
  /** In a window from 1 down to 0, outside from 0 down to −1. */
  readonly worth: Float64Array;
  /** The window that a point is in, −1 for none. */
  readonly window: Int32Array;
  /** The first point that counts. */
  readonly start: number;
  readonly windows: number;
}

function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

export function groundOf({ file, category, readings, windows }: LabelledSeries): Ground {
  const { length } = readings;
  const worth = new Float64Array(length).fill(-1);
  const window = new Int32Array(length).fill(-1);
  for (const [number, [from, to]] of windows.entries()) {
    const width = to - from + 1;
    for (let i = from; i <= to; i += 1) {
      worth[i] = sigmoid(-(to - i + 1) / width) / sigmoid(-1);
      window[i] = number;
    }
    const next = windows[number + 1]?.[0] ?? length;
    for (let i = to + 1; i < next; i += 1) worth[i] = sigmoid((i - to) / (width - 1));
  }
  return {
    file,
    category,
    worth,
    window,
    start: Math.ceil(Math.min(Math.floor(0.15 * length), 750)),
    windows: windows.length,
  };
}

/** What one file adds up to at a threshold. */
export interface FileScore {
  readonly raw: number;
  readonly found: number;
  readonly countedWindows: number;
  readonly falseReports: number;
}

export function scoreFile(ground: Ground, scores: Float64Array, threshold: number, profile: Profile): FileScore {
  const best = new Map<number, number>();
  let raw = 0;
  let falseReports = 0;
  for (let i = ground.start; i < scores.length; i += 1) {
    const window = ground.window[i] as number;
    const worth = ground.worth[i] as number;
    if (window >= 0 && !best.has(window)) best.set(window, Number.NEGATIVE_INFINITY);
    if (!((scores[i] as number) >= threshold)) continue;
    if (window >= 0) best.set(window, Math.max(best.get(window) ?? 0, worth));
    else {
      raw += profile.falseReport * worth;
      falseReports += 1;
    }
  }
  const found = [...best.values()].filter(Number.isFinite);
  raw += found.reduce((sum, worth) => sum + worth, 0) - profile.missed * (best.size - found.length);
  return { raw, found: found.length, countedWindows: best.size, falseReports };
}

export type Scores = ReadonlyMap<string, Float64Array>;

/** The threshold with the best sum over all the files; above every score when saying nothing is best. */
export function bestThreshold(grounds: readonly Ground[], scores: Scores, profile: Profile): number {
  const points: { score: number; key: number; worth: number }[] = [];
  let first = 0;
  for (const ground of grounds) {
    const own = scores.get(ground.file) ?? new Float64Array();
    for (let i = ground.start; i < own.length; i += 1) {
      const window = ground.window[i] as number;
      points.push({ score: own[i] as number, key: window < 0 ? -1 : first + window, worth: ground.worth[i] as number });
    }
    first += ground.windows;
  }
  points.sort((a, b) => b.score - a.score);
  const best = new Float64Array(first).fill(-profile.missed);
  let sum = 0;
  let top = 0;
  let threshold = Number.POSITIVE_INFINITY;
  for (const [i, { score, key, worth }] of points.entries()) {
    if (key < 0) sum += profile.falseReport * worth;
    else if (worth > (best[key] as number)) {
      sum += worth - (best[key] as number);
      best[key] = worth;
    }
    if (points[i + 1]?.score !== score && sum > top) {
      top = sum;
      threshold = score;
    }
  }
  return threshold;
}

/** The result from 0 (says nothing) to 100 (perfect); below 0 is worse than saying nothing. */
export function normalised(grounds: readonly Ground[], files: readonly FileScore[], profile: Profile): number {
  const raw = files.reduce((sum, file) => sum + file.raw, 0);
  const nothing = -profile.missed * files.reduce((sum, file) => sum + file.countedWindows, 0);
  const perfect = grounds.reduce((sum, ground) => sum + ground.windows, 0);
  return (100 * (raw - nothing)) / (perfect - nothing);
}

export interface Result {
  readonly threshold: number;
  readonly score: number;
  readonly files: readonly FileScore[];
}

export function scoreAt(grounds: readonly Ground[], scores: Scores, profile: Profile, threshold: number): Result {
  const files = grounds.map((ground) =>
    scoreFile(ground, scores.get(ground.file) ?? new Float64Array(), threshold, profile),
  );
  return { threshold, score: normalised(grounds, files, profile), files };
}

/** As the benchmark does it: the threshold is the best over all files. */
export function scoreOptimised(grounds: readonly Ground[], scores: Scores, profile: Profile): Result {
  return scoreAt(grounds, scores, profile, bestThreshold(grounds, scores, profile));
}

/** The threshold for each category is the best one of the other categories, which is what strangers' data would get. */
export function scoreAcross(grounds: readonly Ground[], scores: Scores, profile: Profile): number {
  const files = new Map<string, FileScore>();
  for (const category of new Set(grounds.map((ground) => ground.category))) {
    const others = grounds.filter((ground) => ground.category !== category);
    const threshold = bestThreshold(others, scores, profile);
    for (const ground of grounds.filter((other) => other.category === category)) {
      files.set(ground.file, scoreFile(ground, scores.get(ground.file) ?? new Float64Array(), threshold, profile));
    }
  }
  return normalised(
    grounds,
    grounds.flatMap((ground) => files.get(ground.file) ?? []),
    profile,
  );
}
