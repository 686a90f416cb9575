import { describe, expect, test } from 'vitest';
import type { LabelledSeries } from '../../bench/detection/corpus.ts';
import { groundOf, PROFILES, type Scores, scoreAcross, scoreAt, scoreOptimised } from '../../bench/detection/nab.ts';
import { readings } from '../kit/series.ts';

/** 100 points with a window from 40 to 49. Points before 15 do not count. */
function series(file: string, windows: LabelledSeries['windows'] = [[40, 49]]): LabelledSeries {
  return { file, category: file.split('/')[0] ?? '', readings: readings(new Array(100).fill(1)), windows };
}

const CORPUS = [series('a/one'), series('a/none', []), series('b/two')];
const GROUNDS = CORPUS.map(groundOf);
const [STANDARD, LOW_FP, LOW_FN] = PROFILES as [
  (typeof PROFILES)[number],
  (typeof PROFILES)[number],
  (typeof PROFILES)[number],
];

function reportsAt(places: Readonly<Record<string, readonly number[]>>): Scores {
  return new Map(
    CORPUS.map(({ file }) => [
      file,
      Float64Array.from({ length: 100 }, (_, i) => (places[file]?.includes(i) ? 0.9 : 0.1)),
    ]),
  );
}

describe('the scoring of the benchmark', () => {
  test('gives 100 for a report on the first point of every window and for nothing else', () => {
    const perfect = reportsAt({ 'a/one': [40], 'b/two': [40] });
    for (const profile of PROFILES) expect(scoreOptimised(GROUNDS, perfect, profile).score).toBeCloseTo(100, 9);
    expect(scoreAcross(GROUNDS, perfect, STANDARD)).toBeCloseTo(100, 9);
  });

  test('gives nothing for saying nothing, and for saying the same all the time', () => {
    for (const profile of PROFILES) {
      expect(scoreAt(GROUNDS, reportsAt({}), profile, 0.5).score).toBe(0);
      const always = new Map(CORPUS.map(({ file }) => [file, new Float64Array(100).fill(1)]));
      expect(scoreOptimised(GROUNDS, always, profile).score).toBe(0);
      expect(scoreAt(GROUNDS, always, profile, 0.5).score).toBeLessThan(-100);
    }
  });

  test('takes the same for a false report as the profile says, and less just after a window', () => {
    const withFalse = (place: number): number =>
      scoreAt(GROUNDS, reportsAt({ 'a/one': [40], 'a/none': [], 'b/two': [40, place] }), STANDARD, 0.5).score;
    // One false report far from any window: 0.11 of four points (two windows found and not missed), which are 100.
    expect(100 - withFalse(20)).toBeCloseTo((100 * 0.11) / 4, 9);
    expect(100 - withFalse(51)).toBeGreaterThan(0);
    expect(100 - withFalse(51)).toBeLessThan(100 - withFalse(60));
    expect(withFalse(10)).toBeCloseTo(100, 9);
    const doubled = scoreAt(GROUNDS, reportsAt({ 'a/one': [40], 'b/two': [40, 20] }), LOW_FP, 0.5).score;
    expect(100 - doubled).toBeCloseTo((100 * 0.22) / 4, 9);
  });

  test('pays less for late reports and counts a window once', () => {
    const at = (...places: number[]): number =>
      scoreAt(GROUNDS, reportsAt({ 'a/one': [40], 'b/two': places }), STANDARD, 0.5).score;
    expect(at(45)).toBeLessThan(at(41));
    expect(at(41, 45, 48)).toBe(at(41));
    expect(at()).toBeCloseTo(50, 9);
    expect(scoreAt(GROUNDS, reportsAt({ 'a/one': [40] }), LOW_FN, 0.5).score).toBeCloseTo(50, 9);
  });
});
