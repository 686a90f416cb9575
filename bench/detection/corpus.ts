import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, parseInstant } from '../../src/core/time.ts';
import type { Reading } from '../../src/detectors/method.ts';

/** A series with the windows in which somebody else saw an anomaly, as places of their first and last point. */
export interface LabelledSeries {
  readonly file: string;
  readonly category: string;
  readonly readings: readonly Reading[];
  readonly windows: readonly (readonly [number, number])[];
}

/**
 * Reads a folder in the layout of the Numenta Anomaly Benchmark: `data/<category>/<file>.csv` with `timestamp,value`, and
 * `labels/combined_windows.json` with pairs of timestamps.
 */
export function readCorpus(folder: string): readonly LabelledSeries[] {
  const labels: Record<string, [string, string][]> = JSON.parse(
    readFileSync(join(folder, 'labels/combined_windows.json'), 'utf8'),
  );
  return Object.keys(labels)
    .sort()
    .map((file) => {
      const lines = readFileSync(join(folder, 'data', file), 'utf8')
        .trimEnd()
        .split(/\r?\n/);
      const readings = lines.slice(1).map((line) => {
        const [timestamp = '', value = ''] = line.split(',');
        return { at: moment(timestamp), value: Number(value) };
      });
      const place = (timestamp: string): number => {
        const at = moment(timestamp.slice(0, 19));
        return readings.findIndex((reading) => reading.at === at);
      };
      const windows = (labels[file] ?? []).map(([from, to]) => [place(from), place(to)] as const);
      return { file, category: file.split('/')[0] ?? '', readings, windows };
    });
}

function moment(text: string): Instant {
  const at = parseInstant(text);
  if (at === null) throw new Error(`'${text}' is no moment`);
  return at;
}
