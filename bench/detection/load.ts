import { dice } from '../../src/core/dice.ts';
import { DAY, fromMs, HOUR, MINUTE } from '../../src/core/time.ts';
import type { Detector, Watcher } from '../../src/detectors/detector.ts';
import { expectBaseline, newBaseline } from '../../src/detectors/expectation/baseline.ts';
import { expectDay } from '../../src/detectors/expectation/weekly.ts';
import type { Settings } from '../../src/detectors/method.ts';
import { DETECTORS, FLAGSHIP } from '../../src/detectors/registry.ts';

const USUAL: Settings = { sensitivity: 'medium', lookBack: '24h' };
const START = Date.UTC(2026, 0, 1);
const SERVERS = 50;
const SERIES = 200;

function value(series: number, i: number, period: number): number {
  return 100 + series + 30 * Math.sin((2 * Math.PI * i) / period) + ((i * 7_919 + series * 104_729) % 97) / 20;
}

/** Milliseconds for 24 hours of 50 servers, a point every five minutes. */
export function dayOfServers(): readonly (readonly [string, number])[] {
  const points = DAY / (5 * MINUTE);
  const moments = Array.from({ length: points }, (_, i) => fromMs(START + i * 5 * MINUTE));
  const once = (detector: Detector): number => {
    const started = performance.now();
    for (let server = 0; server < SERVERS; server += 1) {
      const watcher = detector.watch(USUAL);
      for (const [i, at] of moments.entries()) watcher.judge({ at, value: value(server, i, points) });
    }
    return performance.now() - started;
  };
  return DETECTORS.map((detector) => [detector.name, once(detector)] as const);
}

/** A year of hours of 200 series, all watched side by side by the flagship. */
export function yearOfSeries(): { readonly microsecondsAPoint: number; readonly megabytes: number } {
  const before = process.memoryUsage();
  const watchers: readonly Watcher[] = Array.from({ length: SERIES }, () => FLAGSHIP.watch(USUAL));
  const hours = (365 * DAY) / HOUR;
  const started = performance.now();
  for (let i = 0; i < hours; i += 1) {
    const at = fromMs(START + i * HOUR);
    for (const [series, watcher] of watchers.entries()) watcher.judge({ at, value: value(series, i, 24) });
  }
  const elapsed = performance.now() - started;
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { microsecondsAPoint: (elapsed * 1_000) / (hours * SERIES), megabytes: bytes / 1e6 };
}

const LONG = 5_000;
const BEFORE = 60;

/** Microseconds of processor time for what is expected of one day of a daily series. */
export function dayOfDays(): readonly (readonly [string, number])[] {
  const own = dice(1);
  const amounts = Array.from({ length: LONG }, (_, i) => (i % 7 >= 5 ? 0.2 : 1) * 50 * own.skewed(0.3));
  const days = amounts.map((_, i) => Math.floor(START / DAY) + i);
  const streamed = (values: readonly number[]): number => {
    const baseline = newBaseline();
    return microseconds((i) => expectBaseline(baseline, START + i * DAY, values[i] as number, DAY));
  };
  const apart = (i: number): unknown => {
    const from = Math.max(0, i - BEFORE);
    const past = { days: days.slice(from, i), amounts: amounts.slice(from, i) };
    return expectDay(past, START + i * DAY, amounts[i] as number);
  };
  return [
    ['an amount, as the series goes on', streamed(amounts)],
    [`an amount by ${BEFORE} days before it, without a state`, microseconds(apart)],
    ['a count', streamed(amounts.map((amount) => Math.floor(amount / 20)))],
  ];
}

function microseconds(judge: (i: number) => unknown): number {
  const started = process.cpuUsage();
  for (let i = 0; i < LONG; i += 1) judge(i);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / LONG;
}
