import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { METER_STATE, type MeterHandle } from '../../src/meter/plan.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { type Beside, besideMeter } from '../fakes/agent/job.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import { type Plot, plantPlot } from './plot.ts';

const CONFIG = `version: 1
mode: enforce
budgets: [{ name: fixer-day, agent: fixer, period: day, usd: 20 }]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 5, minutes: 45 } }]
`;

/**
 * A job of the fixer from its guard to the `watch` after it: the real steps, each a process of its own, with the meter that the guard
 * itself has started, by the real clock.
 */
export interface WholeJob extends Beside {
  readonly plot: Plot;
  readonly run: FakeRun;
  readonly home: string;
  /** What the step before the agent said. */
  readonly before: ActionResult;
  /** The ledger's commit before the guard wrote to it. */
  readonly unguarded: string;
  /** The end of the job. */
  post(run?: Partial<ActionRun>): Promise<ActionResult>;
  /** The watch that follows it. */
  watch(): Promise<ActionResult>;
}

/** Lets a job begin: watch has seen the agent, the guard has let it start, the meter runs. */
export async function beginJob(): Promise<WholeJob> {
  const plot = await plantPlot({ runs: 0, config: CONFIG });
  const now: Instant = new Date().toISOString();
  plot.clock.now = after(now, -HOUR);
  await plot.watch();
  const unguarded = (await plot.github.git.readRef('refs/heads/checkrein')) ?? '';
  plot.clock.now = now;
  const steps = ['Set up job', 'Guard', 'Run the agent', 'Post Guard', 'Complete job'];
  const run = plot.github.addRun({
    ...{ workflow: plot.fixer, createdAt: after(now, -MINUTE), updatedAt: after(now, 2 * MINUTE) },
    jobs: [{ name: 'agent', steps: steps.map((name) => ({ name, conclusion: 'success' })) }],
  });
  const machine = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-whole-job-')));
  const at = (name: string): string => join(machine, name);
  const stepEnv = {
    PATH: process.env['PATH'] ?? '',
    HOME: at('home'),
    RUNNER_TEMP: at('temp'),
    GITHUB_WORKSPACE: at('work'),
  };
  for (const folder of [stepEnv.HOME, stepEnv.RUNNER_TEMP, stepEnv.GITHUB_WORKSPACE]) mkdirSync(folder);
  const env = {
    ...{ HOME: stepEnv.HOME, RUNNER_TEMP: stepEnv.RUNNER_TEMP, GITHUB_WORKSPACE: stepEnv.GITHUB_WORKSPACE },
    GITHUB_RUN_ID: String(run.id),
    GITHUB_JOB: 'agent',
    GITHUB_WORKFLOW_REF: `${plot.github.fullName}/.github/workflows/fixer.yml@refs/heads/main`,
  };
  const token = plot.github.mintToken({ contents: 'write' });
  const inputs = { command: 'guard', agent: 'fixer' };
  const before = await runAction({ github: plot.github, token, inputs, env, phases: ['main'], goesOn: true });
  const handle = JSON.parse(before.state[METER_STATE] ?? '') as MeterHandle;
  const beside = besideMeter({ handle, env: before.env, notes: [] }, stepEnv);
  const states = Object.entries(before.state).map(([name, value]) => [`STATE_${name}`, value]);
  return {
    ...beside,
    ...{ plot, run, home: stepEnv.HOME, before, unguarded },
    post: (more = {}) =>
      runAction({
        ...{ github: plot.github, token, inputs, phases: ['post'], goesOn: true },
        ...more,
        env: { ...env, ...before.env, ...Object.fromEntries(states), ...more.env },
      }),
    watch: () => {
      plot.clock.now = after(now, 5 * MINUTE);
      return plot.watch();
    },
    [Symbol.asyncDispose]: async () => {
      await beside[Symbol.asyncDispose]();
      await plot[Symbol.asyncDispose]();
      rmSync(machine, { recursive: true, force: true });
    },
  };
}
