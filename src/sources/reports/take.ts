import type { LedgerEvent } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import type { Labels } from '../../core/label.ts';
import { labelsProblem } from '../../core/label.ts';
import type { Measure } from '../../core/measure.ts';
import { repositorySubject } from '../../core/subject.ts';
import { matchingFiles } from '../matching-files.ts';
import type { SourceMoment } from '../progress.ts';
import { readPlain } from '../sessions/plain-file.ts';
import { measureOf } from '../spool/sum.ts';
import type { Better } from './benchmark.ts';
import { MOST_BYTES, readReport } from './read.ts';
import { type ReportReading, type ReportValues, unusable } from './reading.ts';

/** Which reports to read, and which labels to add to their values. */
export interface ReportOrder {
  readonly patterns: readonly string[];
  readonly labels: Labels;
  /** For benchmarks that do not say it themselves. */
  readonly better: Better;
}

/** The contents of the reports. */
export interface ReportTake {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  /** How many files were read. */
  readonly files: number;
}

/**
 * Reads reports of tests, analysers and benchmarks. Everything gets the time of reading. `mark` is unique for each call. An
 * unusable file becomes a complaint, and the others count.
 * @throws OutsideFailure if none can be used.
 */
export async function takeReports(order: ReportOrder, mark: string, moment: SourceMoment): Promise<ReportTake> {
  const { paths, unmatched } = await matchingFiles(order.patterns);
  const complaints = [...unmatched];
  const values: ReportValues[] = [];
  let files = 0;
  for (const path of paths) {
    const reading = readFrom(path, order.better);
    const problem = reading.ok ? labelProblem(reading.values, order.labels) : reading.problem;
    if (problem !== null || !reading.ok) complaints.push(`${path}: ${problem}`);
    else {
      files += 1;
      values.push(...reading.values);
    }
  }
  if (files === 0) throw nothingRead(complaints);
  const measures = measuresOf(values, order.labels, moment);
  const { repo, now } = moment;
  const event: LedgerEvent = {
    ...{ v: 1, id: `report:${mark}`, kind: 'metrics.recorded', at: now, seen: now, repo },
    ...{ subject: repositorySubject(repo), data: { measures } },
  };
  return { events: [event], complaints, files };
}

function readFrom(path: string, better: Better): ReportReading {
  try {
    const bytes = readPlain(path, MOST_BYTES);
    return bytes === null
      ? unusable(`it is no file, or larger than ${MOST_BYTES / 1_024 / 1_024} MiB`)
      : readReport(bytes, better);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return unusable(`it cannot be read (${String(error.code)})`);
  }
}

function labelProblem(values: readonly ReportValues[], given: Labels): string | null {
  for (const { labels } of values) {
    const taken = Object.keys(labels).find((label) => Object.hasOwn(given, label));
    if (taken !== undefined) return `the report brings a label '${taken}' of its own`;
    const problem = labelsProblem({ ...given, ...labels });
    if (problem !== null) return problem;
  }
  return null;
}

/** Values with the same labels from several reports belong together, since one test suite may be written to many files. */
function measuresOf(values: readonly ReportValues[], given: Labels, { now }: SourceMoment): readonly Measure[] {
  const sets = new Map<string, { readonly metric: string; readonly labels: Labels; readonly values: number[] }>();
  for (const { metric, labels, values: some } of values) {
    const all = { ...given, ...labels };
    const key = `${metric} ${JSON.stringify(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    const set = sets.get(key) ?? { metric, labels: all, values: [] };
    sets.set(key, set);
    for (const value of some) set.values.push(value);
  }
  return [...sets.values()].map((set) => measureOf(set.metric, set.labels, now, joined(set.metric, set.values)));
}

/** Counts of several files are added: a job that writes three reports has the problems of all three. */
function joined(metric: string, values: readonly number[]): readonly number[] {
  const isCount = metric === 'report.lint' || metric === 'report.tests.skipped' || metric === 'report.tests.duration';
  return isCount ? [values.reduce((sum, value) => sum + value, 0)] : values;
}

function nothingRead(complaints: readonly string[]): OutsideFailure {
  return new OutsideFailure({
    kind: 'invalid',
    message: `No report could be used: ${complaints.slice(0, 5).join('; ')}`,
    remedy: 'Name files with JUnit XML, SARIF 2.1.0 or results of github-action-benchmark; docs/record.md tells more',
    retry: false,
  });
}
