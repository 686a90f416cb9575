import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'vitest';
import type { HeldWorkflow, PullReceipt, UnloggedStop } from '../../src/core/halt.ts';
import { recordLine } from '../../src/responses/stop/unlogged.ts';
import type { FakeWorkflow } from '../fakes/github/world.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { NOON, plantYard, type Yard } from '../kit/yard.ts';

const ALL = ['stop', '--all', '--reason', 'They comment in circles', '--json'] as const;
const RESUME = ['resume', '--reason', 'The trigger is mended', '--json'] as const;
const WATCH = ['watch', '--ledger', 'branch:octo/yard', '--json'] as const;
const OWN_TEXT =
  "name: Checkrein\non: schedule\njobs:\n  watch:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";

interface Scene {
  readonly yard: Yard;
  readonly own: FakeWorkflow;
}

async function plant(): Promise<Scene> {
  const yard = await plantYard();
  return { yard, own: await yard.github.addWorkflowFile('.github/workflows/checkrein.yml', OWN_TEXT) };
}

/** What a job with no more than `issues: write` can do in the name of the account that all jobs share. */
async function forge({ github }: Yard, held: readonly HeldWorkflow[], more: Partial<UnloggedStop> = {}): Promise<void> {
  const actor = { id: 1, login: 'lead', type: 'User' } as const;
  const terms = { scope: { kind: 'all' }, by: { kind: 'person', actor }, reason: 'forged', at: NOON } as const;
  const record = recordLine({ key: '0123456789abcdef', terms, held, pulls: [], ...more });
  const { issues } = connectToFake(github, { issues: 'write', contents: 'read' });
  const marker = '<!-- checkrein:v1 kind=halt key=halt-x0123456789abcdef gen=0 h=00 -->';
  await issues.create({ title: 'x', labels: ['checkrein'], body: `${marker}\n${record}` });
}

/** As if they had been active before a stop; each with the id of another one too. */
function everything({ yard, own }: Scene): readonly HeldWorkflow[] {
  const paths = ['ci', 'checkrein', 'fixer', 'triage'].map((name) => `.github/workflows/${name}.yml`);
  const ids = [yard.ci.id, own.id, yard.ci.id, own.id];
  return paths.map((path, i) => ({ path, id: ids[i] ?? 0, before: 'active' }));
}

/** Claimed only so that something seems to be left of the stop. */
const MADE_UP: PullReceipt = {
  number: 1,
  head: 'a'.repeat(40),
  autoMerge: 'was_off',
  queue: 'was_out',
  status: 'posted',
};

function isUntouched({ yard, own }: Scene): boolean {
  const { conclusion, status } = yard.ciRun.attempts[0];
  return yard.ci.state === 'active' && own.state === 'active' && conclusion === null && status !== 'completed';
}

function losesLedger({ github }: Yard): { back(): void } {
  const fault = { kind: 'status', status: 500, body: { message: 'Server Error' } } as const;
  const armed = github.faults.add({ path: /\/git\/refs?\//, times: Number.POSITIVE_INFINITY, fault });
  return { back: () => armed.disarm() };
}

function titles({ github }: Yard): readonly string[] {
  return github.world.issues.filter((one) => one.state === 'open' && !one.isPullRequest).map(({ title }) => title);
}

describe.concurrent('a forged record of a stop', { timeout: 120_000 }, () => {
  test('has `watch` stop nothing and declare nothing', async ({ expect }) => {
    const scene = await plant();
    await using yard = scene.yard;
    await forge(yard, everything(scene), { pulls: [MADE_UP] });
    const { exitCode, stderr, stdout } = await yard.cli(WATCH);
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).status).not.toBe('stopped');
    expect([isUntouched(scene), yard.states()]).toEqual([true, ['active', 'active', 'active']]);
    expect(await yard.halt()).toMatchObject({ generation: 0, halt: null });
  });

  test('adds nothing to a stop of one agent, neither workflows nor scope', async ({ expect }) => {
    const scene = await plant();
    await using yard = scene.yard;
    await forge(yard, everything(scene), { pulls: [MADE_UP] });
    const stopped = await yard.cli(['stop', 'fixer', '--reason', 'It runs away', '--json']);
    expect(stopped.exitCode, stopped.stdout).toBe(0);
    expect([isUntouched(scene), yard.states()]).toEqual([true, ['disabled_manually', 'active', 'active']]);
    const { halt, held, pulls } = await yard.halt();
    expect(halt).toMatchObject({ scope: { kind: 'agents', names: ['fixer'] }, reason: 'It runs away' });
    expect(held).toEqual([{ path: '.github/workflows/fixer.yml', id: yard.fixer.id, before: 'active' }]);
    expect(pulls).toEqual([]);
  });

  test('keeps no pull request from its red status by saying that it has one', async ({ expect }) => {
    const scene = await plant();
    await using yard = scene.yard;
    const { issue, headSha } = await yard.github.addPull({ autoMerge: true });
    await forge(yard, everything(scene), { pulls: [{ ...MADE_UP, number: issue.number, head: headSha }] });
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    expect(isUntouched(scene)).toBe(true);
    expect(yard.github.world.statuses).toMatchObject([{ sha: headSha, context: 'checkrein/halt', state: 'failure' }]);
  });

  test('tells at most what an agent was that is off; whose stop that was it cannot say, nor whom it was about', async ({
    expect,
  }) => {
    const scene = await plant();
    await using yard = scene.yard;
    yard.triage.state = 'disabled_manually';
    await forge(yard, everything(scene));
    const watched = await yard.cli(WATCH);
    expect(watched.exitCode, watched.stderr).toBe(0);
    expect([isUntouched(scene), yard.states()]).toEqual([true, ['active', 'disabled_manually', 'active']]);
    const { halt, held } = await yard.halt();
    expect(halt).toMatchObject({
      scope: { kind: 'agents', names: ['triage'] },
      by: { kind: 'operator', login: null },
    });
    expect(held).toEqual([{ path: '.github/workflows/triage.yml', id: yard.triage.id, before: 'active' }]);
  });

  test('cannot make a stop in force somebody else’s', async ({ expect }) => {
    const scene = await plant();
    await using yard = scene.yard;
    yard.triage.state = 'disabled_manually';
    expect((await yard.cli(['stop', 'fixer', '--reason', 'It runs away', '--json'])).exitCode).toBe(0);
    const { halt: before } = await yard.halt();
    await forge(yard, everything(scene));
    expect((await yard.cli(WATCH)).exitCode).toBe(0);
    const { halt } = await yard.halt();
    expect(isUntouched(scene)).toBe(true);
    expect([halt?.by, halt?.reason, halt?.at]).toEqual([before?.by, before?.reason, before?.at]);
  });
});

describe.concurrent('a record where receipts are signed', { timeout: 120_000 }, () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = { CHECKREIN_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };

  test('counts with its signature, and then tells also whom the stop was about', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL, undefined, key)).exitCode).toBe(4);
    ledger.back();
    const watched = await yard.cli(WATCH, undefined, key);
    expect(watched.exitCode, watched.stderr).toBe(0);
    expect((await yard.halt()).halt).toMatchObject({ generation: 1, scope: { kind: 'all' } });
    expect(titles(yard)).toEqual(['Stopped: all agents (stop 1)']);
    expect((await yard.cli(RESUME, undefined, key)).exitCode).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
  });

  test('does not count without one, and people are told', async ({ expect }) => {
    const scene = await plant();
    await using yard = scene.yard;
    yard.triage.state = 'disabled_manually';
    await forge(yard, everything(scene));
    const watched = await yard.cli(WATCH, undefined, key);
    expect(watched.exitCode, watched.stderr).toBe(0);
    expect(`${watched.stdout}${watched.stderr}`).toContain('does not prove it');
    expect(await yard.halt()).toMatchObject({ generation: 0, halt: null });
    const resumed = await yard.cli(RESUME, undefined, key);
    expect([resumed.exitCode, yard.triage.state]).toEqual([3, 'disabled_manually']);
  });
});
