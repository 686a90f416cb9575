import type { EventOf } from '../../core/event.ts';
import type {
  CountedReceipt,
  Halt,
  HaltTerms,
  HeldWorkflow,
  PullReceipt,
  UnloggedStop,
  WorkflowState,
} from '../../core/halt.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import { type HaltState, isUnfinished } from './log.ts';
import { widened } from './targets.ts';

/** What somebody wants stopped. */
export interface StopWish extends HaltTerms {
  /** Paths of the workflows. */
  readonly paths: readonly string[];
  /** As GitHub lists them now; null when it could not be reached. */
  readonly remote: readonly RemoteWorkflow[] | null;
  /** The number of the stop in force, when newcomers are only to be stopped with the rest. */
  readonly joins?: number;
  /** Earlier stops that no ledger could take: the trusted part of their issues, and what this process itself has done. */
  readonly unlogged: readonly UnloggedStop[];
}

/** The stop that results from a wish, and what it holds. */
export interface Declaration {
  readonly halt: Halt;
  readonly held: readonly HeldWorkflow[];
  /** From an earlier process that did not finish this very stop. */
  readonly earlier: CountedReceipt | null;
  /** What it already holds back, or takes over. */
  readonly pulls: readonly PullReceipt[];
  /** The stops that it takes over and that the ledger does not know yet. */
  readonly unlogged: readonly UnloggedStop[];
  /** The number of the stop that only takes in newcomers. */
  readonly joins?: number;
  /** True when the ledger does not know all of this yet. */
  readonly news: boolean;
}

/**
 * Continues a stop in force that is unfinished and holds everything wanted. Otherwise declares a new one, which takes over
 * what the one in force holds and what stops unknown to the ledger hold, so that one resume brings everything back. Pure, so
 * that it can be called again after a conflict.
 */
export function declare(state: HaltState, wish: StopWish): Declaration {
  const fresh = wish.unlogged.filter(({ key }) => !state.unlogged.includes(key));
  const standing = fresh.filter((one) => isStanding(one, wish.remote));
  const known = joined(state.halt === null ? [] : state.held, standing);
  const wanted = wish.paths.flatMap((path) => heldNow(path, known, wish.remote));
  if (fresh.length === 0 && isUnfinished(state) && coversAll(state, wish, wanted)) {
    const same = continued(state, wish.remote);
    if (same !== null) return same;
  }
  const paths = new Set(wanted.map(({ path }) => path));
  const carried = known.filter(({ path }) => !paths.has(path));
  const held = [...wanted, ...carried.map((workflow) => resolved(workflow, wish.remote))];
  const { by, reason, at } = wish;
  const before = [...(state.halt === null ? [] : [state.halt]), ...standing.map(({ terms }) => terms)];
  const scope = before.reduce((all, one) => widened(all, one.scope), wish.scope);
  return {
    halt: { generation: state.generation + 1, scope, by, reason, at },
    held: held.sort((a, b) => (a.path < b.path ? -1 : 1)),
    earlier: null,
    ...(wish.joins === undefined ? {} : { joins: wish.joins }),
    pulls: [...(state.halt === null ? [] : state.pulls), ...fresh.flatMap(({ pulls }) => pulls)],
    unlogged: fresh,
    news: true,
  };
}

/** The stop in force as it is, for its own process or another that continues it; null when there is none. */
export function continued(state: HaltState, remote: readonly RemoteWorkflow[] | null): Declaration | null {
  const { halt, receipt, pulls } = state;
  if (halt === null) return null;
  const held = state.held.map((workflow) => resolved(workflow, remote));
  const news = held.some((workflow, i) => workflow !== state.held[i]);
  return { halt, held, earlier: receipt, pulls, unlogged: [], news };
}

/** Written before anything is switched off. */
export function declaredEvent(
  { halt, held, unlogged, joins }: Declaration,
  repo: string,
  seen: Instant,
): EventOf<'halt.declared'> {
  const known = held.filter(({ id }) => id !== 0).length;
  return {
    v: 1,
    // Written again when GitHub, unreachable at first, has reported the workflows' states.
    id: `halt:${halt.generation}:${known}`,
    kind: 'halt.declared',
    at: halt.at,
    seen,
    repo,
    subject: repositorySubject(repo),
    data: {
      ...{ halt, workflows: held },
      ...(unlogged.length === 0 ? {} : { unlogged }),
      ...(joins === undefined ? {} : { joins }),
    },
  };
}

/** Whether something is left of a stop that no ledger took: people may have resumed all of it by hand. */
export function isStanding({ held, pulls }: UnloggedStop, remote: readonly RemoteWorkflow[] | null): boolean {
  if (remote === null || pulls.length > 0) return true;
  return held.some(
    ({ path, before }) => before === 'active' && workflowAt(path, remote)?.state === 'disabled_manually',
  );
}

/**
 * What is held in all of them. If one recorded a workflow as active, it was: the others looked after that one had switched it
 * off.
 */
function joined(held: readonly HeldWorkflow[], unlogged: readonly UnloggedStop[]): readonly HeldWorkflow[] {
  const byPath = new Map(held.map((workflow) => [workflow.path, workflow]));
  for (const workflow of unlogged.flatMap((one) => one.held)) {
    if (!byPath.has(workflow.path) || workflow.before === 'active') byPath.set(workflow.path, workflow);
  }
  return [...byPath.values()];
}

/** The state of a workflow as a word that we know; `unknown` for one that GitHub has added since. */
export function workflowState(state: string): WorkflowState {
  switch (state) {
    case 'active':
    case 'deleted':
    case 'disabled_fork':
    case 'disabled_inactivity':
    case 'disabled_manually':
      return state;
    default:
      return 'unknown';
  }
}

function coversAll({ halt, held }: HaltState, wish: StopWish, wanted: readonly HeldWorkflow[]): boolean {
  if (wish.scope.kind === 'all' && halt?.scope.kind !== 'all') return false;
  return wanted.every(({ path }) => held.some((workflow) => workflow.path === path));
}

/** Empty for a workflow that GitHub does not have, because nothing of it can run. */
function heldNow(
  path: string,
  known: readonly HeldWorkflow[],
  remote: readonly RemoteWorkflow[] | null,
): readonly HeldWorkflow[] {
  const before = known.find((workflow) => workflow.path === path);
  if (remote === null) return [before ?? { path, id: 0, before: 'unknown' }];
  const found = workflowAt(path, remote);
  if (found === undefined) return before === undefined ? [] : [before];
  const now = workflowState(found.state);
  // What we switched off ourselves keeps the state that it had before.
  const ours = now === 'disabled_manually' && before?.before === 'active';
  return [{ path, id: found.id, before: ours ? 'active' : now }];
}

/** With its id and state, if they were missing and GitHub lists it; else the same object. */
export function resolved(workflow: HeldWorkflow, remote: readonly RemoteWorkflow[] | null): HeldWorkflow {
  const found = workflow.id === 0 && remote !== null ? workflowAt(workflow.path, remote) : undefined;
  return found === undefined ? workflow : { path: workflow.path, id: found.id, before: workflowState(found.state) };
}

/** The workflow that GitHub has for a path: the existing one, if the path was used before. */
export function workflowAt(path: string, remote: readonly RemoteWorkflow[]): RemoteWorkflow | undefined {
  const all = remote.filter((workflow) => workflow.path === path);
  return all.find(({ state }) => state !== 'deleted') ?? all[0];
}
