import type { Labels } from '../../core/label.ts';

/** A report's values for one metric with one set of labels. */
export interface ReportValues {
  readonly metric: string;
  readonly labels: Labels;
  readonly values: readonly number[];
}

/** A kind of report that can be read. */
export type ReportFormat = 'junit' | 'sarif' | 'benchmark';

/** What a report says, or why it cannot be used: a sentence of ours that quotes nothing of it. */
export type ReportReading =
  | { readonly ok: true; readonly format: ReportFormat; readonly values: readonly ReportValues[] }
  | { readonly ok: false; readonly problem: string };

/** More than this of one thing is a flood, not a report. */
export const MOST_ENTRIES = 200_000;
/** More sets of labels than this are not kept apart: see the cap of measures. */
export const MOST_SETS = 500;

/** The result for an unusable report. */
export function unusable(problem: string): ReportReading {
  return { ok: false, problem };
}
