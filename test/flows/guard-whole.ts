import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { METER_STATE } from '../../src/meter/plan.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { type MeteredJob, meteredJob } from '../fakes/agent/job.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import { type Plot, plantPlot } from './plot.ts';

const CONFIG = `version: 1
mode: enforce
budgets: [{ name: fixer-day, agent: fixer, period: day, usd: 20 }]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 5, minutes: 45 } }]
`;

/** A job of the fixer from its guard to the `watch` after it: the real steps, a real meter, the real clock. */
export interface WholeJob extends AsyncDisposable {
  readonly plot: Plot;
  readonly run: FakeRun;
  readonly metered: MeteredJob;
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
  const env = {
    GITHUB_RUN_ID: String(run.id),
    GITHUB_JOB: 'agent',
    GITHUB_WORKFLOW_REF: `${plot.github.fullName}/.github/workflows/fixer.yml@refs/heads/main`,
  };
  const token = plot.github.mintToken({ contents: 'write' });
  const inputs = { command: 'guard', agent: 'fixer' };
  const before = await runAction({ github: plot.github, token, inputs, env, phases: ['main'] });
  const handover = JSON.parse(before.state['checkrein-guard'] ?? '{}');
  const metered = await meteredJob({ handover });
  return {
    ...{ plot, run, metered, before, unguarded },
    post: (more = {}) =>
      runAction({
        ...{ github: plot.github, token, inputs, phases: ['post'] },
        ...more,
        env: {
          ...env,
          'STATE_checkrein-guard': before.state['checkrein-guard'] ?? '',
          [`STATE_${METER_STATE}`]: JSON.stringify(metered.meter.handle),
          HOME: metered.home,
          RUNNER_TEMP: metered.meter.handle.folder,
          ...more.env,
        },
      }),
    watch: () => {
      plot.clock.now = after(now, 5 * MINUTE);
      return plot.watch();
    },
    [Symbol.asyncDispose]: async () => {
      await metered[Symbol.asyncDispose]();
      await plot[Symbol.asyncDispose]();
    },
  };
}
