import type { Facts, RunMark, SessionMark, ViolationMark } from '../core/facts.ts';
import type { Point, Series } from '../core/series.ts';
import type { Subject } from '../core/subject.ts';
import { after, between, DAY, type Duration, HOUR, hourOf, type Instant, startOf } from '../core/time.ts';
import { count, counterOf, observe, type RowDraft, readRow, spentUsd } from './row.ts';

/**
 * The metrics that are fully determined by the marks of runs, sessions and violations, so that they can be computed for any moment
 * of the last days.
 */
const RETOLD: readonly string[] = [
  'sessions.total',
  'sessions.active',
  'sessions.completed',
  'sessions.failed',
  'sessions.timedOut',
  'sessions.cancelled',
  'sessions.stoppedByLimit',
  'sessions.failureRate',
  'sessions.averageDuration',
  'sessions.tokenUsage.total',
  'sessions.tokenUsage.cost',
  'sessions.tokenUsage.unknownCost',
  'runs.started',
  'runs.completed',
  'runs.failed',
  'runs.cancelled',
  'runs.skipped',
  'violations.readOnlyViolations',
  'violations.scopeViolations',
  'violations.resourceLimitViolations',
  'violations.timeoutViolations',
  'violations.tamperingViolations',
  'violations.total',
];

/** Whether a path below `metrics` can be computed for a past moment: `sessions.failureRate`, `agents.*.runs.failed`. */
export function isRetold(path: string): boolean {
  return RETOLD.includes(path.replace(/^(?:last24h|agents\.\*)\./, ''));
}

/** How far back the marks are complete. Judging by them needs another day before that. */
export const RETOLD_FOR: Duration = 48 * HOUR;

/**
 * The facts as they were at a moment, as far as marks with times show: what had begun by then, and the end of what had ended by
 * then. Only the metrics of `isRetold` are right in them.
 */
export function factsAsOf(facts: Facts, at: Instant): Facts {
  const runs = facts.runs.filter((run) => run.startedAt <= at).map((run) => runAsOf(run, at));
  const sessions = facts.sessions.filter((session) => endOf(session) <= at);
  const violations = facts.violations.filter((violation) => violation.at <= at);
  const marks: Marks = { runs, sessions, violations };
  return {
    ...facts,
    ...marks,
    series: (metric, subject, step, from, to) => seriesOf(marks, { metric, subject, step }, from, to),
  };
}

/** The moments of a stretch of time at which a metric may have changed, in order: something began or ended, or an hour did. */
export function momentsOfChange(facts: Facts, from: Instant, to: Instant): readonly Instant[] {
  const hours: Instant[] = [];
  for (let at = startOf(hourOf(from)); at <= to; at = after(at, HOUR)) hours.push(at);
  const all = [
    ...hours,
    ...facts.runs.flatMap((run) => [run.startedAt, ...(run.status === 'completed' ? [run.updatedAt] : [])]),
    ...facts.sessions.map(endOf),
    ...facts.violations.map(({ at }) => at),
  ];
  return [...new Set(all.filter((at) => at > from && at <= to))].sort();
}

interface Marks {
  readonly runs: readonly RunMark[];
  readonly sessions: readonly SessionMark[];
  readonly violations: readonly ViolationMark[];
}

function endOf({ at, duration }: SessionMark): Instant {
  // Nothing lasts longer than a run may.
  return duration === null || duration < 0 || duration > 35 * DAY ? at : after(at, duration);
}

/** A run that ended later was still going on. */
function runAsOf(run: RunMark, at: Instant): RunMark {
  if (run.status !== 'completed' || run.updatedAt <= at) return run;
  return { ...run, status: 'in_progress', conclusion: null };
}

/** A single point with the result of the marks between two moments, counted by the bucket of their start, as the rollups do. */
function seriesOf(
  marks: Marks,
  head: Pick<Series, 'metric' | 'subject'> & { readonly step: 'hour' | 'day' },
  from: Instant,
  to: Instant,
): Series {
  const first = head.step === 'hour' ? startOf(hourOf(from)) : startOf(from.slice(0, 10));
  const isIn = (at: Instant): boolean => at >= first && between(at, to) > 0;
  const row = rowOf(marks, head.subject, isIn);
  const point: Point = { at: first, aggregate: readRow(head.metric, row) };
  return { ...head, points: [point] };
}

function rowOf({ runs, sessions, violations }: Marks, subject: Subject, isIn: (at: Instant) => boolean): RowDraft {
  const isOf = ({ agent }: { readonly agent: string }): boolean =>
    subject.kind === 'repository' || (subject.kind === 'agent' && agent === subject.name);
  const row: RowDraft = { n: {}, v: {} };
  for (const run of runs) if (isOf(run) && isIn(run.startedAt)) countRun(row, run);
  for (const session of sessions) if (isOf(session) && isIn(session.at)) countSession(row, session);
  for (const violation of violations) {
    if (isOf(violation) && isIn(violation.at)) count(row, `violations.${violation.kind}`, 1);
  }
  return row;
}

function countRun(row: RowDraft, run: RunMark): void {
  count(row, 'runs.started', 1);
  if (run.status !== 'completed') return;
  count(row, 'runs.completed', 1);
  const counter = counterOf(run.conclusion);
  if (counter !== null) count(row, counter, 1);
}

function countSession(row: RowDraft, session: SessionMark): void {
  count(row, session.outcome, 1);
  observe(row, 'cost', spentUsd(session.cost));
  observe(row, 'tokens', known(session.tokens));
  observe(row, 'duration', known(session.duration));
}

function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
