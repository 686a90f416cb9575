#!/usr/bin/env node
import { basename, relative } from 'node:path';
import { runCli } from './app/entry/run-cli.ts';
import { complain, endOfOutput } from './app/shell/ending.ts';
import { screenOf } from './app/shell/screen.ts';

/** Only this file and action.ts read the environment. */
const { env } = process;

const err = screenOf(process.stderr, env);

process.stdout.on('error', (error) => process.exit(endOfOutput(error, err, Number(process.exitCode ?? 0))));
// Without an error screen nobody can be told. The exit code still says it.
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error) => process.exit(complain(err, error)));

/** Created for the first command that asks for it, so that others do not wait for its code to load. */
let by: string | undefined;

process.exitCode = await runCli(process.argv.slice(2), {
  now: () => new Date().toISOString(),
  get by() {
    by ??= crypto.randomUUID();
    return by;
  },
  sleep: (duration) => new Promise((resolve) => setTimeout(resolve, duration)),
  env,
  out: screenOf(process.stdout, env),
  err,
  program: programName(process.argv[1] ?? ''),
});

/** `checkrein` when it is installed under that name, else the way it was called: `node dist/cli.js`. */
function programName(script: string): string {
  return basename(script) === 'cli.js' ? `node ${relative(process.cwd(), script)}` : 'checkrein';
}
