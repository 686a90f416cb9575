import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import type { FakeGitHub } from '../fakes/github.ts';
import { plantYard, type Yard } from '../kit/yard.ts';
import { plantSpending, type Spending, wholeStop } from './stop-watch.ts';

const WATCH = ['watch', '--ledger', 'branch:octo/yard', '--json'] as const;

/** What GitHub says of a person who runs a run again; it lets workflows that are off where the switch says so. */
async function runAgain(github: FakeGitHub, { id }: Pick<FakeRun, 'id'>): Promise<number> {
  github.world.switches.rerunsDisabled = true;
  const headers = { authorization: `Bearer ${github.mintToken({ actions: 'write' }, 'user')}` };
  const url = `${github.url}/repos/${github.fullName}/actions/runs/${id}/rerun`;
  return (await fetch(url, { method: 'POST', headers })).status;
}

function firstOf({ github, fixer }: Pick<Yard | Spending, 'github' | 'fixer'>): FakeRun {
  const run = github.world.runs.find(({ workflow }) => workflow === fixer);
  if (run === undefined) throw new Error('the fixer has no run');
  return run;
}

describe('a run that somebody starts again after a complete stop', { timeout: 120_000 }, () => {
  test('is told by a watch that may not stop, in its output and its summary, and ended by the next that may', async () => {
    await using yard = await plantYard();
    expect((await yard.cli(['stop', '--all', '--reason', 'They comment in circles'])).exitCode).toBe(0);
    expect(await runAgain(yard.github, firstOf(yard))).toBe(201);
    const env = { CHECKREIN_APPLY: 'none' };
    const looked = await yard.action({ inputs: { command: 'watch' }, event: { name: 'schedule' }, env });
    const alive = /Stop 1 is in force, but 1 run of \S*fixer\S* is alive/;
    expect([looked.outputs['status'], looked.stdout, looked.summary, yard.alive().length]).toEqual([
      'stopped',
      expect.stringMatching(alive),
      expect.stringMatching(/Stop 1 is in force, but 1 run/),
      1,
    ]);
    const watched = await yard.cli(WATCH);
    expect([watched.exitCode, watched.stderr]).toEqual([
      0,
      expect.stringMatching(/1 run of \S*fixer\S* had been started under stop 1/),
    ]);
    expect([yard.alive(), yard.states()]).toEqual([[], ['disabled_manually', 'disabled_manually', 'active']]);
    const { receipt } = await yard.halt();
    expect(receipt?.runs.at(-1)).toMatchObject({ id: firstOf(yard).id, attempt: 2, conclusion: 'cancelled' });
    expect((await yard.cli(WATCH)).stderr).not.toContain('under stop 1');
    expect((await yard.cli(['resume', '--reason', 'mended'])).exitCode).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
  });
});

describe('a complete stop', () => {
  async function stopped(): Promise<Spending> {
    const scene = await plantSpending('version: 1\n');
    await scene.watch();
    await stop(await wholeStop(scene));
    expect((await scene.watch()).view.complaints).toEqual([]);
    return scene;
  }

  test('leaves the runs of a workflow alone that somebody has enabled again, and ends those of the others', async () => {
    await using scene = await stopped();
    scene.writer.state = 'active';
    scene.github.startRun(scene.writer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    await runAgain(scene.github, firstOf(scene));
    const { view, incomplete } = await scene.watch();
    expect(incomplete).toBe(false);
    expect(view.complaints.join('\n')).toContain('enabled .github/workflows/writer.yml again');
    expect(view.complaints.join('\n')).toContain('1 run of .github/workflows/fixer.yml');
    expect([scene.alive(scene.fixer).length, scene.alive(scene.writer).length]).toEqual([0, 1]);
    expect(scene.writer.state).toBe('active');
  });

  test('whose late runs cannot be ended is told as something undone, each time', async () => {
    await using scene = await stopped();
    await runAgain(scene.github, firstOf(scene));
    const fault = { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } } as const;
    const path = /\/(force-)?cancel$/;
    scene.github.faults.add({ method: 'POST', path, times: Number.POSITIVE_INFINITY, fault });
    for (let i = 0; i < 2; i++) {
      const { view, incomplete } = await scene.watch();
      expect([incomplete, view.complaints.join()]).toEqual([true, expect.stringContaining('Resource not accessible')]);
    }
    expect(scene.alive(scene.fixer)).toHaveLength(1);
  });

  test('holds back a pull request that moved or came since, and the resume lets it go', async () => {
    await using scene = await stopped();
    const pull = await scene.github.addPull({ autoMerge: true });
    await scene.watch();
    const statuses = (): readonly string[] =>
      scene.github.world.statuses.filter(({ sha }) => sha === pull.headSha).map(({ state }) => state);
    expect([pull.autoMerge, statuses()]).toEqual([null, ['failure']]);
    await scene.watch();
    expect(statuses()).toEqual(['failure']);
    const wish = { paths: null, stage: 'all', anyway: true, reason: 'mended' } as const;
    await resume({ ...scene.person(), wish });
    expect(statuses()).toEqual(['failure', 'success']);
  });

  test('that somebody resumes while a late run is being ended gives way', async () => {
    await using scene = await stopped();
    await runAgain(scene.github, firstOf(scene));
    const wish = { paths: null, stage: 'all', anyway: true, reason: 'mended' } as const;
    const happens = async (): Promise<void> => void (await resume({ ...scene.person(), wish }));
    scene.github.faults.add({ method: 'POST', path: /\/cancel$/, fault: { kind: 'meanwhile', happens } });
    await scene.watch();
    expect([scene.fixer.state, scene.writer.state]).toEqual(['active', 'active']);
    expect((await scene.ledger.read()).state.halt.halt).toBeNull();
  });
});
