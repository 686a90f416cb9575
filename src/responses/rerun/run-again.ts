import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { RerunResponse } from '../../core/response.ts';
import type { Instant } from '../../core/time.ts';
import type { ActionsApi, ControlApi } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { isTooOld } from './targets.ts';

/** The result of requesting another attempt. */
export type RerunEnd =
  /** The attempt exists, requested by us, now or earlier, or by somebody else. */
  | { readonly kind: 'asked'; readonly url: string }
  /** It will never exist. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Not now. */
  | { readonly kind: 'later'; readonly why: string };

/** GitHub's limit for one run, whether all its jobs are run again or some (Actions docs, "Re-running workflows and jobs"). */
const MOST_RERUNS = 50;

/** What is needed to run runs again. */
export interface RerunTools {
  readonly actions: Pick<ActionsApi, 'run'>;
  readonly control: Pick<ControlApi, 'rerun' | 'rerunFailed'>;
  readonly now: Instant;
  /** The workflow that this process runs in; null when it runs in none. */
  readonly ownWorkflow: string | null;
}

/**
 * Requests the attempt after the failed one, unless it exists because a process that died, or a person, requested it.
 * @throws OutsideFailure when GitHub cannot be reached or refuses.
 */
export async function runAgain(tools: RerunTools, response: RerunResponse): Promise<RerunEnd> {
  const run = await lookAt(tools.actions, response.run);
  if (run === null) return { kind: 'refused', why: `Run ${response.run} is gone from GitHub.` };
  if (run.attempt > response.attempt) return { kind: 'asked', url: run.url };
  const never = whyNever(run, tools);
  if (never !== null) return { kind: 'refused', why: `Run ${run.id} is not run again: ${never}.` };
  if (run.status !== 'completed') return { kind: 'later', why: `Run ${run.id} has not ended yet.` };
  const answer = await ask(tools.control, response);
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'asked', url: run.url };
    case 'running':
      return await lookWhatRuns(tools.actions, response);
    case 'refused':
      return { kind: 'refused', why: `${answer.why}${adviceOn(answer.why, response)}` };
    default:
      return answer satisfies never;
  }
}

/** If a run ended before it had any job, GitHub has no failed job to start again from. */
function adviceOn(why: string, { act }: RerunResponse): string {
  const hasNone = act === 'rerun-failed' && /cannot be retried|failed jobs/i.test(why);
  return hasNone ? ' It may have no failed job of its own: `retry-run` runs all of it again.' : '';
}

/**
 * GitHub says that a run is in progress when somebody has just started the next attempt. It also says so for minutes after
 * the runner was lost, while the run already looks completed. Only an attempt that exists counts as requested.
 */
async function lookWhatRuns(
  actions: RerunTools['actions'],
  { run: id, attempt: failed }: RerunResponse,
): Promise<RerunEnd> {
  const run = await lookAt(actions, id);
  if (run !== null && run.attempt > failed) return { kind: 'asked', url: run.url };
  return { kind: 'later', why: `GitHub has not concluded run ${id} yet, though it looks completed.` };
}

/** Null for a run that was deleted. */
async function lookAt(actions: RerunTools['actions'], id: number): Promise<RemoteRun | null> {
  const read = await attempt(() => actions.run(id));
  if (read.ok) return read.value;
  if (read.failure.kind === 'not_found' || read.failure.kind === 'gone') return null;
  throw new OutsideFailure(read.failure);
}

function whyNever(
  { path, attempt: last, createdAt, conclusion }: RemoteRun,
  { ownWorkflow, now }: RerunTools,
): string | null {
  if (path === ownWorkflow) return 'it is of the workflow that Checkrein itself runs in';
  if (isTooOld(createdAt, now)) return 'GitHub runs nothing again that is older than 30 days';
  if (last > MOST_RERUNS) return `GitHub runs nothing again more than ${MOST_RERUNS} times`;
  return conclusion === 'success' ? 'it has ended well' : null;
}

function ask(control: RerunTools['control'], { act, run }: RerunResponse): ReturnType<ControlApi['rerun']> {
  switch (act) {
    case 'retry-run':
      return control.rerun(run);
    case 'rerun-failed':
      return control.rerunFailed(run);
    default:
      return act satisfies never;
  }
}
