import { type Dice, dice } from '../../src/core/dice.ts';
import { DAY, type Duration, fromMs, HOUR, MINUTE } from '../../src/core/time.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import { REPORT, type Settings } from '../../src/detectors/method.ts';

/** A way in which a series is normal: nothing in it is an anomaly, so that every report is a false alarm. */
interface Normal {
  readonly name: string;
  readonly step: Duration;
  readonly points: number;
  /** Short series need more of them, else a handful of reports is the whole figure. */
  readonly series: number;
  value(i: number, own: Dice, before: number): number;
}

const wave = (i: number, period: number): number => Math.sin((2 * Math.PI * i) / period);

const NORMALS: readonly Normal[] = [
  {
    name: 'noise, every 5 min',
    step: 5 * MINUTE,
    points: 4_000,
    series: 5,
    value: (_i, own) => 100 + 10 * Math.log(own.skewed(1)),
  },
  {
    name: 'daily wave with noise, every 5 min',
    step: 5 * MINUTE,
    points: 4_000,
    series: 5,
    value: (i, own) => 100 + 40 * wave(i, 288) + 5 * Math.log(own.skewed(1)),
  },
  { name: 'heavy-tailed, every hour', step: HOUR, points: 4_000, series: 5, value: (_i, own) => own.skewed(0.8) },
  {
    name: 'wandering, every hour',
    step: HOUR,
    points: 4_000,
    series: 5,
    value: (_i, own, before) => 0.98 * before + Math.log(own.skewed(1)),
  },
  {
    name: 'rare counts, every hour',
    step: HOUR,
    points: 4_000,
    series: 5,
    value: (_i, own) => (own.chance(0.05) ? own.whole(1, 3) : 0),
  },
  {
    name: 'amounts by weekday, every day',
    step: DAY,
    points: 400,
    series: 50,
    value: (i, own) => (i % 7 >= 5 ? 0.2 : 1) * 50 * own.skewed(0.3),
  },
];

/** Reports for each 1,000 points of series in which nothing is wrong, by kind of series. */
export function falseReports(detector: Detector, settings: Settings): readonly (readonly [string, number])[] {
  return NORMALS.map(({ name, step, points, series, value }) => {
    let reports = 0;
    for (let seed = 1; seed <= series; seed += 1) {
      const own = dice(seed * 977);
      const watcher = detector.watch(settings);
      let before = 0;
      for (let i = 0; i < points; i += 1) {
        before = value(i, own, before);
        const { score } = watcher.judge({ at: fromMs(Date.UTC(2026, 0, 5) + i * step), value: before });
        if (score >= REPORT) reports += 1;
      }
    }
    return [name, (1_000 * reports) / (points * series)] as const;
  });
}
