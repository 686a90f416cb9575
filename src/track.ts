import { spoolFolder } from './track/place.ts';
import { createTracker, type Tracker } from './track/tracker.ts';

/** A call of a tool of an MCP server, or of anything that works like one. */
export interface TrackedCall {
  /** Name of the server: `github`. */
  readonly server: string;
  /** Name of the tool: `get_issue`. */
  readonly tool: string;
  /** How long the call took, in milliseconds; not below 0. */
  readonly durationMs: number;
  /** Whether it did what was asked. */
  readonly success: boolean;
  /** Why it did not. Only the class of the error is kept (`ETIMEDOUT`, `http_404`, `timeout`), never the text. */
  readonly errorMessage?: string | undefined;
  /** What was worked on: a path or a name. Kept without secrets, home folders and what stands behind a `?`. */
  readonly resource?: string | undefined;
}

/** Only this file, action.ts and cli.ts read the environment. */
const { env } = process;

let tracker: Tracker | null = null;

/** Nothing is set up before the first call: importing this file does nothing. */
function theTracker(): Tracker {
  if (tracker !== null) return tracker;
  const made = createTracker({
    folder: spoolFolder(env),
    warn: (message) => process.emitWarning(message, 'Checkrein'),
  });
  process.once('exit', made.end);
  tracker = made;
  return made;
}

/**
 * Notes a call for Checkrein. It only puts a line into memory; a batch goes to the spool each second, or with every 100 calls.
 * A disk that is full or away never troubles the caller: what cannot be kept is counted, and the count is recorded later.
 * @throws TypeError when a field is missing or wrong (no name, a duration that is negative or no number): a mistake of the
 * program that calls it, which shows at its first run. It throws for no other reason.
 */
export function track(call: TrackedCall): void {
  theTracker().add(call);
}

/**
 * Settles when all calls so far are on the disk, or the disk took none of them; never rejects. For programs that handle signals
 * themselves. At the end of a process what waits is written without it.
 */
export async function flush(): Promise<void> {
  await tracker?.flush();
}
