import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import type { ActionHost } from './action-host.ts';
import { REPORT_ADDRESS, VERSION } from './version.ts';
import { EXIT, type Screen, UsageError, type World } from './world.ts';

/** How an aborted command ends. */
export interface Ending {
  /** For people: what went wrong and what to do. May have several lines; free of terminal control sequences. */
  readonly message: string;
  /** Where in our code a bug occurred; null when it was not a bug. */
  readonly stack: string | null;
  readonly exit: number;
}

/** The longest line a message may have. */
const MAX_LINE = 1_000;

/** Separates bad usage and expected failures from bugs. */
export function endingOf(error: unknown): Ending {
  if (error instanceof UsageError) return { message: inertLines(error.message), stack: null, exit: EXIT.usage };
  if (error instanceof OutsideFailure) {
    return { message: inertLines(fullStop(error.message)), stack: null, exit: EXIT.failed };
  }
  if (error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd') {
    const message = 'The folder that you are in cannot be read, or is not there any more. Change to another one.';
    return { message, stack: null, exit: EXIT.failed };
  }
  const [what, stack] =
    error instanceof Error ? [`${error.name}: ${error.message}`, error.stack ?? ''] : [String(error), ''];
  return {
    message:
      `This is a bug in Checkrein ${VERSION}: ${plainLine(what, MAX_LINE)}\n` +
      `Please report it at ${REPORT_ADDRESS} with the lines below.`,
    stack: inertLines(stack),
    exit: EXIT.failed,
  };
}

/** Prints on the error screen why a command was aborted; returns its exit code. */
export function complain(screen: Screen, error: unknown): number {
  const { message, stack, exit } = endingOf(error);
  screen.write(`checkrein: ${message}\n${stack === null || stack === '' ? '' : `${stack}\n`}`);
  return exit;
}

/**
 * How the process ends when its output cannot be written: as planned when the reader has read enough (`| head`), else as a
 * failure with a short reason.
 */
export function endOfOutput(error: NodeJS.ErrnoException, screen: Screen, exitSoFar: number): number {
  if (error.code === 'EPIPE') return exitSoFar;
  screen.write(`checkrein: The output could not be written (${plainLine(error.code ?? error.message)}).\n`);
  return EXIT.failed;
}

/** In milliseconds. Node's compilers need a few. */
const A_MOMENT = 100;

/**
 * Ends the process in a moment, or earlier if nothing is left to do. It must not end at once after much work: `process.exit` waits for
 * threads that compile, and one of them may wait until this thread collects garbage, so both wait forever (nodejs/node, issue 54918).
 */
export function exitSoon(code: number): void {
  process.once('exit', () => {
    process.exitCode = code;
  });
  setTimeout(() => process.exit(), A_MOMENT).unref();
}

function inertLines(text: string): string {
  const lines = text.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${plainLine(line, MAX_LINE)}`);
  return lines.join('\n').trimEnd();
}

function fullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Reports in an annotation why a run was aborted and, for a bug, the place in the log; returns the exit code. */
export function announce(host: Pick<ActionHost, 'error'>, world: Pick<World, 'err'>, error: unknown): number {
  const { message, stack, exit } = endingOf(error);
  host.error(message);
  if (stack !== null) world.err.write(`${stack}\n`);
  return exit;
}
