import type { Labels } from '../../core/label.ts';
import type { Measure } from '../../core/measure.ts';
import { sketchOf } from '../../core/sketch.ts';
import type { SpoolLine } from '../../core/spool-line.ts';
import { type Instant, startOf } from '../../core/time.ts';

/** One metric with one set of labels in one minute, while values come in. */
interface Bucket {
  readonly metric: string;
  readonly labels: Labels;
  readonly minute: Instant;
  readonly values: number[];
}

/** Sums up lines by metric, labels and minute. */
export interface Summing {
  /** False when there are too many different measures. The line is then not counted. */
  readonly add: (line: SpoolLine) => boolean;
  /** Adds unreadable lines. */
  readonly addUnreadable: (count: number, at: Instant) => void;
  /** Sorted by minute, metric and labels, so that the order of the lines does not matter. */
  readonly measures: () => readonly Measure[];
}

/** Beyond this many sets of labels of one metric per file, the rest is counted together. */
export const MOST_LABEL_SETS = 1_000;

/** More different measures than this in one file are a flood, not a measurement. */
const MOST_MEASURES = 20_000;

/** Beyond this many metric names per file, further lines are not counted. */
export const MOST_METRICS = 50;

/** The labels of everything beyond the limit. */
const REST: Labels = { other: 'true' };

/** An empty sum. */
export function startSum(): Summing {
  const buckets = new Map<string, Bucket>();
  const sets = new Map<string, Set<string>>();
  const put = (metric: string, labels: Labels, at: Instant, value: number): void => {
    const kept = within(sets, metric, labels);
    const minute = minuteOf(at);
    const key = `${minute} ${metric} ${keyOf(kept)}`;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, { metric, labels: kept, minute, values: [value] });
    else bucket.values.push(value);
  };
  return {
    add: (line) => {
      if (buckets.size >= MOST_MEASURES) return false;
      if (line.kind === 'metric' && sets.size >= MOST_METRICS && !sets.has(line.name)) return false;
      addLine(line, put);
      return true;
    },
    addUnreadable: (count, at) => put('spool.unreadable', {}, at, count),
    measures: () => [...buckets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bucket]) => summed(bucket)),
  };
}

type Put = (metric: string, labels: Labels, at: Instant, value: number) => void;

function addLine(line: SpoolLine, put: Put): void {
  const { at } = line;
  switch (line.kind) {
    case 'metric':
      put(line.name, line.labels, at, line.value);
      return;
    case 'dropped':
      put('track.dropped', {}, at, line.count);
      return;
    case 'call': {
      const { server, tool, ms, ok, error, resource } = line;
      put('tool.latency', { server, tool }, at, ms);
      put('tool.errors', { server, tool }, at, ok ? 0 : 1);
      if (!ok) put('tool.failures', { server, tool, error: error ?? 'unknown' }, at, 1);
      if (resource !== undefined) put('tool.resource.latency', { server, tool, resource }, at, ms);
      return;
    }
    default:
      line satisfies never;
  }
}

/** The measure of one metric's values at a moment. Needs at least one value. */
export function measureOf(metric: string, labels: Labels, at: Instant, values: readonly number[]): Measure {
  return summed({ metric, labels, minute: minuteOf(at), values });
}

function summed({
  metric,
  labels,
  minute,
  values,
}: Readonly<Omit<Bucket, 'values'>> & { readonly values: readonly number[] }): Measure {
  const { sum, min, max } = extent(values);
  const sketch = min < 0 ? null : sketchOf(values);
  return {
    ...{ metric, labels, minute },
    aggregate: { count: values.length, sum, min, max, unknown: 0 },
    spread: sketch === null ? null : { zeros: sketch.zeros, bins: sketch.bins },
  };
}

/** Sorts the values first, so that the sum does not depend on their order, to the last bit. */
function extent(values: readonly number[]): { readonly sum: number; readonly min: number; readonly max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { sum, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

function minuteOf(at: Instant): Instant {
  return startOf(at.slice(0, 'yyyy-mm-ddThh:mm'.length));
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function within(sets: Map<string, Set<string>>, metric: string, labels: Labels): Labels {
  const known = sets.get(metric) ?? new Set<string>();
  sets.set(metric, known);
  const key = keyOf(labels);
  if (known.has(key)) return labels;
  if (known.size >= MOST_LABEL_SETS) return REST;
  known.add(key);
  return labels;
}
