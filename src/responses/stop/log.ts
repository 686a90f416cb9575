import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { Halt, HeldWorkflow, Resumption, StopReceipt } from '../../core/halt.ts';

/** The emergency stop as the ledger knows it. */
export interface HaltState {
  /** Of the last stop that was declared, in force or not; 0 before the first. */
  readonly generation: number;
  /** The stop in force; null when there is none. */
  readonly halt: Halt | null;
  /** Workflows that the stop in force still holds, by path. */
  readonly held: readonly HeldWorkflow[];
  /** The last receipt of this generation; it stays when the stop is over. */
  readonly receipt: StopReceipt | null;
  /** What was switched on again in this generation, and in those before it which only took in newcomers; oldest first. */
  readonly resumptions: readonly Resumption[];
}

/** Keeps the stop in force, what it holds, its receipt and how far a resume has come. */
export const haltFold: Fold<HaltState> = {
  initial: { generation: 0, halt: null, held: [], receipt: null, resumptions: [] },
  apply: (state, events) => events.filter(isRelevant).reduce(advance, state),
};

/** True when nothing of what a stop set out to do is left to do. */
export function isWhole(receipt: StopReceipt | null): boolean {
  return receipt !== null && receipt.timeToStop !== null && receipt.residue.length === 0;
}

/** True for a stop in force that has not come to its end, so that somebody must go on with it. */
export function isUnfinished(state: HaltState): boolean {
  return state.halt !== null && !isWhole(state.receipt);
}

type RelevantEvent = EventOf<'halt.declared' | 'halt.receipt' | 'halt.resumed'>;

function isRelevant(event: LedgerEvent): event is RelevantEvent {
  return event.kind === 'halt.declared' || event.kind === 'halt.receipt' || event.kind === 'halt.resumed';
}

function advance(state: HaltState, event: RelevantEvent): HaltState {
  switch (event.kind) {
    case 'halt.declared':
      return declared(state, event.data.halt, event.data.workflows, event.data.joins ?? null);
    case 'halt.receipt':
      return received(state, event.data.receipt);
    case 'halt.resumed':
      return resumed(state, event.data.resumption);
    default:
      return event satisfies never;
  }
}

function declared(state: HaltState, halt: Halt, workflows: readonly HeldWorkflow[], joins: number | null): HaltState {
  if (halt.generation > state.generation) {
    const held = join([], workflows);
    // Whoever was let go stays so when newcomers are stopped with the rest, and a canary is on trial still.
    const isSame = state.halt !== null && state.generation === joins;
    const resumptions = isSame ? state.resumptions : [];
    return { generation: halt.generation, halt, held, receipt: null, resumptions };
  }
  if (halt.generation < state.generation || state.halt === null) return state;
  return { ...state, held: join(state.held, workflows) };
}

/** A receipt of a stop that could not be declared stands for the declaration too. */
function received(state: HaltState, receipt: StopReceipt): HaltState {
  const { generation } = receipt.halt;
  if (generation < state.generation) return state;
  const base =
    generation > state.generation ? declared(state, receipt.halt, receipt.workflows.map(heldOf), null) : state;
  // Of two that stop at once, the one that saw the end is right.
  return isWhole(base.receipt) && !isWhole(receipt) ? base : { ...base, receipt };
}

function resumed(state: HaltState, resumption: Resumption): HaltState {
  if (resumption.generation !== state.generation || state.halt === null) return state;
  const held = state.held.filter(({ path }) => !resumption.released.includes(path));
  const over = resumption.stage === 'complete' && !held.some(({ before }) => before === 'active');
  return {
    ...state,
    halt: over ? null : state.halt,
    held: over ? [] : held,
    resumptions: [...state.resumptions, resumption],
  };
}

function heldOf({ path, id, before }: HeldWorkflow): HeldWorkflow {
  return { path, id, before };
}

/** By path. What was known first of the time before the stop stays, for later looks see what the stop did. */
function join(known: readonly HeldWorkflow[], more: readonly HeldWorkflow[]): readonly HeldWorkflow[] {
  const byPath = new Map(known.map((workflow) => [workflow.path, workflow]));
  for (const workflow of more) {
    const before = byPath.get(workflow.path);
    if (before === undefined || before.before === 'unknown') byPath.set(workflow.path, workflow);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
