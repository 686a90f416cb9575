import type { Labels } from '../../core/label.ts';

/** Values of one metric with one set of labels that a report tells. */
export interface ReportValues {
  readonly metric: string;
  readonly labels: Labels;
  readonly values: readonly number[];
}

/** A kind of report that can be read. */
export type ReportFormat = 'junit' | 'sarif' | 'benchmark';

/** What a report says, or why it says nothing: a sentence of ours that quotes nothing of it. */
export type ReportReading =
  | { readonly ok: true; readonly format: ReportFormat; readonly values: readonly ReportValues[] }
  | { readonly ok: false; readonly problem: string };

/** More than this of one thing in a report is no report, but a flood. */
export const MOST_ENTRIES = 200_000;
/** More sets of labels than this are not kept apart: see the cap of measures. */
export const MOST_SETS = 500;

/** That a report cannot be used. */
export function unusable(problem: string): ReportReading {
  return { ok: false, problem };
}
