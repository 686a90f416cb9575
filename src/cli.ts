#!/usr/bin/env node
import { basename, relative } from 'node:path';
import { runCli } from './app/entry/run-cli.ts';
import { complain, endOfOutput, exitSoon } from './app/shell/ending.ts';
import { plainOutput } from './app/shell/plain-output.ts';
import { type Output, screenOf } from './app/shell/screen.ts';
import type { Screen } from './app/shell/world.ts';

/** Only this file and action.ts read the environment. */
const { env } = process;

/** What follows is created for the first who asks for it, so that other commands do not wait for its code to load. */
let by: string | undefined;
let out: Screen | undefined;
let err: Screen | undefined;

/** The numbers that every process has them by. */
const [OUT, ERR] = [1, 2] as const;

function outScreen(): Screen {
  const failed = (error: NodeJS.ErrnoException): void =>
    exitSoon(endOfOutput(error, screens.err, Number(process.exitCode ?? 0)));
  const stream = (): Output => {
    process.stdout.once('error', (error) => {
      process.stdout.on('error', () => undefined);
      failed(error);
    });
    return process.stdout;
  };
  return screenOf(plainOutput(OUT, { stream, failed }) ?? stream(), env);
}

function errScreen(): Screen {
  // Without an error screen nobody can be told. The exit code still says it.
  const failed = (): void => undefined;
  const stream = (): Output => process.stderr.on('error', failed);
  return screenOf(plainOutput(ERR, { stream, failed }) ?? stream(), env);
}

const screens = {
  get out(): Screen {
    out ??= outScreen();
    return out;
  },
  get err(): Screen {
    err ??= errScreen();
    return err;
  },
};

process.on('uncaughtException', (error) => process.exit(complain(screens.err, error)));

process.exitCode = await runCli(process.argv.slice(2), {
  now: () => new Date().toISOString(),
  get by() {
    by ??= crypto.randomUUID();
    return by;
  },
  sleep: (duration) => new Promise((resolve) => setTimeout(resolve, duration)),
  env,
  get out() {
    return screens.out;
  },
  get err() {
    return screens.err;
  },
  program: programName(process.argv[1] ?? ''),
});

/** `checkrein` when it is installed under that name, else the way it was called: `node dist/cli.js`. */
function programName(script: string): string {
  return basename(script) === 'cli.js' ? `node ${relative(process.cwd(), script)}` : 'checkrein';
}
