import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** What became of a comment that looked like a command. */
export interface CommandRecord {
  readonly comment: number;
  readonly issue: number;
  /** As reported by the API; null if it does not say. */
  readonly actor: Actor | null;
  /** The word after `/checkrein`; null if there is none. Ours or a person's, so inert wherever it is shown. */
  readonly verb: string | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** One line in our own words. */
  readonly reason: string;
}

/** Who is about to answer a command. Written to the ledger before anything is done. */
export interface CommandClaim {
  readonly comment: number;
  /** Unique per process. */
  readonly by: string;
  /** Wall-clock time. */
  readonly at: Instant;
}
