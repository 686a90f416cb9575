import { DAY, type Duration, fromMs, HOUR } from '../../src/core/time.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import type { Judgement, Reading, Settings } from '../../src/detectors/method.ts';

/** A Monday, midnight in UTC. */
export const MONDAY: number = Date.parse('2026-01-05T00:00:00Z');

export const USUAL: Settings = { sensitivity: 'medium', lookBack: '30d' };

/** Readings at an even step from a Monday on. */
export function readings(values: readonly (number | null)[], step: Duration = HOUR): readonly Reading[] {
  return values.map((value, i) => ({ at: fromMs(MONDAY + i * step), value }));
}

export function judgeAll(
  detector: Detector,
  series: readonly Reading[],
  settings: Settings = USUAL,
): readonly Judgement[] {
  const watcher = detector.watch(settings);
  return series.map((reading) => watcher.judge(reading));
}

/** The places of the reports. */
export function reportsOf(judgements: readonly Judgement[]): readonly number[] {
  return judgements.flatMap(({ score }, i) => (score >= 0.5 ? [i] : []));
}

/** Chance that is the same in every run: mulberry32 by T. Ettinger, public domain. */
export function dice(seed: number): { readonly even: () => number; readonly normal: () => number } {
  let state = seed >>> 0;
  const even = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  return { even, normal };
}

/** Daily spend with a weekly rhythm and a quarter of noise: weekends cost a third. */
export function dailySpend(days: number, seed: number): number[] {
  const { normal } = dice(seed);
  return Array.from({ length: days }, (_, i) => 40 * (i % 7 > 4 ? 0.33 : 1) * Math.exp(0.2 * normal()));
}

/** A value every five minutes with the rhythm of a day. */
export function dailyWave(points: number, seed: number): number[] {
  const { normal } = dice(seed);
  const day = DAY / (5 * 60_000);
  return Array.from({ length: points }, (_, i) => 100 + 30 * Math.sin((2 * Math.PI * i) / day) + 2 * normal());
}
