import type { Instant } from '../../../src/core/time.ts';
import { currentAttempt, type FakeRun, type FakeUser, type FakeWorkflow, nextRunNumber, type World } from './world.ts';

export interface Start {
  readonly event: string;
  readonly branch: string | null;
  readonly headSha: string;
  readonly actor: FakeUser;
  readonly at: Instant;
}

/** Puts a new, queued run without jobs into the world. */
export function startRun(world: World, workflow: FakeWorkflow, start: Start): FakeRun {
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
    artifactNames: new Set(),
    attempts: [
      {
        attempt: 1,
        status: 'queued',
        conclusion: null,
        startedAt: start.at,
        updatedAt: start.at,
        triggeringActor: start.actor,
        jobs: [],
      },
    ],
  };
  world.runs.push(run);
  return run;
}

/** Ends a run at once, whatever its jobs say; a run that is over stays as it is. */
export function cancelNow(run: FakeRun, at: Instant): void {
  endJobs(run, at, () => true);
  settleCancel(run, at);
}

/** Ends what obeys a cancel; jobs with `always` go on, and so does the run then. */
export function cancelPolitely(run: FakeRun, at: Instant): void {
  endJobs(run, at, (always) => !always);
  settleCancel(run, at);
}

function endJobs(run: FakeRun, at: Instant, obeys: (always: boolean) => boolean): void {
  for (const job of currentAttempt(run).jobs) {
    if (job.status === 'completed' || !obeys(job.always)) continue;
    job.status = 'completed';
    job.conclusion = 'cancelled';
    job.completedAt = at;
  }
}

function settleCancel(run: FakeRun, at: Instant): void {
  const attempt = currentAttempt(run);
  if (attempt.status === 'completed' || attempt.jobs.some((job) => job.status !== 'completed')) return;
  attempt.status = 'completed';
  attempt.conclusion = 'cancelled';
  attempt.updatedAt = at;
}
