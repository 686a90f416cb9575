import type { Duration, Instant } from '../../core/time.ts';
import type { Helper } from '../../sources/sessions/helpers.ts';

/** A stream that people or programs read. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Characters in a line; null when it is not a terminal. */
  readonly columns: number | null;
  readonly colour: boolean;
}

/** Everything the program takes from outside, so that a test can replace any of it. */
export interface World {
  readonly now: () => Instant;
  /** Unique for each process: tells our own claims from those of a concurrent run. */
  readonly by: string;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Screen;
  readonly err: Screen;
  /** How a person calls this program, for commands that can be copied: `checkrein`, `node dist/cli.js`. */
  readonly program: string;
  /** Threads that were started ahead, for the command that reads session files. */
  readonly helpers: readonly Helper[];
}

/** Exit codes; see docs/commands.md. */
export const EXIT = { done: 0, failed: 1, usage: 2, denied: 3, stopIncomplete: 4 } as const;

/** A request that cannot be carried out. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
