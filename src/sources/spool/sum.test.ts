import { describe, expect, test } from 'vitest';
import type { Measure } from '../../core/measure.ts';
import { mergeAggregates } from '../../core/series.ts';
import { quantile, RELATIVE_ACCURACY } from '../../core/sketch.ts';
import type { SpoolLine } from '../../core/spool-line.ts';
import { MOST_LABEL_SETS, MOST_METRICS, measureOf, startSum } from './sum.ts';

const AT = '2026-11-21T09:30:15.250Z';
const CALL = { v: 1, kind: 'call', at: AT, server: 'github', tool: 'get_issue', ms: 10, ok: true } as const;

function summed(lines: readonly SpoolLine[]): readonly Measure[] {
  const sum = startSum();
  for (const line of lines) sum.add(line);
  return sum.measures();
}

function only(measures: readonly Measure[], metric: string): readonly Measure[] {
  return measures.filter((measure) => measure.metric === metric);
}

describe('calls', () => {
  test('become latency and errors by server and tool, of which count, sum and mean answer the usual questions', () => {
    const lines = [10, 30, 20].map((ms, i) => ({ ...CALL, ms, ok: i !== 1 }));
    const measures = summed(lines);
    expect(measures.map(({ metric, labels, minute }) => [metric, labels, minute])).toEqual([
      ['tool.errors', { server: 'github', tool: 'get_issue' }, '2026-11-21T09:30:00.000Z'],
      ['tool.failures', { server: 'github', tool: 'get_issue', error: 'unknown' }, '2026-11-21T09:30:00.000Z'],
      ['tool.latency', { server: 'github', tool: 'get_issue' }, '2026-11-21T09:30:00.000Z'],
    ]);
    expect(only(measures, 'tool.latency')[0]?.aggregate).toEqual({ count: 3, sum: 60, min: 10, max: 30, unknown: 0 });
    expect(only(measures, 'tool.errors')[0]?.aggregate).toEqual({ count: 3, sum: 1, min: 0, max: 1, unknown: 0 });
  });

  test('that failed are counted by the class of the error, those with a resource by the resource', () => {
    const measures = summed([
      { ...CALL, ok: false, error: 'http_404', resource: 'a.md' },
      { ...CALL, ok: false, error: 'http_404', resource: 'b.md' },
      { ...CALL, ok: false, error: 'ETIMEDOUT' },
    ]);
    expect(only(measures, 'tool.failures').map(({ labels, aggregate }) => [labels['error'], aggregate.count])).toEqual([
      ['ETIMEDOUT', 1],
      ['http_404', 2],
    ]);
    expect(only(measures, 'tool.resource.latency').map(({ labels }) => labels['resource'])).toEqual(['a.md', 'b.md']);
  });

  test('keep their quantiles within the accuracy of the sketch', () => {
    const [latency] = only(summed(Array.from({ length: 1_000 }, (_, i) => ({ ...CALL, ms: i + 1 }))), 'tool.latency');
    const { count, sum, min, max } = latency?.aggregate ?? { count: 0, sum: 0, min: 0, max: 0 };
    const { zeros, bins } = latency?.spread ?? { zeros: 0, bins: [] };
    // The 950th of the numbers from 1 to 1,000.
    const p95 = quantile({ count, sum, min, max, zeros, bins }, 0.95) ?? 0;
    expect(Math.abs(p95 - 950)).toBeLessThanOrEqual(950 * RELATIVE_ACCURACY + 1);
  });
});

describe('a sum', () => {
  test('is by UTC minute', () => {
    const measures = summed([
      CALL,
      { ...CALL, at: '2026-11-21T09:30:59.999Z' },
      { ...CALL, at: '2026-11-21T09:31:00.000Z' },
    ]);
    expect(only(measures, 'tool.latency').map(({ minute, aggregate }) => [minute, aggregate.count])).toEqual([
      ['2026-11-21T09:30:00.000Z', 2],
      ['2026-11-21T09:31:00.000Z', 1],
    ]);
  });

  test('is the same to the last bit in whatever order the lines come', () => {
    const lines = Array.from({ length: 300 }, (_, i) => ({ ...CALL, ms: 0.1 * i, tool: `t${i % 3}`, ok: i % 7 !== 0 }));
    expect(JSON.stringify(summed([...lines].reverse()))).toBe(JSON.stringify(summed(lines)));
  });

  test('has no spread where a value is below zero, and all else', () => {
    const line = { v: 1, kind: 'metric', at: AT, name: 'balance', labels: {} } as const;
    const [balance] = summed([
      { ...line, value: -5 },
      { ...line, value: 3 },
    ]);
    expect(balance).toMatchObject({ aggregate: { count: 2, sum: -2, min: -5, max: 3 }, spread: null });
  });

  test('tells labels apart whatever order they stand in, and which label is which', () => {
    const line = { v: 1, kind: 'metric', at: AT, name: 'x', value: 1 } as const;
    const labels = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
      { a: '2', b: '1' },
    ];
    expect(summed(labels.map((one) => ({ ...line, labels: one }))).map(({ aggregate }) => aggregate.count)).toEqual([
      2, 1,
    ]);
  });

  test('counts labels together when there are too many kinds, and loses no value', () => {
    const lines = Array.from({ length: MOST_LABEL_SETS + 50 }, (_, i) => ({ ...CALL, tool: `t${i}` }));
    const latency = only(summed(lines), 'tool.latency');
    expect(latency).toHaveLength(MOST_LABEL_SETS + 1);
    expect(latency.find(({ labels }) => labels['other'] === 'true')?.aggregate.count).toBe(50);
    expect(latency.map(({ aggregate }) => aggregate).reduce((a, b) => mergeAggregates(a, b) ?? a).count).toBe(
      lines.length,
    );
  });

  test('takes no more names of metrics than anybody would look at, and goes on with those it has', () => {
    const sum = startSum();
    const added = (name: string): boolean => sum.add({ v: 1, kind: 'metric', at: AT, name, value: 1, labels: {} });
    const names = Array.from({ length: MOST_METRICS }, (_, i) => `m${i}`);
    expect(names.every(added)).toBe(true);
    expect(added('one_more')).toBe(false);
    expect(added('m0')).toBe(true);
    expect(sum.add(CALL)).toBe(true);
    expect(sum.measures()).toHaveLength(MOST_METRICS + 2);
  });

  test('of nothing is nothing', () => {
    expect(summed([])).toEqual([]);
  });
});

test('one value is a measure of its minute', () => {
  expect(measureOf('build.duration', { target: 'linux' }, AT, [412])).toEqual({
    metric: 'build.duration',
    labels: { target: 'linux' },
    minute: '2026-11-21T09:30:00.000Z',
    aggregate: { count: 1, sum: 412, min: 412, max: 412, unknown: 0 },
    spread: { zeros: 0, bins: [[expect.any(Number), 1]] },
  });
});
