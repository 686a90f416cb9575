import { after, type Duration, type Instant, MINUTE, toMs } from '../../../src/core/time.ts';
import {
  currentAttempt,
  type FakeAttempt,
  type FakeJob,
  type FakeRun,
  type FakeUser,
  type FakeWorkflow,
  nextRunNumber,
  type RunPlan,
  type World,
} from './world.ts';

export interface Start {
  readonly event: string;
  readonly branch: string | null;
  readonly headSha: string;
  readonly actor: FakeUser;
  readonly at: Instant;
  /** What it does; the workflow's own plan when left out. */
  readonly plan?: RunPlan | null;
  /** Reusable workflows that its jobs call. */
  readonly calls?: readonly FakeWorkflow[];
}

/** After a cancel the server ends what still works. */
export const CANCEL_GRACE: Duration = 5 * MINUTE;

/** Puts a new run into the world, whatever the state of its workflow; without a plan it is queued and has no jobs. */
export function startRun(world: World, workflow: FakeWorkflow, start: Start): FakeRun {
  const plan = start.plan === undefined ? workflow.plan : start.plan;
  const run: FakeRun = {
    id: world.nextId(),
    runNumber: nextRunNumber(workflow),
    workflow,
    event: start.event,
    headBranch: start.branch,
    headSha: start.headSha,
    displayTitle: workflow.name,
    createdAt: start.at,
    actor: start.actor,
    fromFork: false,
    calls: start.calls ?? [],
    artifactNames: new Set(),
    attempts: [plannedAttempt(world, 1, plan, start.actor, start.at)],
  };
  world.runs.push(run);
  progress(run, start.at);
  return run;
}

/** An event for a workflow: starts a run where GitHub would, and answers null where the workflow is disabled. */
export function trigger(world: World, workflow: FakeWorkflow, start: Start): FakeRun | null {
  if (workflow.state !== 'active') return null;
  const run = startRun(world, workflow, start);
  const callable = world.switches.callsDisabled || run.calls.every(({ state }) => state === 'active');
  if (!callable) failAtStart(run, start.at);
  return run;
}

function failAtStart(run: FakeRun, at: Instant): void {
  const attempt = currentAttempt(run);
  attempt.jobs.splice(0);
  finish(attempt, at);
  attempt.conclusion = 'startup_failure';
}

/** A further attempt at a run by its plan; null where the workflow is disabled and the switch says that this counts. */
export function runAgain(world: World, run: FakeRun, by: FakeUser, at: Instant): FakeAttempt | null {
  if (run.workflow.state !== 'active' && !world.switches.rerunsDisabled) return null;
  const attempt = plannedAttempt(world, currentAttempt(run).attempt + 1, run.workflow.plan, by, at);
  run.attempts.push(attempt);
  progress(run, at);
  return attempt;
}

function plannedAttempt(world: World, number: number, plan: RunPlan | null, by: FakeUser, at: Instant): FakeAttempt {
  return {
    attempt: number,
    status: plan?.status ?? 'queued',
    conclusion: null,
    startedAt: at,
    updatedAt: at,
    beginsAt: plan?.startsAfter === undefined ? null : after(at, plan.startsAfter),
    cancelledAt: null,
    triggeringActor: by,
    jobs: (plan?.jobs ?? []).map(({ name, lasts, always }) => ({
      id: world.nextId(),
      name,
      status: 'queued',
      conclusion: null,
      createdAt: at,
      startedAt: at,
      completedAt: null,
      labels: ['ubuntu-latest'],
      steps: [],
      annotations: [],
      always: always ?? false,
      lasts: lasts ?? null,
    })),
  };
}

/** Lets a run do what it does by itself until a moment. */
export function progress(run: FakeRun, now: Instant): void {
  const attempt = currentAttempt(run);
  if (attempt.status === 'completed') return;
  begin(attempt, now);
  const { cancelledAt } = attempt;
  const serverEnd = cancelledAt === null ? null : after(cancelledAt, CANCEL_GRACE);
  const until = serverEnd !== null && serverEnd < now ? serverEnd : now;
  const ended = attempt.jobs.filter((job) => endInTime(job, until));
  if (serverEnd !== null && serverEnd <= now) endJobs(attempt, serverEnd, () => true);
  if (cancelledAt === null && ended.length === 0) return;
  if (attempt.jobs.every((job) => job.status === 'completed')) finish(attempt, lastEnd(attempt, cancelledAt));
}

function begin(attempt: FakeAttempt, now: Instant): void {
  const { beginsAt, cancelledAt } = attempt;
  if (beginsAt === null || beginsAt > now || cancelledAt !== null || attempt.status === 'in_progress') return;
  attempt.status = 'in_progress';
  attempt.updatedAt = beginsAt;
  for (const job of attempt.jobs) {
    job.status = 'in_progress';
    job.startedAt = beginsAt;
  }
}

/** Whether the job has come to its own end by then. */
function endInTime(job: FakeJob, until: Instant): boolean {
  if (job.status !== 'in_progress' || job.lasts === null) return false;
  const end = after(job.startedAt, job.lasts);
  if (end > until) return false;
  job.status = 'completed';
  job.conclusion = 'success';
  job.completedAt = end;
  return true;
}

function lastEnd(attempt: FakeAttempt, cancelledAt: Instant | null): Instant {
  const ends = attempt.jobs.map((job) => job.completedAt).filter((at) => at !== null);
  return [...ends, cancelledAt ?? attempt.startedAt].sort((a, b) => toMs(a) - toMs(b)).at(-1) ?? attempt.startedAt;
}

function finish(attempt: FakeAttempt, at: Instant): void {
  attempt.status = 'completed';
  attempt.conclusion = attempt.cancelledAt === null ? 'success' : 'cancelled';
  attempt.updatedAt = at;
}

/** Ends a run at once, whatever its jobs say; a run that is over stays as it is. */
export function cancelNow(run: FakeRun, at: Instant): void {
  cancel(run, at, () => true);
}

/** Ends what obeys a cancel; jobs with `always` go on, and so does the run then, until the server ends them. */
export function cancelPolitely(run: FakeRun, at: Instant): void {
  cancel(run, at, (always) => !always);
}

function cancel(run: FakeRun, at: Instant, obeys: (always: boolean) => boolean): void {
  const attempt = currentAttempt(run);
  if (attempt.status === 'completed') return;
  attempt.cancelledAt ??= at;
  attempt.updatedAt = at;
  endJobs(attempt, at, obeys);
  if (attempt.jobs.every((job) => job.status === 'completed')) finish(attempt, at);
}

function endJobs(attempt: FakeAttempt, at: Instant, obeys: (always: boolean) => boolean): void {
  for (const job of attempt.jobs) {
    if (job.status === 'completed' || !obeys(job.always)) continue;
    job.status = 'completed';
    job.conclusion = 'cancelled';
    job.completedAt = at;
  }
}
