import { attempt, type Result } from '../../core/failure.ts';
import type { HeldWorkflow, WorkflowState } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import type { ActionsApi, ControlApi, RemoteWorkflow } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { resolved, workflowState } from './declare.ts';

/** One look at the held workflows. What could not be read is in it as a failure. */
export interface Observation {
  readonly at: Instant;
  /** All workflows of the repository. */
  readonly workflows: Result<readonly RemoteWorkflow[]>;
  /** Unfinished runs of each held workflow, by its path. */
  readonly runs: ReadonlyMap<string, Result<readonly RemoteRun[]>>;
}

/** What is read from GitHub. */
export interface Eyes {
  readonly actions: Pick<ActionsApi, 'workflows' | 'run' | 'runs'>;
  readonly control: Pick<ControlApi, 'unfinished' | 'unfinishedOfAll'>;
}

/** Up to this many workflows, each list is requested separately, so that other workflows' runs cannot crowd it out. */
const ONE_BY_ONE = 2;

/**
 * Looks at the held workflows and their unfinished runs, with at most a dozen requests, however many there are. A workflow
 * whose id is unknown is looked up by its path. If GitHub lists all workflows but that one, nothing of it runs.
 */
export async function observe(
  { actions, control }: Eyes,
  held: readonly HeldWorkflow[],
  now: () => Instant,
): Promise<Observation> {
  const workflows = await attempt(() => actions.workflows());
  const found = workflows.ok ? held.map((one) => resolved(one, workflows.value)) : held;
  // Read after the states, so the list includes what a workflow started while it was still active.
  const known = found.filter(({ id }) => id !== 0);
  const runs = known.length > ONE_BY_ONE ? await listTogether(control, known) : await listEach(control, known);
  const missing = workflows.ok ? found.filter(({ id }) => id === 0) : [];
  return { at: now(), workflows, runs: new Map([...runs, ...missing.map(({ path }) => [path, NO_RUNS] as const)]) };
}

/** A held workflow that has unfinished runs. */
export interface LivingWorkflow {
  readonly path: string;
  /** `unknown` if the workflows could not be listed. */
  readonly state: WorkflowState;
  /** How many of its runs have not ended. */
  readonly runs: number;
}

/** The held workflows that have unfinished runs. Leaves out those whose runs could not be listed. */
export function aliveIn({ workflows, runs }: Observation, held: readonly HeldWorkflow[]): readonly LivingWorkflow[] {
  return held.flatMap((one) => {
    const list = runs.get(one.path);
    if (list?.ok !== true || list.value.length === 0) return [];
    return [
      { path: one.path, state: workflows.ok ? stateOf(one, workflows.value) : 'unknown', runs: list.value.length },
    ];
  });
}

/** A workflow that GitHub no longer lists starts nothing by itself. */
function stateOf(held: HeldWorkflow, listed: readonly RemoteWorkflow[]): WorkflowState {
  const { id } = resolved(held, listed);
  const shown = listed.find((workflow) => workflow.id === id);
  return shown === undefined ? 'deleted' : workflowState(shown.state);
}

type Lists = ReadonlyMap<string, Result<readonly RemoteRun[]>>;

const NO_RUNS: Result<readonly RemoteRun[]> = { ok: true, value: [] };

async function listTogether(control: Eyes['control'], held: readonly HeldWorkflow[]): Promise<Lists> {
  const all = await attempt(() => control.unfinishedOfAll());
  if (!all.ok) return new Map(held.map(({ path }) => [path, all] as const));
  const { value } = all;
  if (value === null) return await listEach(control, held);
  return new Map(
    held.map(({ path, id }) => [path, { ok: true, value: value.filter((run) => run.workflowId === id) }] as const),
  );
}

async function listEach(control: Eyes['control'], held: readonly HeldWorkflow[]): Promise<Lists> {
  const lists = new Map<string, Result<readonly RemoteRun[]>>();
  for (const { path, id } of held) lists.set(path, await attempt(() => control.unfinished(id)));
  return lists;
}
