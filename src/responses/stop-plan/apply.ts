import { attempt } from '../../core/failure.ts';
import type { Halt, PullReceipt, Residue, Resumption, RunReceipt, StopReceipt } from '../../core/halt.ts';
import type { StopResponse } from '../../core/response.ts';
import { type Applied, done, sentence, undone } from '../receipt.ts';

/** What agents are stopped with, and what a stop in force is looked after with. All methods may throw OutsideFailure. */
export interface StopHand {
  /** Stops what a response names, and proves it. */
  stop(response: StopResponse): Promise<StopReceipt>;
  /** Takes the stops that no ledger could take in over into it, from their issues. */
  takeIn(): Promise<{ readonly taken: boolean; readonly unproven: readonly number[] }>;
  /** Goes on with a stop in force that an earlier process has not brought to its end; null when somebody has resumed it meanwhile. */
  goOn(halt: Halt): Promise<StopReceipt | null>;
  /** Stops the agents of some more workflows together with what a stop in force holds; null when somebody has resumed it meanwhile. */
  join(newcomers: readonly string[], halt: Halt): Promise<StopReceipt | null>;
  /** Ends what has come to life under a complete stop; null when somebody has resumed it meanwhile. */
  standGuard(halt: Halt): Promise<Guarded | null>;
  /** Those paths of workflows that are active now. */
  active(paths: readonly string[]): Promise<readonly string[]>;
  /** Brings back the rest after a canary. */
  followUp(canary: Resumption): Promise<{ readonly residue: readonly Residue[] }>;
}

/** What came of looking for what has come to life under a stop that was complete. */
export interface Guarded {
  /** Runs that had come to life since and were ended. */
  readonly ended: readonly RunReceipt[];
  /** Pull requests, or new heads of them, that were held back. */
  readonly pulls: readonly PullReceipt[];
  /** What could not be seen, ended or held back. */
  readonly residue: readonly Residue[];
}

/** Carries out one stop. Doing it twice stops nothing twice: the engine starts from what it observes. */
export async function applyStop(response: StopResponse, { stop }: Pick<StopHand, 'stop'>): Promise<Applied> {
  const result = await attempt(() => stop(response));
  if (!result.ok) return undone(response, sentence(result.failure), result.failure);
  const error = shortfall(result.value);
  return error === null ? done(response) : undone(response, error);
}

/** What a stop could not bring about, in a sentence; null when it is whole. */
export function shortfall({ residue, timeToStop }: StopReceipt): string | null {
  const [first, ...others] = residue;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `The stop is incomplete: ${first.what} ${first.id}: ${first.why}${more}. ${first.remedy}`;
  }
  return timeToStop === null ? 'The stop is incomplete: runs of the stopped agents have not ended yet' : null;
}
