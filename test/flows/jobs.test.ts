import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../drivers/process.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { reviewPull } from '../fakes/github/pull-life.ts';
import type { FakeRun, Permissions } from '../fakes/github/world.ts';
import { type FastClock, fastClock } from '../kit/fast-clock.ts';
import { EVENING, type Plot, plantPlot, readLedger } from './plot.ts';

/** $12 were spent of $10, and in this configuration that stops the agent. */
const ENFORCE = `version: 1
mode: enforce
budgets:
  - { name: fixer-day, agent: fixer, period: day, usd: 10 }
responses: { budget: stop }
stop: { grace: 1m, deadline: 3m }
`;

interface Job {
  readonly permissions: Permissions;
  readonly steps: readonly [{ readonly with: ActionRun['inputs']; readonly env?: Readonly<Record<string, string>> }];
}

const JOBS: Readonly<Record<string, Job>> = parse(
  readFileSync(join(ROOT, 'config/workflows/checkrein.yml'), 'utf8'),
).jobs;

/** So much faster than on the wall does time pass for everybody. */
const SPEED = 20;

interface Scene extends Plot {
  readonly live: FakeRun;
  readonly fast: FastClock;
}

/** A plot whose fixer works on, has an approved pull request that merges itself, and is to be stopped. */
async function plantOverspending(): Promise<Scene> {
  const fast = fastClock(EVENING, SPEED);
  const plot = await plantPlot({ config: ENFORCE, now: fast.now });
  const live = plot.github.startRun(plot.fixer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
  const pull = await plot.github.addPull({ headRef: 'claude/fix', autoMerge: true, isInMergeQueue: true, at: EVENING });
  const by = plot.github.addUser({ login: 'ada' });
  reviewPull(plot.github.world, pull, { by, state: 'APPROVED', at: EVENING });
  return { ...plot, live, fast };
}

/** Runs a job of the workflow that the product ships as the runner would: its inputs, its environment, its permissions. */
function runJob(
  { github, fast }: Scene,
  name: string,
  lowered: string | null = null,
  run: Partial<ActionRun> = {},
): Promise<ActionResult> {
  const { permissions, steps } = JOBS[name] as Job;
  const [{ with: inputs = {}, env = {} }] = steps;
  // A secret that nobody has set is empty.
  const set = Object.entries(env).map(([key, value]) => [key, value.includes('secrets.') ? '' : value]);
  const token = github.mintToken(lowered === null ? permissions : lower(permissions, lowered));
  return runAction({ github, inputs, token, env: { ...fast.env, ...Object.fromEntries(set) }, ...run });
}

/** One step less of one permission: of `write` is left `read`, of `read` nothing. */
function lower(permissions: Permissions, permission: string): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).flatMap(([key, access]) => {
      if (key !== permission) return [[key, access]];
      return access === 'write' ? [[key, 'read']] : [];
    }),
  );
}

/** Nothing was left undone, and nobody was told of anything that a person must mend. */
function isClean({ exitCode, stdout }: ActionResult): boolean {
  return exitCode === 0 && !/not allowed|may not|not accessible|permission/i.test(stdout);
}

describe('the jobs of the workflow that is shipped', { timeout: 120_000 }, () => {
  test('gather, tell and stop one after the other, each with no more than its own permissions', async () => {
    await using plot = await plantOverspending();
    const asked = (): readonly string[] =>
      plot.github.log.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    const collected = await runJob(plot, 'collect');
    expect([collected.exitCode, plot.github.world.issues.filter((issue) => !issue.isPullRequest).length]).toEqual([
      0, 0,
    ]);
    // What is read by GraphQL is asked with POST, too; the job holds no permission to change anything by it.
    expect(asked().filter((path) => !path.includes('/git/') && !path.endsWith('/graphql'))).toEqual([]);
    const responded = await runJob(plot, 'respond');
    expect(isClean(responded)).toBe(true);
    expect(plot.github.world.issues.map(({ title }) => title).join()).toContain('fixer');
    expect(plot.fixer.state).toBe('active');
    const enforced = await runJob(plot, 'enforce');
    expect(isClean(enforced)).toBe(true);
    expect([plot.fixer.state, plot.live.attempts[0].conclusion]).toEqual(['disabled_manually', 'cancelled']);
    expect((await readLedger(plot)).verification.ok).toBe(true);
  });

  test('do what a person asks at the button: stop all, and resume by a lead', async () => {
    await using plot = await plantOverspending();
    const press = (command: string): Partial<ActionRun> => ({
      event: {
        name: 'workflow_dispatch',
        payload: { inputs: { command, agent: 'all', reason: 'It runs away', canary: '', anyway: 'false' } },
      },
    });
    const stopped = await runJob(plot, 'stop', null, press('stop'));
    expect([isClean(stopped), stopped.stdout]).toEqual([true, expect.any(String)]);
    expect(plot.fixer.state).toBe('disabled_manually');
    const resumed = await runJob(plot, 'resume', null, press('resume'));
    expect([isClean(resumed), resumed.stdout]).toEqual([true, expect.any(String)]);
    expect(plot.fixer.state).toBe('active');
  });

  test('take a stop over that was carried out while the ledger was away, and a lead brings all back', async () => {
    await using plot = await plantOverspending();
    expect((await runJob(plot, 'collect')).exitCode).toBe(0);
    const press = (command: string): Partial<ActionRun> => ({
      event: {
        name: 'workflow_dispatch',
        payload: { inputs: { command, agent: 'all', reason: 'It runs away', canary: '', anyway: 'false' } },
      },
    });
    const { faults, world } = plot.github;
    const fault = { kind: 'status', status: 500, body: { message: 'Server Error' } } as const;
    const away = faults.add({ path: /\/git\/refs?\//, times: Number.POSITIVE_INFINITY, fault });
    expect((await runJob(plot, 'stop', null, press('stop'))).exitCode).toBe(4);
    expect(plot.fixer.state).toBe('disabled_manually');
    away.disarm();
    for (const job of ['collect', 'respond', 'enforce', 'respond']) {
      const done = await runJob(plot, job);
      expect([job, isClean(done), done.stdout]).toEqual([job, true, expect.any(String)]);
    }
    const { events } = await readLedger(plot);
    const declared = events.flatMap((event) => (event.kind === 'halt.declared' ? [event.data] : []));
    expect(declared).toMatchObject([
      { halt: { generation: 1 }, workflows: [{ path: plot.fixer.path, before: 'active' }] },
    ]);
    const open = world.issues.filter(({ state, title }) => state === 'open' && /^Stop/.test(title));
    expect(open.map(({ title }) => title)).toEqual(['Stopped: fixer (stop 1)']);
    const resumed = await runJob(plot, 'resume', null, press('resume'));
    expect([resumed.exitCode, plot.fixer.state]).toEqual([0, 'active']);
  });

  test('answer what people write, and stop at their word', async () => {
    await using plot = await plantOverspending();
    const { issue, comment } = plot.github.openComment({ body: '/checkrein stop fixer' });
    const payload = {
      action: 'created',
      issue: { number: issue.number },
      comment: { id: comment.id, created_at: comment.createdAt, body: comment.body },
    };
    const answered = await runJob(plot, 'command', null, { event: { name: 'issue_comment', payload } });
    expect([isClean(answered), plot.fixer.state, plot.live.attempts[0].conclusion]).toEqual([
      true,
      'disabled_manually',
      'cancelled',
    ]);
  });

  const lowered = ['collect', 'respond', 'enforce'].flatMap((job) =>
    Object.keys(JOBS[job]?.permissions ?? {}).map((permission) => [job, permission] as const),
  );
  /** Runs a job once all has been gathered; true when all of it was done and told. */
  async function isDone(job: string, permission: string | null): Promise<boolean> {
    await using plot = await plantOverspending();
    await runJob(plot, 'collect');
    // Its event was lost.
    if (job === 'enforce') plot.github.openComment({ body: '/checkrein stop fixer' });
    const clean = isClean(await runJob(plot, job, permission));
    return clean && (job !== 'enforce' || plot.github.world.issues.some(({ title }) => title.startsWith('Stopped')));
  }

  test.each(lowered)(
    'need each of their permissions: %s with less of %s does not do it all',
    async (job, permission) => {
      expect(await isDone(job, permission)).toBe(false);
    },
  );

  test.each(['collect', 'respond', 'enforce'])(
    'need no more than those: %s with all of them does it all',
    async (job) => {
      expect(await isDone(job, null)).toBe(true);
    },
  );
});
