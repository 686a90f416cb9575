import { attempt, OutsideFailure } from '../core/failure.ts';
import type { RunStatus } from '../core/run.ts';
import { runOf } from './actions.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import type { ControlApi } from './port.ts';
import type { RemoteRun } from './remote.ts';
import type { RerunAnswer } from './rerun-port.ts';

const R = '/repos/{owner}/{repo}/actions';

function writing(doing: string): Purpose {
  return { doing, permission: 'actions: write' };
}

const DISABLE = writing('disable a workflow');
const ENABLE = writing('enable a workflow');
const CANCEL = writing('cancel a workflow run');
const FORCE_CANCEL = writing('force-cancel a workflow run');
const RERUN = writing('run a workflow run again');
const RERUN_FAILED = writing('run the failed jobs of a workflow run again');
const DISPATCH = writing('start a workflow');
const UNFINISHED: Purpose = { doing: 'list the unfinished workflow runs', permission: 'actions: read' };

/** In the order in which a run goes through them, so that one that moves on between two lists shows up in the later one. */
const UNFINISHED_STATUSES = [
  'requested',
  'waiting',
  'pending',
  'queued',
  'in_progress',
] as const satisfies readonly RunStatus[];

/** A filtered list of runs ends here, whatever its total says. */
const FILTERED_LIST_END = 1_000;

/** The state and the end of workflows and runs. Everything except starting something may be sent twice without harm. */
export function controlApi(connection: Connection): ControlApi {
  const { send } = connection;
  const end = async (purpose: Purpose, run: number, act: string): Promise<'accepted' | 'refused'> =>
    (await unlessRefused(send(purpose, `POST ${R}/runs/{run}/${act}`, { run }))) ? 'accepted' : 'refused';
  // A lost answer may hide an attempt that has started: a second try would start another once that one has ended.
  const again = async (purpose: Purpose, run: number, act: string): Promise<RerunAnswer> =>
    await rerunAnswer(send(purpose, `POST ${R}/runs/{run}/${act}`, { run, request: { retries: 0 } }));
  return {
    disable: async (workflow) => void (await send(DISABLE, `PUT ${R}/workflows/{workflow}/disable`, { workflow })),
    enable: async (workflow) => void (await send(ENABLE, `PUT ${R}/workflows/{workflow}/enable`, { workflow })),
    cancel: (run) => end(CANCEL, run, 'cancel'),
    forceCancel: (run) => end(FORCE_CANCEL, run, 'force-cancel'),
    unfinished: async (workflow) => (await unfinished(connection, `${R}/workflows/{workflow}/runs`, { workflow })).runs,
    unfinishedOfAll: async () => {
      const { runs, longest } = await unfinished(connection, `${R}/runs`, {});
      return longest < FILTERED_LIST_END ? runs : null;
    },
    rerun: (run) => again(RERUN, run, 'rerun'),
    rerunFailed: (run) => again(RERUN_FAILED, run, 'rerun-failed-jobs'),
    dispatch: async (workflow, ref, inputs) => {
      // A lost answer may hide a run that has started: a second try would start another.
      const parameters = { workflow, ref, inputs, request: { retries: 0 } };
      await startable(send(DISPATCH, `POST ${R}/workflows/{workflow}/dispatches`, parameters));
    },
  };
}

/** The runs that `route` lists for each status, and the length of the longest list. */
async function unfinished(
  { sendAll }: Connection,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<{ readonly runs: readonly RemoteRun[]; readonly longest: number }> {
  const found = new Map<number, RemoteRun>();
  let longest = 0;
  for (const status of UNFINISHED_STATUSES) {
    const page = { ...parameters, status };
    const listed = await sendAll(UNFINISHED, `GET ${route}`, page, 'a workflow run', 'workflow_runs');
    longest = Math.max(longest, listed.length);
    for (const run of listed.map(runOf)) if (run.status !== 'completed') found.set(run.id, run);
  }
  return { runs: [...found.values()], longest };
}

/** False when GitHub answers 409: the run cannot be cancelled, for example because it has ended. */
async function unlessRefused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof OutsideFailure && error.failure.kind === 'conflict') return false;
    throw error;
  }
}

/**
 * GitHub's wordings, with 403, for a run that will never have another attempt. It "cannot be retried" (no job of it has
 * failed, it never had jobs, or it is GitHub's own). "Unable to retry this workflow run because it was created over a month
 * ago" or "was not attempted with failed jobs" (also as "re-run"). Its workflow or Actions is disabled, or the repository is
 * archived.
 */
const NEVER = /cannot be (?:retried|re-?run)|unable to re-?(?:run|try)|disabled|archived/i;

/**
 * GitHub answers 403 for missing permissions, for a run that is in progress, and for one that cannot be retried; only the
 * words differ. Unknown words count as a lack of permission, which is reported to people. The request has no content, so 422
 * can only be about the run.
 */
async function rerunAnswer(call: Promise<unknown>): Promise<RerunAnswer> {
  const done = await attempt(() => call);
  if (done.ok) return { kind: 'accepted' };
  const { failure } = done;
  const { kind, message } = failure;
  if (kind === 'conflict' || (kind === 'forbidden' && /already running/i.test(message))) return { kind: 'running' };
  const isOfRun = kind === 'invalid' || (kind === 'forbidden' && NEVER.test(message));
  if (isOfRun || kind === 'not_found' || kind === 'gone') return { kind: 'refused', why: `${message}.` };
  throw new OutsideFailure(failure);
}

/** GitHub refuses a start with the same status for several reasons, and the words are not documented. */
async function startable(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof OutsideFailure) || error.failure.kind !== 'invalid') throw error;
    throw new OutsideFailure({
      ...error.failure,
      remedy:
        'Check that the workflow is enabled, that it lists `workflow_dispatch` with these inputs, and that the branch has it',
    });
  }
}
