import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAction } from './app/entry/run-action.ts';
import { announce } from './app/shell/ending.ts';
import { runnerHost } from './app/shell/runner-host.ts';
import type { Screen } from './app/shell/world.ts';

/** Only this file and cli.ts read the environment. */
const { env } = process;

const log: Screen = { write: (text) => process.stdout.write(text), columns: null, colour: false };

const host = runnerHost(env['GITHUB_STEP_SUMMARY'] !== undefined);

process.on('uncaughtException', (error) => process.exit(announce(host, { err: log }, error)));

process.exitCode = await runAction(host, {
  now: () => new Date().toISOString(),
  by: randomUUID(),
  sleep: (duration) => sleep(duration),
  env,
  out: log,
  err: log,
  program: 'checkrein',
  helpers: [],
});
