import type { Failure } from '../../core/failure.ts';
import type { EndRequest, HeldWorkflow, RunReceipt, StopReceipt, WorkflowState } from '../../core/halt.ts';
import type { RunConclusion } from '../../core/run.ts';
import { between, type Duration, type Instant, SECOND } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { resolved, workflowState } from './declare.ts';
import type { Observation } from './observe.ts';

/** One request to disable a workflow. */
export interface DisableRequest {
  readonly at: Instant;
  readonly accepted: boolean;
}

/** The state of a held workflow, after everything seen and requested so far. */
export interface WorkflowStanding {
  readonly held: HeldWorkflow;
  readonly state: WorkflowState;
  /** True once it was seen off or a request to switch it off was accepted. From then on its runs are ended. */
  readonly wasOff: boolean;
  /** True when it was seen off after the last request, so somebody must have switched it on again if it is active. */
  readonly offSinceAsked: boolean;
  readonly disables: readonly DisableRequest[];
  /** Since when every list, at least two of them, showed no run; null while one did. */
  readonly emptySince: Instant | null;
  readonly emptyLists: number;
  readonly listedAt: Instant | null;
  readonly disabling: Trouble;
  readonly listing: Trouble;
}

/** The state of a run that had not ended when we saw it. */
export interface RunStanding {
  readonly receipt: RunReceipt;
  /** Since when it is missing from the lists, and from how many in a row; null while they show it. */
  readonly absentSince: Instant | null;
  readonly absentLists: number;
  readonly listedAt: Instant;
  /** How often it was looked up by id after it had disappeared from the lists. */
  readonly looks: number;
  readonly trouble: Trouble;
}

/** Failures in a row; 0 after each success. */
export interface Trouble {
  readonly times: number;
  readonly last: Failure | null;
}

/** Everything that deciding may know. Plain data. */
export interface Standing {
  /** By path. */
  readonly workflows: readonly WorkflowStanding[];
  /** By run and attempt. */
  readonly runs: Readonly<Record<string, RunStanding>>;
  /** Consecutive failures to read the states of workflows. */
  readonly states: Trouble;
  /** What somebody has resumed during the stop. It is no longer looked at, only listed in the receipt. */
  readonly released: Released;
}

export interface Released {
  readonly workflows: readonly WorkflowStanding[];
  readonly runs: readonly RunStanding[];
}

const NO_TROUBLE: Trouble = { times: 0, last: null };

/** Lists may lag behind: two empty ones prove something only when they are this far apart. */
const SETTLE: Duration = 10 * SECOND;

/** How often a permanent refusal by GitHub is retried. */
const HOPELESS_AFTER = 3;

/** The standing before the first look. What an earlier process of this stop saw and requested still counts. */
export function beginning(held: readonly HeldWorkflow[], earlier: StopReceipt | null): Standing {
  // Runs of a workflow that was resumed since must not be ended any more.
  const theirs = (earlier?.runs ?? []).filter(({ workflow }) => held.some(({ path }) => path === workflow));
  const runs = theirs.map((receipt): readonly [string, RunStanding] => [
    runKey(receipt.id, receipt.attempt),
    {
      receipt,
      absentSince: null,
      absentLists: 0,
      listedAt: earlier?.halt.at ?? '',
      looks: 0,
      trouble: NO_TROUBLE,
    },
  ]);
  const asked = new Map((earlier?.workflows ?? []).map(({ path, at }) => [path, at]));
  const workflows = held.map((one) => unseen(one, asked.get(one.path) ?? null));
  return { workflows, runs: Object.fromEntries(runs), states: NO_TROUBLE, released: { workflows: [], runs: [] } };
}

function unseen(held: HeldWorkflow, askedAt: Instant | null): WorkflowStanding {
  return {
    held,
    state: 'unknown',
    wasOff: false,
    offSinceAsked: false,
    disables: askedAt === null ? [] : [{ at: askedAt, accepted: true }],
    emptySince: null,
    emptyLists: 0,
    listedAt: null,
    disabling: NO_TROUBLE,
    listing: NO_TROUBLE,
  };
}

/** The key of a run's attempt in a standing. */
export function runKey(run: number, attempt: number): string {
  return `${run}:${attempt}`;
}

/** What is known after a look. Pure. */
export function see(standing: Standing, observation: Observation): Standing {
  const { at, workflows: listed } = observation;
  const workflows = standing.workflows.map((workflow) =>
    seeList(listed.ok ? seeState(workflow, listed.value) : workflow, observation),
  );
  const runs = { ...standing.runs };
  for (const { held } of standing.workflows) {
    const list = observation.runs.get(held.path);
    if (list?.ok === true) seeRuns(runs, held.path, list.value, at);
  }
  return { ...standing, workflows, runs, states: listed.ok ? NO_TROUBLE : more(standing.states, listed.failure) };
}

/** The same stop for the workflows among those paths only; the same object when nothing is dropped. */
export function keptOnly(standing: Standing, paths: ReadonlySet<string>): Standing {
  const gone = standing.workflows.filter(({ held }) => !paths.has(held.path));
  if (gone.length === 0) return standing;
  const isGoing = ([, run]: readonly [string, RunStanding]): boolean => !paths.has(run.receipt.workflow);
  const runs = Object.entries(standing.runs);
  const { released } = standing;
  return {
    ...standing,
    workflows: standing.workflows.filter(({ held }) => paths.has(held.path)),
    runs: Object.fromEntries(runs.filter((entry) => !isGoing(entry))),
    released: {
      workflows: [...released.workflows, ...gone],
      runs: [...released.runs, ...runs.filter(isGoing).map(([, run]) => run)],
    },
  };
}

/** Adds the current state on GitHub of what was released; `unknown` if it could not be asked. */
export function shownReleased(standing: Standing, remote: readonly RemoteWorkflow[] | null): Standing {
  const states = new Map(remote?.map(({ id, state }) => [id, workflowState(state)]));
  const { released } = standing;
  const workflows = released.workflows.map((one) => ({ ...one, state: states.get(one.held.id) ?? 'unknown' }));
  return { ...standing, released: { ...released, workflows } };
}

function seeState(workflow: WorkflowStanding, listed: readonly RemoteWorkflow[]): WorkflowStanding {
  // If GitHub could not be reached when the stop was declared, the first readable list provides it.
  const held = resolved(workflow.held, listed);
  const shown = listed.find(({ id }) => id === held.id);
  // A workflow that GitHub no longer lists can start nothing.
  const now = shown === undefined ? 'deleted' : workflowState(shown.state);
  const off = isOff(now);
  return {
    ...workflow,
    held,
    state: now,
    wasOff: workflow.wasOff || off,
    offSinceAsked: workflow.offSinceAsked || off,
    disabling: off ? NO_TROUBLE : workflow.disabling,
  };
}

function seeList(workflow: WorkflowStanding, { at, runs }: Observation): WorkflowStanding {
  const list = runs.get(workflow.held.path);
  if (list === undefined) return workflow;
  if (!list.ok) return { ...workflow, listing: more(workflow.listing, list.failure) };
  const empty = list.value.length === 0;
  return {
    ...workflow,
    listing: NO_TROUBLE,
    listedAt: at,
    emptyLists: empty ? workflow.emptyLists + 1 : 0,
    emptySince: empty ? (workflow.emptySince ?? at) : null,
  };
}

function seeRuns(runs: Record<string, RunStanding>, path: string, listed: readonly RemoteRun[], at: Instant): void {
  const present = new Set(listed.map(({ id, attempt }) => runKey(id, attempt)));
  for (const run of listed) {
    const key = runKey(run.id, run.attempt);
    runs[key] = seen(runs[key], run, path, at);
  }
  for (const [key, run] of Object.entries(runs)) {
    if (run.receipt.workflow !== path || present.has(key) || run.receipt.after === 'completed') continue;
    runs[key] = {
      ...run,
      absentSince: run.absentSince ?? at,
      absentLists: run.absentLists + 1,
      listedAt: at,
    };
  }
}

function seen(before: RunStanding | undefined, run: RemoteRun, path: string, at: Instant): RunStanding {
  const receipt: RunReceipt = {
    ...(before?.receipt ?? { id: run.id, attempt: run.attempt, workflow: path, before: run.status, requests: [] }),
    after: run.status,
    conclusion: null,
    at: null,
  };
  const fresh = { receipt, absentSince: null, absentLists: 0, listedAt: at, looks: 0 };
  return { ...fresh, trouble: before?.trouble ?? NO_TROUBLE };
}

/** What is known after a request to disable a workflow. */
export function askedToDisable(standing: Standing, path: string, at: Instant, failure: Failure | null): Standing {
  const accepted = failure === null;
  const workflows = standing.workflows.map((workflow) =>
    workflow.held.path !== path
      ? workflow
      : {
          ...workflow,
          wasOff: workflow.wasOff || accepted,
          offSinceAsked: false,
          disables: [...workflow.disables, { at, accepted }],
          disabling: accepted ? NO_TROUBLE : more(workflow.disabling, failure),
        },
  );
  return { ...standing, workflows };
}

/** What is known after a request to end a run. */
export function askedToEnd(standing: Standing, key: string, request: EndRequest, failure: Failure | null): Standing {
  return changeRun(standing, key, (run) => ({
    ...run,
    receipt: { ...run.receipt, requests: [...run.receipt.requests, request] },
    trouble: failure === null ? NO_TROUBLE : more(run.trouble, failure),
  }));
}

/** How a run ended according to its lookup by id; null when that could not be learned. */
export interface Ending {
  readonly ended: boolean;
  readonly conclusion: RunConclusion | null;
}

/** What is known after looking up a run by id that had disappeared from the lists. */
export function lookedAt(standing: Standing, key: string, ending: Ending | null): Standing {
  return changeRun(standing, key, (run) => {
    if (ending === null) return { ...run, looks: run.looks + 1 };
    // A list without it was wrong: it is still running.
    if (!ending.ended) return { ...run, absentSince: null, absentLists: 0, looks: 0 };
    const { conclusion } = ending;
    return { ...run, receipt: { ...run.receipt, after: 'completed', conclusion, at: run.absentSince } };
  });
}

function changeRun(standing: Standing, key: string, change: (run: RunStanding) => RunStanding): Standing {
  const run = standing.runs[key];
  return run === undefined ? standing : { ...standing, runs: { ...standing.runs, [key]: change(run) } };
}

function more({ times }: Trouble, last: Failure): Trouble {
  return { times: times + 1, last };
}

/** True for a state in which a workflow starts nothing by itself. For an unknown state that is uncertain. */
export function isOff(state: WorkflowState): boolean {
  return state !== 'active' && state !== 'unknown';
}

/** True for what GitHub has refused so often and so clearly that asking again is useless. */
export function isHopeless({ times, last }: Trouble): boolean {
  return times >= HOPELESS_AFTER && last !== null && !last.retry;
}

/** True when at least two lists in a row, far enough apart, showed no run of the workflow. */
export function isQuiet({ emptyLists, emptySince, listedAt }: WorkflowStanding): boolean {
  return emptyLists >= 2 && emptySince !== null && listedAt !== null && between(emptySince, listedAt) >= SETTLE;
}

/** True when the run was missing from at least two lists in a row, far enough apart. */
export function isGone({ receipt, absentLists, absentSince, listedAt }: RunStanding): boolean {
  if (receipt.after === 'completed') return true;
  return absentLists >= 2 && absentSince !== null && between(absentSince, listedAt) >= SETTLE;
}
