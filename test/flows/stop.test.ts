import { describe, expect, test } from 'vitest';
import { type ResumeJob, resume } from '../../src/app/resume.ts';
import { stop } from '../../src/app/stop.ts';
import { attempt, OutsideFailure } from '../../src/core/failure.ts';
import type { StopReceipt } from '../../src/core/halt.ts';
import { after, MINUTE, SECOND } from '../../src/core/time.ts';
import { haltFold, isWhole } from '../../src/responses/stop/log.ts';
import type { Fault } from '../fakes/github/faults.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { mortal } from '../kit/mortal.ts';
import { NOON, plantRunaway, type Runaway } from '../kit/runaway.ts';

/** No request is repeated by the connection: what fails once must be taken up by the stop itself. */
const UNREPEATED = { retries: 0 };

function resumeJob(scene: Runaway, wish: Partial<ResumeJob['wish']> = {}): ResumeJob {
  return {
    ...scene.job(),
    wish: { paths: null, stage: 'all', anyway: false, reason: 'The cause is gone', ...wish },
  };
}

/** All agents off, none of their runs left, and nothing else touched. */
function expectStopped(scene: Runaway): void {
  expect(scene.alive().map(({ id }) => id)).toEqual([]);
  expect(scene.fixer.state).toBe('disabled_manually');
  expect(scene.triage.state).toBe('disabled_manually');
  expect(scene.idle.state).toBe('disabled_inactivity');
  expect(scene.ci.state).toBe('active');
  expect(scene.ciRun.attempts[0].status).toBe('in_progress');
}

async function expectWhole(scene: Runaway, receipt: StopReceipt): Promise<void> {
  expect(receipt.residue).toEqual([]);
  expect(receipt.timeToStop).not.toBeNull();
  expect((await scene.ledger.read()).state.halt.receipt).toEqual(receipt);
  expect((await scene.ledger.verify()).ok).toBe(true);
}

async function expectResumed(scene: Runaway): Promise<void> {
  expect([scene.fixer.state, scene.triage.state, scene.idle.state]).toEqual([
    'active',
    'active',
    'disabled_inactivity',
  ]);
  expect((await scene.ledger.read()).state.halt).toMatchObject({ halt: null, held: [] });
}

describe('a stop of a runaway', () => {
  test('ends every run, also the one that survives a cancel, proves it, and a resume restores the state before', async () => {
    await using scene = await plantRunaway();
    const receipt = await stop(scene.job());
    expectStopped(scene);
    await expectWhole(scene, receipt);
    // One that works with a cleanup, five in the queue, one that waits, one that works; the first trigger may come before the disable.
    expect(receipt.runs.length).toBeGreaterThanOrEqual(8);
    expect(receipt.runs.every(({ after, requests }) => after === 'completed' && requests.length > 0)).toBe(true);
    expect(receipt.runs.flatMap(({ requests }) => requests.map(({ act }) => act))).toContain('force-cancel');
    expect(receipt.workflows.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['.github/workflows/fixer.yml', 'active', 'disabled_manually'],
      ['.github/workflows/idle.yml', 'disabled_inactivity', 'disabled_inactivity'],
      ['.github/workflows/triage.yml', 'active', 'disabled_manually'],
    ]);
    // The grace of a minute, then two lists that show nothing any more.
    expect(receipt.timeToStop).toBeLessThan(3 * MINUTE);
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test.each([
    ['ends runs by disabling', { disableEndsRuns: true }],
    ['lags behind with its lists', { listLag: 8 * SECOND }],
    ['adds a ref to the path of runs', { runPathHasRef: true }],
    ['refuses to switch auto-merge off', { autoMergeOff: false, dequeues: false }],
  ])('comes to the same end where GitHub %s', async (_what, switches) => {
    await using scene = await plantRunaway(switches);
    const receipt = await stop(scene.job());
    expectStopped(scene);
    await expectWhole(scene, receipt);
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('disables again what somebody enables while it stops', async () => {
    await using scene = await plantRunaway();
    scene.github.at(after(NOON, 20 * SECOND), () => {
      scene.fixer.state = 'active';
    });
    await expectWhole(scene, await stop(scene.job()));
    expectStopped(scene);
  });

  test('of one agent leaves the others alone', async () => {
    await using scene = await plantRunaway();
    await stop(scene.job({ scope: { kind: 'agents', names: ['triage'] } }));
    expect([scene.triage.state, scene.fixer.state]).toEqual(['disabled_manually', 'active']);
    expect(scene.alive().every(({ workflow }) => workflow === scene.fixer)).toBe(true);
  });

  test('goes on without a ledger, says so, and the next process writes the receipt', async () => {
    await using scene = await plantRunaway();
    const away = { kind: 'unavailable', message: 'The ledger is away', remedy: 'Wait', retry: false } as const;
    const refuse = (): never => {
      throw new OutsideFailure(away);
    };
    const broken = { ...scene.ledger, read: async () => refuse(), append: async () => refuse() };
    const receipt = await stop(scene.job({ ledger: broken }));
    expectStopped(scene);
    expect(receipt.residue).toMatchObject([{ what: 'ledger', remedy: 'Wait' }]);
    await expectWhole(scene, await stop(scene.job()));
  });

  test('says what it may not do, as a failure with the line to add', async () => {
    await using scene = await plantRunaway();
    const github = connectToFake(scene.github, { actions: 'read', contents: 'write' });
    const receipt = await stop(scene.job({ github }));
    expect(scene.alive().length).toBeGreaterThan(0);
    expect(receipt.timeToStop).toBeNull();
    expect(receipt.residue.map(({ remedy }) => remedy).join()).toContain('`actions: write`');
    expect(isWhole(receipt)).toBe(false);
  });
});

const FAULTS: readonly Fault[] = [{ kind: 'status', status: 502 }, { kind: 'reset' }, { kind: 'lost' }];

/** A short grace makes few looks: each call of them is one turn of a sweep. */
const QUICK = { limits: { grace: 5 * SECOND, deadline: 15 * MINUTE, reserve: 0 } };
const AT_ONCE = 4;

/** Plays a scene for the first call, the second and so on, until one whole scene has fewer calls. */
async function sweep(turn: (nth: number) => Promise<'hit' | 'missed'>): Promise<void> {
  for (let first = 1; ; first += AT_ONCE) {
    const turns = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => turn(first + i)));
    if (turns.includes('missed')) return;
  }
}

describe('every single call fails once', () => {
  test.each(FAULTS)('$kind: the stop comes to the same end', { timeout: 120_000 }, async (fault) => {
    await sweep(async (nth) => {
      await using scene = await plantRunaway();
      const armed = scene.github.faults.add({ nth, fault });
      const receipt = await stop(scene.job(QUICK, UNREPEATED));
      expectStopped(scene);
      await expectWhole(scene, receipt);
      return armed.hits === 0 ? 'missed' : 'hit';
    });
  });

  test.each(FAULTS)(
    '$kind: the resume comes to the same end, at the second try at most',
    {
      timeout: 120_000,
    },
    async (fault) => {
      await sweep(async (nth) => {
        await using scene = await plantRunaway();
        await stop(scene.job(QUICK));
        const armed = scene.github.faults.add({ nth, fault });
        const first = await attempt(() => resume({ ...resumeJob(scene), github: scene.job({}, UNREPEATED).github }));
        if (!first.ok) await resume(resumeJob(scene));
        await expectResumed(scene);
        return armed.hits === 0 ? 'missed' : 'hit';
      });
    },
  );
});

describe('the process is killed after any call', () => {
  test('the next stop takes it up, and a resume restores the state before', { timeout: 180_000 }, async () => {
    await sweep(async (most) => {
      await using scene = await plantRunaway();
      const { fetch, dead } = mortal(most);
      const first = await Promise.race([stop(scene.job(QUICK, { fetch })), dead]);
      if (first !== 'dead') return 'missed';
      const receipt = await stop(scene.job(QUICK));
      expectStopped(scene);
      await expectWhole(scene, receipt);
      await resume(resumeJob(scene));
      await expectResumed(scene);
      return 'hit';
    });
  });
});

describe('a resume', () => {
  test('of one canary first lets the rest wait', async () => {
    await using scene = await plantRunaway();
    await stop(scene.job());
    const { later, resumption } = await resume(resumeJob(scene, { stage: 'canary' }));
    expect(resumption).toMatchObject({ stage: 'canary', workflows: ['.github/workflows/fixer.yml'] });
    expect(later.map(({ path }) => path)).toEqual(['.github/workflows/triage.yml']);
    expect([scene.fixer.state, scene.triage.state]).toEqual(['active', 'disabled_manually']);
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('is refused where no stop is in force', async () => {
    await using scene = await plantRunaway();
    expect((await scene.ledger.read()).state.halt).toEqual(haltFold.initial);
    await expect(resume(resumeJob(scene))).rejects.toThrow('No stop is in force');
  });

  test('leaves alone what a person had disabled before', async () => {
    await using scene = await plantRunaway();
    scene.triage.state = 'disabled_manually';
    await stop(scene.job());
    await resume(resumeJob(scene));
    expect([scene.fixer.state, scene.triage.state]).toEqual(['active', 'disabled_manually']);
    expect((await scene.ledger.read()).state.halt.halt).toBeNull();
  });
});
