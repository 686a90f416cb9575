import { basename, relative } from 'node:path';
import { complain, endOfOutput, exitSoon } from '../shell/ending.ts';
import { plainOutput } from '../shell/plain-output.ts';
import { type Output, screenOf } from '../shell/screen.ts';
import type { Screen, World } from '../shell/world.ts';
import { runCli } from './run-cli.ts';

/** The numbers that every process has them by. */
const [OUT, ERR] = [1, 2] as const;

/** Runs the command line of a process, and sets its exit code. */
export async function runProcess(host: NodeJS.Process, helpers: World['helpers']): Promise<void> {
  const screens = screensOf(host);
  // It is created for the first who asks for it, so that other commands do not wait for its code to load.
  let by: string | undefined;
  host.on('uncaughtException', (error) => host.exit(complain(screens.err, error)));
  host.exitCode = await runCli(host.argv.slice(2), {
    now: () => new Date().toISOString(),
    get by() {
      by ??= crypto.randomUUID();
      return by;
    },
    sleep: (duration) => new Promise((resolve) => setTimeout(resolve, duration)),
    env: host.env,
    get out() {
      return screens.out;
    },
    get err() {
      return screens.err;
    },
    program: programName(host),
    helpers,
  });
}

/** Both screens, each created for the first who asks for it. */
function screensOf(host: NodeJS.Process): Readonly<Record<'out' | 'err', Screen>> {
  let out: Screen | undefined;
  let err: Screen | undefined;
  const screens = {
    get out(): Screen {
      out ??= outScreen(host, screens);
      return out;
    },
    get err(): Screen {
      err ??= errScreen(host);
      return err;
    },
  };
  return screens;
}

function outScreen(host: NodeJS.Process, screens: { readonly err: Screen }): Screen {
  const failed = (error: NodeJS.ErrnoException): void =>
    exitSoon(endOfOutput(error, screens.err, Number(host.exitCode ?? 0)));
  const stream = (): Output => {
    host.stdout.once('error', (error) => {
      host.stdout.on('error', () => undefined);
      failed(error);
    });
    return host.stdout;
  };
  return screenOf(plainOutput(OUT, { stream, failed }) ?? stream(), host.env);
}

function errScreen(host: NodeJS.Process): Screen {
  // Without an error screen nobody can be told. The exit code still says it.
  const failed = (): void => undefined;
  const stream = (): Output => host.stderr.on('error', failed);
  return screenOf(plainOutput(ERR, { stream, failed }) ?? stream(), host.env);
}

/** `checkrein` when it is installed under that name, else the way it was called: `node dist/cli.js`. */
function programName({ argv, cwd }: NodeJS.Process): string {
  const script = argv[1] ?? '';
  return basename(script) === 'cli.js' ? `node ${relative(cwd(), script)}` : 'checkrein';
}
