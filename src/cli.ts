#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from './app/run-cli.ts';
import type { Screen } from './app/world.ts';

/** The environment is read here and in action.ts, and nowhere else. */
const { env } = process;

function screenOf(stream: NodeJS.WriteStream): Screen {
  const colour = stream.isTTY ? env['NO_COLOR'] === undefined : env['FORCE_COLOR'] !== undefined;
  return { write: (text) => stream.write(text), columns: stream.isTTY ? stream.columns : null, colour };
}

process.exitCode = await runCli(process.argv.slice(2), {
  now: () => new Date().toISOString(),
  by: randomUUID(),
  sleep: (duration) => sleep(duration),
  env,
  out: screenOf(process.stdout),
  err: screenOf(process.stderr),
});
