import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { OutsideFailure } from '../../src/core/failure.ts';
import { after, MINUTE, SECOND } from '../../src/core/time.ts';
import { haltFold, isWhole } from '../../src/responses/stop/log.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { NOON, plantRunaway } from '../kit/runaway.ts';
import { expectResumed, expectStopped, expectWhole, resumeJob } from './stop-ends.ts';

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

  test('goes on without a ledger, says so, the next process writes the receipt, and a resume restores the state before', async () => {
    await using scene = await plantRunaway({ withPull: true });
    const away = { kind: 'unavailable', message: 'The ledger is away', remedy: 'Wait', retry: false } as const;
    const refuse = (): never => {
      throw new OutsideFailure(away);
    };
    const broken = { ...scene.ledger, read: async () => refuse(), append: async () => refuse() };
    const receipt = await stop(scene.job({ ledger: broken }));
    expectStopped(scene);
    expect(receipt.halt.generation).toBeNull();
    expect(receipt.residue).toMatchObject([{ what: 'ledger', remedy: 'Wait' }]);
    expect(receipt.residue[0]?.why).toContain(
      'Active before: .github/workflows/fixer.yml, .github/workflows/triage.yml',
    );
    // Nor has the next one, which finds all of it off.
    const second = await stop(scene.job({ ledger: broken }));
    expect(second.workflows.map(({ before }) => before)).toEqual(['active', 'disabled_inactivity', 'active']);
    await expectWhole(scene, await stop(scene.job()));
    await resume(resumeJob(scene));
    await expectResumed(scene);
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
