import { keptName } from '../../core/redact.ts';
import { isNumber } from '../../core/spool-line.ts';
import { asObject, asText, type JsonObject } from '../sessions/json/fields.ts';
import { MOST_SETS, type ReportReading, type ReportValues, unusable } from './reading.ts';

/** The direction in which a benchmark improves. */
export type Better = 'smaller' | 'bigger';

/** The tools for which bigger numbers are better, named as in github-action-benchmark. */
const BIGGER: ReadonlySet<string> = new Set(['benchmarkjs', 'pytest', 'customBiggerIsBetter']);

/** The text before the JSON in github-action-benchmark's `data.js`. */
const DATA_JS = /^\s*window\.BENCHMARK_DATA\s*=\s*/;

/** The JSON in a text that may be a `data.js`. */
export function withoutAssignment(text: string): string {
  return DATA_JS.test(text) ? text.replace(DATA_JS, '').replace(/;\s*$/, '') : text;
}

/** Reads a list of `{ name, unit, value }`, github-action-benchmark's format for custom tools. */
export function readBenchmarks(list: readonly unknown[], better: Better): ReportReading {
  return reading(list.map((entry) => valuesOf(entry, better, null)));
}

/** Reads the newest results of each suite in a `data.js` of github-action-benchmark. */
export function readBenchmarkData(entries: JsonObject): ReportReading {
  const found = Object.entries(entries).flatMap(([suite, history]) => {
    const last = Array.isArray(history) ? asObject(history.at(-1)) : null;
    const benches: unknown = last?.['benches'];
    if (!Array.isArray(benches)) return [null];
    const better: Better = BIGGER.has(asText(last?.['tool']) ?? '') ? 'bigger' : 'smaller';
    return benches.map((bench: unknown) => valuesOf(bench, better, suite));
  });
  return reading(found);
}

function reading(found: readonly (ReportValues | null)[]): ReportReading {
  if (found.length === 0) return unusable('it holds no benchmark');
  if (found.length > MOST_SETS) return unusable('it holds more benchmarks than are kept apart');
  const values = found.filter((each) => each !== null);
  if (values.length < found.length) return unusable('a benchmark in it lacks its name or has no number for a value');
  return { ok: true, format: 'benchmark', values };
}

function valuesOf(entry: unknown, better: Better, suite: string | null): ReportValues | null {
  const bench = asObject(entry);
  const name = asText(bench?.['name']);
  const value = bench?.['value'];
  const benchmark = name === null ? '' : keptName(suite === null ? name : `${suite}: ${name}`);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (benchmark === '' || !isNumber(number)) return null;
  const unit = keptName(asText(bench?.['unit']) ?? '');
  const labels = { benchmark, better, ...(unit === '' ? {} : { unit }) };
  return { metric: 'report.benchmark', labels, values: [number] };
}
