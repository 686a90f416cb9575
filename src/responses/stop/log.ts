import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { CountedReceipt, Halt, HeldWorkflow, PullReceipt, Resumption, StopReceipt } from '../../core/halt.ts';

/** The emergency stop as the ledger knows it. */
export interface HaltState {
  /** The last declared stop, in force or not; 0 before the first. */
  readonly generation: number;
  /** The stop that the last one continues, with only newcomers added in between; its own number if there were none. */
  readonly origin: number;
  /** The stop in force; null when there is none. */
  readonly halt: Halt | null;
  /** Workflows that the stop in force still holds, by path. */
  readonly held: readonly HeldWorkflow[];
  /** The last receipt of this generation; kept when the stop is over. */
  readonly receipt: CountedReceipt | null;
  /**
   * What was switched on again in this generation, and in earlier ones that this one only extended with newcomers; oldest
   * first.
   */
  readonly resumptions: readonly Resumption[];
  /** What the stop in force and those that it replaced hold back, for the resume that releases it; empty once it is over. */
  readonly pulls: readonly PullReceipt[];
  /** Keys of the stops that were taken over from their issues, latest last: each is taken over once. */
  readonly unlogged: readonly string[];
}

/** At most this many stops that the ledger could not take are remembered. */
const MOST_UNLOGGED = 50;

/** Keeps the stop in force, what it holds, its receipt and how far a resume has come. */
export const haltFold: Fold<HaltState> = {
  initial: {
    ...{ generation: 0, origin: 0, halt: null, held: [], receipt: null },
    ...{ resumptions: [], pulls: [], unlogged: [] },
  },
  apply: (state, events) => events.filter(isRelevant).reduce(advance, state),
};

/** True when a stop has nothing left to do. */
export function isWhole(receipt: StopReceipt | null): boolean {
  return receipt !== null && receipt.timeToStop !== null && receipt.residue.length === 0;
}

/** True for a stop in force that must still be finished. */
export function isUnfinished(state: HaltState): boolean {
  return state.halt !== null && !isWhole(state.receipt);
}

/**
 * The paths that a stop of a generation may still switch off: those held by the stop in force, whether it is this one or its
 * replacement. Null if the ledger does not know the stop.
 */
export function stillHeld({ generation, halt, held }: HaltState, of: number): ReadonlySet<string> | null {
  if (generation < of) return null;
  return new Set(halt === null ? [] : held.map(({ path }) => path));
}

/** The stop in force if it was declared after that generation, so that it overrides a resume of that one; else null. */
export function overtaking({ halt }: HaltState, generation: number): Halt | null {
  return halt !== null && halt.generation > generation ? halt : null;
}

/** True if the stop of that generation is the one in force: since then it has at most taken in newcomers. */
export function isSameStop({ generation, origin }: HaltState, meant: number): boolean {
  return meant >= origin && meant <= generation;
}

/** Fingerprints of the alerts for which rules stopped what a stop holds; empty if only people stopped it. */
export function causesOf({ causes, by }: Halt): readonly string[] {
  return causes ?? (by.kind === 'rule' ? [by.fingerprint] : []);
}

/** What rules stopped stays stopped for their reason, no matter who stops more. */
function withCauses(halt: Halt, before: Halt | null): Halt {
  const earlier = before === null ? [] : causesOf(before);
  return earlier.length === 0 ? halt : { ...halt, causes: [...new Set([...earlier, ...causesOf(halt)])] };
}

type RelevantEvent = EventOf<'halt.declared' | 'halt.receipt' | 'halt.resumed'>;

function isRelevant(event: LedgerEvent): event is RelevantEvent {
  return event.kind === 'halt.declared' || event.kind === 'halt.receipt' || event.kind === 'halt.resumed';
}

function advance(state: HaltState, event: RelevantEvent): HaltState {
  switch (event.kind) {
    case 'halt.declared':
      return declared(state, event.data);
    case 'halt.receipt':
      return received(state, event.data.receipt);
    case 'halt.resumed':
      return resumed(state, event.data.resumption);
    default:
      return event satisfies never;
  }
}

function declared(
  state: HaltState,
  { halt, workflows, unlogged = [], joins }: EventOf<'halt.declared'>['data'],
): HaltState {
  const { generation } = halt;
  if (generation < state.generation || (generation === state.generation && state.halt === null)) return state;
  const pulls = joinPulls(
    state.halt === null ? [] : state.pulls,
    unlogged.flatMap((one) => one.pulls),
  );
  const keys = [...state.unlogged, ...unlogged.map(({ key }) => key)].slice(-MOST_UNLOGGED);
  if (generation === state.generation) {
    return { ...state, held: join(state.held, workflows), pulls, unlogged: keys };
  }
  // What was released stays released when newcomers are stopped with the rest, and a canary stays on trial.
  const isJoining = state.halt !== null && state.generation === joins;
  const resumptions = isJoining ? state.resumptions : [];
  const origin = isJoining ? state.origin : generation;
  const halted = withCauses(halt, state.halt);
  const chain = { generation, origin, halt: halted, resumptions };
  return { ...chain, held: join([], workflows), receipt: null, pulls, unlogged: keys };
}

/** The receipt of a stop that could not be declared also counts as its declaration. */
function received(state: HaltState, receipt: CountedReceipt): HaltState {
  const { generation } = receipt.halt;
  // What a slower process has held back belongs to the stop that replaced its own.
  if (generation < state.generation) return withPulls(state, receipt);
  const { halt, workflows } = receipt;
  const known = generation > state.generation ? declared(state, { halt, workflows: workflows.map(heldOf) }) : state;
  const base = withPulls({ ...known, held: learned(known.held, receipt) }, receipt);
  // If two processes stop at once, the one that saw the end is right.
  return isWhole(base.receipt) && !isWhole(receipt) ? base : { ...base, receipt };
}

function withPulls(state: HaltState, { pulls }: CountedReceipt): HaltState {
  return state.halt === null ? state : { ...state, pulls: joinPulls(state.pulls, pulls) };
}

/** The earlier state of a workflow that could not be looked up when the stop was declared. */
function learned(held: readonly HeldWorkflow[], { workflows }: CountedReceipt): readonly HeldWorkflow[] {
  return held.map((one) => {
    const seen = one.before === 'unknown' ? workflows.find(({ path }) => path === one.path) : undefined;
    return seen === undefined ? one : heldOf(seen);
  });
}

/** By number and head; later information wins. */
function joinPulls(known: readonly PullReceipt[], more: readonly PullReceipt[]): readonly PullReceipt[] {
  return [...new Map([...known, ...more].map((pull) => [`${pull.number}@${pull.head}`, pull])).values()];
}

function resumed(state: HaltState, resumption: Resumption): HaltState {
  if (resumption.generation !== state.generation || state.halt === null) return state;
  const held = state.held.filter(({ path }) => !resumption.released.includes(path));
  const over = resumption.stage === 'complete' && !held.some(({ before }) => before === 'active');
  return {
    ...state,
    halt: over ? null : state.halt,
    held: over ? [] : held,
    pulls: over ? [] : state.pulls,
    resumptions: [...state.resumptions, resumption],
  };
}

function heldOf({ path, id, before }: HeldWorkflow): HeldWorkflow {
  return { path, id, before };
}

/** By path. What was known first about the time before the stop wins, because later looks see what the stop did. */
function join(known: readonly HeldWorkflow[], more: readonly HeldWorkflow[]): readonly HeldWorkflow[] {
  const byPath = new Map(known.map((workflow) => [workflow.path, workflow]));
  for (const workflow of more) {
    const before = byPath.get(workflow.path);
    if (before === undefined || before.before === 'unknown') byPath.set(workflow.path, workflow);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
