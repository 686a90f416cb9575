import { DAY, fromMs, HOUR, MINUTE } from '../../src/core/time.ts';
import type { Detector, Watcher } from '../../src/detectors/detector.ts';
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
