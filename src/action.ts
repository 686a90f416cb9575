import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import type { ActionHost } from './app/action-host.ts';
import { announce, runAction } from './app/run-action.ts';
import type { Screen } from './app/world.ts';

/** The environment is read here and in cli.ts, and nowhere else. */
const { env } = process;

const log: Screen = { write: (text) => process.stdout.write(text), columns: null, colour: false };

const host: ActionHost = {
  input: (name) => core.getInput(name),
  output: (name, value) => core.setOutput(name, value),
  state: (name, value) => core.saveState(name, value),
  mask: (secret) => core.setSecret(secret),
  error: (message) => core.error(message),
  warning: (message) => core.warning(message),
  summary: async (markdown) => {
    if (env['GITHUB_STEP_SUMMARY'] === undefined) core.warning('This runner keeps no job summary; none was written.');
    else await core.summary.addRaw(markdown).write({ overwrite: true });
  },
};

process.on('uncaughtException', (error) => process.exit(announce(host, { err: log }, error)));

process.exitCode = await runAction(host, {
  now: () => new Date().toISOString(),
  by: randomUUID(),
  sleep: (duration) => sleep(duration),
  env,
  out: log,
  err: log,
  program: 'checkrein',
});
