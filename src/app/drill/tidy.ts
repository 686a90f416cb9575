import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import { CANARY, isDrill, lookAtCanary, standingAside } from '../stop/canary.ts';
import { resume } from '../stop/resume.ts';
import type { ResumeJob } from '../stop/resume-job.ts';
import type { StopJob } from '../stop/stop.ts';
import type { DrillJob } from './job.ts';
import { patiently } from './wait.ts';

/** What a stop and a resume both need. */
export function commonJob(
  job: DrillJob,
): Pick<StopJob, 'repo' | 'now' | 'by' | 'ledger' | 'github' | 'initiator' | 'sleep'> {
  const { repo, now, by, github, initiator, sleep } = job;
  return { repo, now, by, ledger: standingAside(job.ledger), github, initiator, sleep };
}

/** The resume of the canary. */
export function resumeJob(job: DrillJob, reason: string): ResumeJob {
  return { ...commonJob(job), limits: job.limits.stop, wish: { paths: null, stage: 'all', anyway: false, reason } };
}

/** A failure as a one-line record. */
export function sentence({ message, remedy }: Failure): string {
  return `${message}. ${remedy}.`;
}

/**
 * Undoes what a drill may have left: its halt, its disabled canary, its runs. Returns a sentence for each thing it could not
 * undo. When all is well it only looks.
 */
export async function tidyUp(job: DrillJob, canary: RemoteWorkflow): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const step of [liftHalt, enableCanary, endRuns]) {
    const done = await attempt(() => step(job, canary));
    if (!done.ok) faults.push(sentence(done.failure));
  }
  return faults;
}

async function liftHalt(job: DrillJob): Promise<void> {
  const { halt } = (await job.ledger.read()).state.halt;
  if (halt === null || !isDrill(halt)) return;
  await resume(resumeJob(job, 'The drill failed and is over'));
  if ((await job.ledger.read()).state.halt.halt === null) return;
  throw left('The halt of the canary is still in force', 'End it with `checkrein resume`');
}

async function enableCanary(job: DrillJob, { id }: RemoteWorkflow): Promise<void> {
  if (await isHeldByStop(job)) return await job.github.control.disable(id);
  const state = async (): Promise<string> => (await lookAtCanary(job.github))?.state ?? 'gone';
  if ((await state()) !== 'disabled_manually') return;
  await job.github.control.enable(id);
  const active = await patiently(job, job.limits.settle, async () => ((await state()) === 'active' ? true : null));
  if (active === null) {
    throw left('The canary is still disabled', 'Enable it with `gh workflow enable checkrein-canary.yml`');
  }
}

/**
 * A stop declared while the drill held the canary has taken the canary over, and brings it back when it ends. Until then it stays
 * off, even if the drill's resume had just switched it on.
 */
async function isHeldByStop(job: DrillJob): Promise<boolean> {
  const read = await attempt(() => job.ledger.read());
  if (!read.ok) return false;
  const { halt, held } = read.value.state.halt;
  return halt !== null && !isDrill(halt) && held.some(({ path }) => path === CANARY.workflow);
}

async function endRuns(job: DrillJob, { id }: RemoteWorkflow): Promise<void> {
  const { control } = job.github;
  const runs = await control.unfinished(id);
  if (runs.length === 0) return;
  for (const run of runs) await control.forceCancel(run.id);
  const ended = await patiently(job, job.limits.settle, async () =>
    (await control.unfinished(id)).length === 0 ? true : null,
  );
  if (ended === null) {
    throw left('A run of the canary goes on', 'It ends by itself within ten minutes, or by hand under Actions');
  }
}

function left(message: string, remedy: string): OutsideFailure {
  return new OutsideFailure({ kind: 'conflict', message, remedy, retry: false });
}
