import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** What came of a comment that looked like a command. */
export interface CommandRecord {
  readonly comment: number;
  readonly issue: number;
  /** As the API says it; null when it does not say. */
  readonly actor: Actor | null;
  /** The word after `/checkrein`; null where none was found. Ours or a person's, so inert wherever it is shown. */
  readonly verb: string | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** One line of ours. */
  readonly reason: string;
}

/** Who is about to answer a command, written to the ledger before anything is done about it. */
export interface CommandClaim {
  readonly comment: number;
  /** Unique for each process. */
  readonly by: string;
  /** By the clock on the wall. */
  readonly at: Instant;
}
