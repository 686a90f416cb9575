import { asObject } from '../sessions/json/fields.ts';
import { type Better, readBenchmarkData, readBenchmarks, withoutAssignment } from './benchmark.ts';
import { readJunit } from './junit.ts';
import { type ReportReading, unusable } from './reading.ts';
import { readSarif } from './sarif.ts';

/** Larger reports are not read. A year of tests takes less. */
export const MOST_BYTES: number = 64 * 1_024 * 1_024;

/** Reads a report, recognised by its content and not by its name: JUnit XML, SARIF, or results of github-action-benchmark. */
export function readReport(bytes: Uint8Array, better: Better): ReportReading {
  if (bytes.length > MOST_BYTES) return unusable(`it is larger than ${MOST_BYTES / 1_024 / 1_024} MiB`);
  const text = new TextDecoder('utf-8').decode(bytes);
  return text.trimStart().startsWith('<') ? readJunit(text) : readJson(withoutAssignment(text), better);
}

const UNKNOWN = 'it is neither JUnit XML, nor SARIF, nor results of github-action-benchmark';

function readJson(text: string, better: Better): ReportReading {
  const value = parsed(text);
  if (value === undefined) return unusable(UNKNOWN);
  if (Array.isArray(value)) return readBenchmarks(value, better);
  const object = asObject(value);
  const entries = asObject(object?.['entries']);
  if (entries !== null) return readBenchmarkData(entries);
  return object?.['version'] === '2.1.0' ? readSarif(object) : unusable(UNKNOWN);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
