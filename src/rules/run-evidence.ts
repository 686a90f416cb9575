import type { Facts, RunMark } from '../core/facts.ts';
import type { RunEvidence } from '../core/finding.ts';
import { attemptKey } from '../metrics/attempt.ts';
import { spentUsd } from '../metrics/row.ts';

const MOST_RUNS = 20;

/** Attempts as evidence, at most 20 in the given order, each with the note from `noteOf`. */
export function runEvidence(
  facts: Facts,
  runs: readonly RunMark[],
  noteOf: (run: RunMark) => string,
): { readonly runs: readonly RunEvidence[]; readonly moreRuns: number } {
  const shown = runs.slice(0, MOST_RUNS).map((run) => ({
    run: run.run,
    attempt: run.attempt,
    agent: run.agent,
    at: run.startedAt,
    url: run.url,
    usd: costOf(facts, run),
    note: noteOf(run),
  }));
  return { runs: shown, moreRuns: runs.length - shown.length };
}

/** The total cost of an attempt's sessions in dollars; `null` if none is known. */
function costOf(facts: Facts, run: RunMark): number | null {
  const key = attemptKey(run.run, run.attempt);
  const known = facts.sessions
    .filter((mark) => mark.run !== null && attemptKey(mark.run, mark.attempt ?? 1) === key)
    .flatMap((mark) => spentUsd(mark.cost) ?? []);
  return known.length === 0 ? null : known.reduce((sum, usd) => sum + usd, 0);
}
