import { describe, type ExpectStatic, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { attempt } from '../../src/core/failure.ts';
import type { Finished } from '../drivers/process.ts';
import { agentText, plantYard, type Yard } from '../kit/yard.ts';
import { expectResumed, expectStopped, expectWhole, plantWhole, QUICK, resumeJob } from './stop-ends.ts';

const ALL = ['stop', '--all', '--reason', 'A new danger', '--json'] as const;
const RESUME = ['resume', '--reason', 'It is mended', '--json'] as const;
const WATCH = ['watch', '--ledger', 'branch:octo/yard', '--json'] as const;
const OFF = ['disabled_manually', 'disabled_manually', 'active'];

/** When somebody else acts: just before GitHub serves that call of the resume. */
type Moment = readonly [name: string, method: string, path: RegExp, nth: number];

const MOMENTS: readonly Moment[] = [
  ['before the first workflow is switched on', 'PUT', /\/enable$/, 1],
  ['between two workflows that are switched on', 'PUT', /\/enable$/, 2],
  ['while statuses turn green', 'POST', /\/statuses\//, 1],
  ['just before it is written down', 'POST', /\/git\/commits$/, 1],
];

interface Both {
  readonly resumed: Finished;
  readonly other: Finished;
}

/** @param waits whether the resume stands still until the other one has ended; else only until the ledger knows of it. */
async function during(yard: Yard, words: readonly string[], moment: Moment, waits = true): Promise<Both> {
  const [, method, path, nth] = moment;
  const going: { other: Promise<Finished> | null } = { other: null };
  const happens = async (): Promise<void> => {
    going.other = yard.cli(words);
    if (waits) await going.other;
    else while ((await yard.halt()).generation < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  yard.github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
  const resumed = await yard.cli(RESUME);
  if (going.other === null) throw new Error(`nothing came in between: ${resumed.stdout}${resumed.stderr}`);
  return { resumed, other: await going.other };
}

function haltStatus({ github }: Yard): string | undefined {
  return github.world.statuses.findLast(({ context }) => context === 'checkrein/halt')?.state;
}

async function expectHeld(yard: Yard, expect: ExpectStatic): Promise<void> {
  expect(yard.states()).toEqual(OFF);
  expect(yard.alive()).toEqual([]);
  expect(haltStatus(yard)).toBe('failure');
  const halt = await yard.halt();
  expect(halt).toMatchObject({ generation: 2, halt: { generation: 2 }, receipt: { residue: [] } });
  expect(halt.receipt?.timeToStop).toEqual(expect.any(Number));
}

// One after another: a request that is held up for longer than the client waits would be served when all is over.
describe('somebody stops while a resume goes on', { timeout: 120_000 }, () => {
  test.for(MOMENTS)('%s: the stop holds, and the resume says that it came to nothing', async (moment, { expect }) => {
    await using yard = await plantYard();
    await yard.github.addPull({ autoMerge: true });
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const { resumed, other } = await during(yard, ALL, moment);
    expect(other.exitCode, other.stdout).toBe(0);
    expect([resumed.exitCode, resumed.stderr], resumed.stdout).toEqual([1, '']);
    await expectHeld(yard, expect);
    const report = JSON.parse(resumed.stdout);
    expect(report).toMatchObject({ isOver: false, overtakenBy: 2, later: [] });
    expect(report.resumption).toMatchObject({ generation: 1, workflows: [], released: [] });
    expect(resumed.stdout).toContain('Stop 2 was declared while the resume of an older one went on');
    // What was stopped twice comes back with one resume.
    const again = await yard.cli(RESUME);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
    expect(haltStatus(yard)).toBe('success');
  });

  test.for(MOMENTS.filter((_, i) => i % 2 === 0))(
    '%s, side by side: the stop holds all the same',
    async (moment, { expect }) => {
      await using yard = await plantYard();
      await yard.github.addPull({ autoMerge: true });
      expect((await yard.cli(ALL)).exitCode).toBe(0);
      const { resumed } = await during(yard, ALL, moment, false);
      expect(resumed.exitCode, resumed.stdout).toBe(1);
      await expectHeld(yard, expect);
    },
  );

  test('a run that began in between is ended', async ({ expect }) => {
    await using yard = await plantYard();
    await yard.github.addPull({ autoMerge: true });
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const happens = (): void => {
      yard.github.startRun(yard.fixer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    };
    yard.github.faults.add({ method: 'PUT', path: /\/enable$/, nth: 2, fault: { kind: 'meanwhile', happens } });
    const { resumed } = await during(yard, ALL, ['', 'POST', /\/git\/commits$/, 1]);
    expect(resumed.exitCode, resumed.stdout).toBe(1);
    await expectHeld(yard, expect);
  });

  test('after it was written down: what that stop holds stays off', async ({ expect }) => {
    await using yard = await plantYard();
    await yard.github.addPull({ autoMerge: true });
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    // The first look at the workflows after the ledger has it.
    const ended: { stop: Finished | null } = { stop: null };
    const happens = async (): Promise<void> => {
      ended.stop = await yard.cli(ALL);
    };
    const arm = (): void =>
      void yard.github.faults.add({
        ...{ method: 'GET', path: /\/actions\/workflows$/ },
        fault: { kind: 'meanwhile', happens },
      });
    yard.github.faults.add({ method: 'PATCH', path: /\/git\/refs\//, fault: { kind: 'meanwhile', happens: arm } });
    const resumed = await yard.cli(RESUME);
    expect(ended.stop?.exitCode).toBe(0);
    expect(resumed.exitCode, resumed.stdout).toBe(1);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ isOver: false, overtakenBy: 2 });
    await expectHeld(yard, expect);
  });

  test.for(MOMENTS.filter(([, , path]) => !path.source.includes('statuses')))(
    '%s: newcomers that `watch` takes in are not let go with the rest',
    async (moment, { expect }) => {
      await using yard = await plantYard();
      expect((await yard.cli(WATCH)).exitCode).toBe(0);
      expect((await yard.cli(ALL)).exitCode).toBe(0);
      const scribe = await yard.github.addWorkflowFile('.github/workflows/scribe.yml', agentText('Scribe'));
      expect((await yard.cli(WATCH)).exitCode).toBe(0);
      const { resumed, other } = await during(yard, WATCH, moment);
      expect(other.exitCode, other.stderr).toBe(0);
      expect(resumed.exitCode, resumed.stdout).toBe(1);
      expect([...yard.states(), scribe.state]).toEqual([...OFF, 'disabled_manually']);
      expect(await yard.halt()).toMatchObject({ generation: 2, origin: 1, halt: { generation: 2 } });
      expect((await yard.cli(RESUME)).exitCode).toBe(0);
      expect([...yard.states(), scribe.state]).toEqual(['active', 'active', 'active', 'active']);
    },
  );
});

describe('a resume in a comment is about the stop that its author knew', { timeout: 120_000 }, () => {
  /** What the action asks for after it has found the author to be a lead, and before it resumes. */
  const ALLOWED: readonly (readonly [string, RegExp, number])[] = [
    ['when the configuration is read once more', /\/contents\//, 2],
    ['when the ledger is read once more', /\/git\/ref/, 4],
  ];

  test.for(ALLOWED)('%s another one is declared: it is left alone', async ([, path, nth], { expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const author = yard.github.world.users.find(({ login }) => login === 'lead');
    if (author === undefined) throw new Error('there is no lead');
    const body = '/checkrein resume @1 because it is mended';
    const { comment, issue } = yard.github.openComment({ body, author, at: yard.clock.now() });
    const ended: { stop: Finished | null } = { stop: null };
    const happens = async (): Promise<void> => {
      ended.stop = await yard.cli(ALL);
    };
    const armed = yard.github.faults.add({ path, nth, fault: { kind: 'meanwhile', happens } });
    const payload = {
      action: 'created',
      comment: { id: comment.id, created_at: comment.createdAt, body: comment.body },
    };
    await yard.action({ inputs: { command: 'command' }, event: { name: 'issue_comment', payload } });
    expect([armed.hits, ended.stop?.exitCode]).toEqual([1, 0]);
    expect(yard.states()).toEqual(OFF);
    expect(await yard.halt()).toMatchObject({ generation: 2, halt: { generation: 2 } });
    expect(issue.comments.at(-1)?.body).toMatch(/Another stop has come into force/);
    expect(issue.comments.at(-1)?.body).not.toContain('anyway');
  });
});

describe('a stop at every call of a resume', () => {
  test('holds, and is proven', { timeout: 300_000 }, async ({ expect }) => {
    const calls = await callsOfResume();
    expect(calls).toBeGreaterThan(3);
    for (let nth = 1; nth <= calls; nth++) {
      await using scene = await plantWhole('memory');
      await stop(scene.job(QUICK));
      const second: { stop: Promise<unknown> | null } = { stop: null };
      const happens = async (): Promise<void> => {
        second.stop = stop(scene.job({ ...QUICK, reason: 'A new danger' }));
        await second.stop;
      };
      scene.github.faults.add({ nth, fault: { kind: 'meanwhile', happens } });
      const resumed = await attempt(() => resume(resumeJob(scene, { generation: 1 })));
      expect(second.stop, `call ${nth}`).not.toBeNull();
      await second.stop;
      const state = (await scene.ledger.read()).state.halt;
      expect(state, `call ${nth}`).toMatchObject({ generation: 2, halt: { generation: 2 }, resumptions: [] });
      if (state.receipt === null) throw new Error(`no receipt after call ${nth}`);
      expectStopped(scene);
      await expectWhole(scene, state.receipt);
      if (resumed.ok) expect(resumed.value).toMatchObject({ overtakenBy: 2 });
      await resume(resumeJob(scene));
      await expectResumed(scene);
    }
  });
});

async function callsOfResume(): Promise<number> {
  await using scene = await plantWhole('memory');
  await stop(scene.job(QUICK));
  const before = scene.github.log.length;
  await resume(resumeJob(scene));
  return scene.github.log.length - before;
}
