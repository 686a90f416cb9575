#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { basename, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from './app/entry/run-cli.ts';
import { complain, endOfOutput } from './app/shell/ending.ts';
import { screenOf } from './app/shell/screen.ts';

/** The environment is read here and in action.ts, and nowhere else. */
const { env } = process;

const err = screenOf(process.stderr, env);

process.stdout.on('error', (error) => process.exit(endOfOutput(error, err, Number(process.exitCode ?? 0))));
// Without an error screen there is nobody left to tell; the exit code says it still.
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error) => process.exit(complain(err, error)));

process.exitCode = await runCli(process.argv.slice(2), {
  now: () => new Date().toISOString(),
  by: randomUUID(),
  sleep: (duration) => sleep(duration),
  env,
  out: screenOf(process.stdout, env),
  err,
  program: programName(process.argv[1] ?? ''),
});

/** `checkrein` where it is installed under that name, else the way it was called: `node dist/cli.js`. */
function programName(script: string): string {
  return basename(script) === 'cli.js' ? `node ${relative(process.cwd(), script)}` : 'checkrein';
}
