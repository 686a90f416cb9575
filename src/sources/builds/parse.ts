import { errorClassOf } from '../../core/error-class.ts';
import type { EventOf } from '../../core/event.ts';
import type { Labels } from '../../core/label.ts';
import type { Measure } from '../../core/measure.ts';
import { keptName } from '../../core/redact.ts';
import { PROVES } from '../../core/run.ts';
import { repositorySubject } from '../../core/subject.ts';
import { between, type Duration, type Instant } from '../../core/time.ts';
import type { RemoteAnnotation, RemoteBuildJob } from '../../github/builds-port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import type { SourceMoment } from '../progress.ts';
import { measureOf } from '../spool/sum.ts';

/** One ended attempt of a workflow that is not an agent's, with everything that was read of it. */
export interface Build {
  readonly run: RemoteRun;
  readonly jobs: readonly RemoteBuildJob[];
  /** Messages of failed jobs. Untrusted text, of which only the class is kept. */
  readonly failures: readonly string[];
  readonly analyses: readonly Analysis[];
}

/** The annotations of a job that runs an analyser. */
export interface Analysis {
  readonly job: string;
  readonly annotations: readonly RemoteAnnotation[];
}

/** A build as measures of the minute in which it ended. The same run read twice yields the same event. */
export function buildEvent(build: Build, { repo, now }: SourceMoment): EventOf<'metrics.recorded'> {
  const { run } = build;
  return {
    v: 1,
    id: `build:${run.id}:${run.attempt}`,
    kind: 'metrics.recorded',
    at: run.updatedAt,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { measures: measuresOf(build) },
  };
}

function measuresOf({ run, jobs, failures, analyses }: Build): readonly Measure[] {
  const values = new Map<string, { readonly metric: string; readonly labels: Labels; readonly values: number[] }>();
  const put = (metric: string, labels: Labels, value: number | null): void => {
    if (value === null) return;
    const key = JSON.stringify([metric, labels]);
    const set = values.get(key) ?? { metric, labels, values: [] };
    values.set(key, set);
    set.values.push(value);
  };
  const workflow = keptName(run.path.replace(/^\.github\/workflows\//, ''));
  const labels = { workflow, trigger: keptName(run.trigger) };
  put('ci.runs', labels, run.conclusion === null ? null : PROVES[run.conclusion]);
  // A failure ends early, so its time does not show how long the work takes.
  if (run.conclusion === 'success') put('ci.duration', labels, wholeTime(jobs));
  for (const job of jobs) putJob(put, workflow, job);
  for (const message of failures) put('ci.errors', { workflow, error: errorClassOf(message) }, 1);
  for (const analysis of analyses) putAnalysis(put, analysis);
  return [...values.values()].map((set) => measureOf(set.metric, set.labels, run.updatedAt, set.values));
}

type Put = (metric: string, labels: Labels, value: number | null) => void;

/** The path of annotations about the job itself, such as its exit code. */
const OF_THE_JOB = '.github';
/** Named like the levels of SARIF, which `record report` reads. */
const LINT_LEVELS = [
  ['failure', 'error'],
  ['warning', 'warning'],
  ['notice', 'note'],
] as const;

/** An analyser without findings yields a 0, so that a clean state shows. */
function putAnalysis(put: Put, { job, annotations }: Analysis): void {
  const found = annotations.filter(({ path }) => path !== '' && path !== OF_THE_JOB);
  for (const [own, level] of LINT_LEVELS) {
    put('report.lint', { tool: keptName(job), level }, found.filter((one) => one.level === own).length);
  }
}

function putJob(put: Put, workflow: string, job: RemoteBuildJob): void {
  const { conclusion, createdAt, startedAt, completedAt, steps } = job;
  if (conclusion === 'skipped') return;
  put('ci.queue', { workflow }, timeBetween(createdAt, startedAt));
  if (conclusion !== 'success') return;
  const name = keptName(job.name);
  put('ci.job.duration', { workflow, job: name }, timeBetween(startedAt, completedAt));
  for (const step of steps) {
    const time = step.conclusion === 'success' ? timeBetween(step.startedAt, step.completedAt) : null;
    // GitHub keeps whole seconds, so the time of a shorter step is unknown.
    if (time !== null && time > 0) put('ci.step.duration', { workflow, job: name, step: keptName(step.name) }, time);
  }
}

function wholeTime(jobs: readonly RemoteBuildJob[]): Duration | null {
  const ran = jobs.filter(({ conclusion }) => conclusion !== 'skipped');
  const [first] = ran.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const last = ran
    .flatMap(({ completedAt }) => completedAt ?? [])
    .sort()
    .at(-1);
  return timeBetween(first ?? null, last ?? null);
}

/** Clocks of runners differ slightly from GitHub's, so negative times become zero. */
function timeBetween(from: Instant | null, to: Instant | null): Duration | null {
  return from === null || to === null ? null : Math.max(0, between(from, to));
}
