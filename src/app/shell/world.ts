import type { Duration, Instant } from '../../core/time.ts';

/** A stream that people or programs read. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Characters in a line; null when it is no terminal. */
  readonly columns: number | null;
  readonly colour: boolean;
}

/** Everything that the program takes from outside itself, so that each of it can be another one in a test. */
export interface World {
  readonly now: () => Instant;
  /** Unique for each process: tells our own claims from those of a run beside us. */
  readonly by: string;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Screen;
  readonly err: Screen;
  /** How a person calls this program, for commands that can be copied: `checkrein`, `node dist/cli.js`. */
  readonly program: string;
}

/** What a process tells its caller; see docs/commands.md. */
export const EXIT = { done: 0, failed: 1, usage: 2, denied: 3, stopIncomplete: 4 } as const;

/** Somebody asked in a way that cannot be carried out. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
