import { attempt } from '../../core/failure.ts';
import type { Halt, PullReceipt, Residue, Resumption, RunReceipt, StopReceipt } from '../../core/halt.ts';
import type { StopResponse } from '../../core/response.ts';
import { type Applied, done, sentence, undone } from '../receipt.ts';

/** What stops agents and looks after a stop in force. All methods may throw OutsideFailure. */
export interface StopHand {
  /** Stops what a response names, and proves it. */
  stop(response: StopResponse): Promise<StopReceipt>;
  /** Moves stops that no ledger could record into the ledger, from their issues. */
  takeIn(): Promise<{ readonly taken: boolean; readonly unproven: readonly number[] }>;
  /** Finishes a stop in force that an earlier process left unfinished; null when somebody has resumed it meanwhile. */
  goOn(halt: Halt): Promise<StopReceipt | null>;
  /**
   * Stops the agents of additional workflows along with those that a stop in force holds; null when somebody has resumed it
   * meanwhile.
   */
  join(newcomers: readonly string[], halt: Halt): Promise<StopReceipt | null>;
  /** Ends what has started under a complete stop; null when somebody has resumed it meanwhile. */
  standGuard(halt: Halt): Promise<Guarded | null>;
  /** Those of the workflow paths that are active now. */
  active(paths: readonly string[]): Promise<readonly string[]>;
  /** Resumes the rest after a canary. */
  followUp(canary: Resumption): Promise<{ readonly residue: readonly Residue[] }>;
}

/** The result of looking for what has started under a complete stop. */
export interface Guarded {
  /** Runs that had started since and were ended. */
  readonly ended: readonly RunReceipt[];
  /** Pull requests, or new heads of them, that were held back. */
  readonly pulls: readonly PullReceipt[];
  /** What could not be seen, ended or held back. */
  readonly residue: readonly Residue[];
}

/** Carries out one stop. Doing it twice stops nothing twice, because the engine starts from what it observes. */
export async function applyStop(response: StopResponse, { stop }: Pick<StopHand, 'stop'>): Promise<Applied> {
  const result = await attempt(() => stop(response));
  if (!result.ok) return undone(response, sentence(result.failure), result.failure);
  const error = shortfall(result.value);
  return error === null ? done(response) : undone(response, error);
}

/** What a stop could not achieve, in a sentence; null when it is complete. */
export function shortfall({ residue, timeToStop }: StopReceipt): string | null {
  const [first, ...others] = residue;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `The stop is incomplete: ${first.what} ${first.id}: ${first.why}${more}. ${first.remedy}`;
  }
  return timeToStop === null ? 'The stop is incomplete: runs of the stopped agents have not ended yet' : null;
}
