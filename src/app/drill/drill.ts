import type { EventOf } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { DrillRecord } from '../../core/halt-events.ts';
import { plainLine } from '../../core/text.ts';
import { between, type Instant, MINUTE } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { CANARY, CANARY_SCOPE, leftByDeadDrill, lookAtCanary } from '../stop/canary.ts';
import { resume } from '../stop/resume.ts';
import { stop } from '../stop/stop.ts';
import type { DrillJob, DrillLimits } from './job.ts';
import { commonJob, resumeJob, sentence, tidyUp } from './tidy.ts';
import { patiently } from './wait.ts';

/** The stop's deadline is shorter than the canary's own wait: a canary that ends by itself proves nothing. */
export const DRILL_LIMITS: DrillLimits = {
  appear: 5 * MINUTE,
  begin: 2 * MINUTE,
  settle: MINUTE,
  stop: { grace: MINUTE, deadline: 5 * MINUTE, reserve: 0 },
};

const STEPS = 4;

type Times = { -readonly [K in 'timeToDetect' | 'timeToStop' | 'timeToRecover']: DrillRecord[K] };

/**
 * Starts the canary, stops it with the real stop, resumes it, and records how long each step took or what failed. Whatever
 * happens, leaves the canary active and no halt in force. Anything that could not be tidied up is recorded and counts as a
 * failure.
 * @throws OutsideFailure when a stop is in force (then nothing was done) or the ledger cannot be read or written.
 */
export async function drill(job: DrillJob): Promise<DrillRecord> {
  const at = job.now();
  const { state } = await job.ledger.read();
  const takeUp = leftByDeadDrill(state, at);
  const times: Times = { timeToDetect: null, timeToStop: null, timeToRecover: null };
  const canary = await attempt(() => prepare(job, takeUp));
  const faults = canary.ok ? await hold(job, canary.value, times) : [sentence(canary.failure)];
  const record = recordOf(times, faults);
  await job.ledger.append(() => [drillEvent(job, at, record)]);
  return record;
}

/** Records that a drill was held. */
export function drillEvent(
  { repo, by, now }: Pick<DrillJob, 'repo' | 'by' | 'now'>,
  at: Instant,
  record: DrillRecord,
): EventOf<'drill.ran'> {
  return {
    v: 1,
    id: `drill:${at}:${by}`,
    kind: 'drill.ran',
    at,
    seen: now(),
    repo,
    subject: { kind: 'checkrein', name: 'drill' },
    data: { drill: record },
  };
}

function recordOf(times: Times, faults: readonly string[]): DrillRecord {
  const ok = faults.length === 0;
  const detail = ok ? 'The canary was started, stopped and resumed.' : plainLine(faults.join(' '), 1_000);
  return { mode: 'live', ok, ...times, detail };
}

/** Cleans up after a drill that died, and finds the canary. */
async function prepare(job: DrillJob, takeUp: boolean): Promise<RemoteWorkflow> {
  job.progress('looking for the canary', 0, STEPS);
  if (takeUp) await resume(resumeJob(job, 'A drill that died had left the canary stopped'));
  return await findCanary(job);
}

/** Runs the drill and tidies up after it. Returns a sentence for each thing that is wrong. */
async function hold(job: DrillJob, canary: RemoteWorkflow, times: Times): Promise<readonly string[]> {
  const tried = await attempt(() => startStopResume(job, canary, times)).catch(async (bug: unknown) => {
    // Even when a bug of ours ends the drill: nothing may stay stopped.
    await tidyUp(job, canary);
    throw bug;
  });
  const fault = tried.ok ? tried.value : sentence(tried.failure);
  return [...(fault === null ? [] : [fault]), ...(await tidyUp(job, canary))];
}

/** Returns what is wrong with the stop as a sentence, or null. */
async function startStopResume(job: DrillJob, canary: RemoteWorkflow, times: Times): Promise<string | null> {
  job.progress('waiting for the canary', 1, STEPS);
  const run = await startCanary(job, canary, times);
  job.progress('stopping the canary', 2, STEPS);
  const fault = await stopCanary(job, canary, run, times);
  if (fault !== null) return fault;
  job.progress('resuming the canary', 3, STEPS);
  const from = job.now();
  await resume(resumeJob(job, 'The drill is over'));
  const active = await patiently(job, job.limits.settle, async () => ((await isActive(job)) ? true : null));
  if (active === null) return 'The canary was resumed, but GitHub does not show it as active.';
  times.timeToRecover = between(from, job.now());
  return null;
}

async function isActive(job: DrillJob): Promise<boolean> {
  return (await lookAtCanary(job.github))?.state === 'active';
}

async function findCanary(job: DrillJob): Promise<RemoteWorkflow> {
  const canary = await lookAtCanary(job.github);
  if (canary === null) {
    throw new OutsideFailure({
      kind: 'not_found',
      message: `The repository has no workflow ${CANARY.workflow}, so there is nothing harmless to stop`,
      remedy: `Copy config/workflows/checkrein-canary.yml of Checkrein to ${CANARY.workflow} on the default branch`,
      retry: false,
    });
  }
  if (canary.state !== 'active') {
    throw new OutsideFailure({
      kind: 'conflict',
      message: `The workflow ${CANARY.workflow} is not active but ${plainLine(canary.state)}, and not by a drill of ours`,
      remedy: 'Enable it under Actions, or with `gh workflow enable checkrein-canary.yml`',
      retry: false,
    });
  }
  return canary;
}

async function startCanary(job: DrillJob, { id }: RemoteWorkflow, times: Times): Promise<RemoteRun> {
  const { control, contents, actions } = job.github;
  const before = new Set((await control.unfinished(id)).map((run) => run.id));
  const branch = await contents.defaultBranch();
  const from = job.now();
  const sent = await attempt(() => control.dispatch(id, branch, {}));
  // A lost response may hide a start that worked.
  if (!sent.ok && !sent.failure.retry) throw new OutsideFailure(sent.failure);
  const run = await patiently(job, job.limits.appear, async () => {
    const runs = await control.unfinished(id);
    return runs.find((candidate) => !before.has(candidate.id)) ?? null;
  });
  if (run === null) throw new OutsideFailure(sent.ok ? notSeen() : sent.failure);
  times.timeToDetect = between(from, job.now());
  // A working run is the harder one to stop. A run that finds no runner is stopped while it waits.
  await patiently(job, job.limits.begin, async () => {
    const { status } = await actions.run(run.id);
    return status === 'in_progress' || status === 'completed' ? status : null;
  });
  return run;
}

function notSeen(): Failure {
  return {
    kind: 'unavailable',
    message: 'The canary was started, but its run was not seen in time',
    remedy: 'See under Actions whether GitHub has started it, and hold the drill again',
    retry: true,
  };
}

/** Stops the canary the way every agent is stopped, and does not take the receipt's word for it. */
async function stopCanary(job: DrillJob, canary: RemoteWorkflow, run: RemoteRun, times: Times): Promise<string | null> {
  const receipt = await stop({
    ...commonJob(job),
    limits: job.limits.stop,
    agents: [CANARY],
    spared: { ownWorkflow: null, isProtective: () => false },
    progress: () => undefined,
    scope: CANARY_SCOPE,
    reason: 'A drill of the stop, on its canary alone',
  });
  times.timeToStop = receipt.timeToStop;
  const [residue] = receipt.residue;
  if (residue !== undefined)
    return `The stop left a ${residue.what} (${residue.id}): ${residue.why}. ${residue.remedy}.`;
  const fault = await patiently(job, job.limits.settle, async () => {
    const seen = await faultOfStop(job, canary, run);
    return seen === null ? 'none' : null;
  });
  return fault === null ? await faultOfStop(job, canary, run) : null;
}

async function faultOfStop(job: DrillJob, { id }: RemoteWorkflow, { id: run }: RemoteRun): Promise<string | null> {
  const { control, actions } = job.github;
  const left = await control.unfinished(id);
  if (left.length > 0) return `The stop says that it is done, but ${left.length} of the canary's runs go on.`;
  const state = (await lookAtCanary(job.github))?.state ?? 'gone';
  if (state !== 'disabled_manually') return `The stop says that it is done, but the canary is ${plainLine(state)}.`;
  const { conclusion } = await actions.run(run);
  if (conclusion === 'cancelled') return null;
  return `The run of the canary was not ended by the stop: it ended as ${conclusion ?? 'unknown'}.`;
}
