import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { HOUR, MINUTE, after as plus } from '../../src/core/time.ts';
import { connectToFake, STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { mortal } from '../kit/mortal.ts';
import { agentWorkflow, plantSpending, type Spending, wholeStop } from './stop-watch.ts';

/** After so many calls the stop is written down. */
const CALLS = 6;

async function plantKilled(): Promise<Spending> {
  const scene = await plantSpending('version: 1\n');
  await scene.watch();
  const { fetch, dead } = mortal(CALLS);
  const dying = wholeStop(scene, connectToFake(scene.github, STOP_PERMISSIONS, { fetch }));
  expect(await Promise.race([stop(await dying), dead])).toBe('dead');
  // It is killed in the middle of its looks; what it would have done next is done.
  scene.fixer.state = 'disabled_manually';
  scene.writer.state = 'disabled_manually';
  return scene;
}

function states({ fixer, writer }: Spending): readonly string[] {
  return [fixer.state, writer.state];
}

/** A person resumes just before GitHub serves the next call of that kind. */
function resumeBefore(scene: Spending, method: string, path: RegExp, paths: readonly string[] | null, nth = 1): void {
  const wish = { paths, stage: 'all', anyway: false, reason: 'It is over' } as const;
  const happens = async (): Promise<void> => void (await resume({ ...scene.person(), wish }));
  scene.github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
}

const STATES = /\/actions\/workflows$/;
const RUNS = /\/actions\/workflows\/\d+\/runs$/;
const CANCEL = /\/cancel$/;

describe('a person resumes while `watch` goes on with the stop', () => {
  test.each([
    ['before it writes down that it goes on', 'GET', STATES],
    ['before it looks at the runs', 'GET', RUNS],
    ['while it ends runs', 'POST', CANCEL],
  ])('%s: all stays on, and no stop is in force', async (_, method, path) => {
    await using scene = await plantKilled();
    resumeBefore(scene, method, path, null);
    const { view, incomplete } = await scene.watch();
    expect(states(scene)).toEqual(['active', 'active']);
    expect((await scene.ledger.read()).state.halt).toMatchObject({ generation: 1, halt: null, held: [] });
    expect([incomplete, view.complaints.join()]).toEqual([false, expect.stringContaining('resumed stop 1 while')]);
    await scene.watch();
    expect(states(scene)).toEqual(['active', 'active']);
  });

  test.each([
    ['before it writes down that it goes on', 'GET', STATES],
    ['before it looks at the runs', 'GET', RUNS],
    ['while it ends runs', 'POST', CANCEL],
  ])('%s: one workflow stays on, the stop of the other comes to its end', async (_, method, path) => {
    await using scene = await plantKilled();
    resumeBefore(scene, method, path, [scene.fixer.path]);
    const { view, incomplete } = await scene.watch();
    expect(states(scene)).toEqual(['active', 'disabled_manually']);
    expect(scene.alive(scene.writer)).toEqual([]);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt).toMatchObject({ generation: 1, held: [{ path: scene.writer.path }], receipt: { residue: [] } });
    expect([incomplete, view.complaints]).toEqual([false, []]);
  });

  test('and it is switched off before the resume is written down: the resume switches it on again', async () => {
    await using scene = await plantKilled();
    const happens = (): void => {
      scene.fixer.state = 'disabled_manually';
    };
    scene.github.faults.add({ method: 'PUT', path: /\/enable$/, nth: 2, fault: { kind: 'meanwhile', happens } });
    const wish = { paths: null, stage: 'all', anyway: false, reason: 'It is over' } as const;
    const { residue } = await resume({ ...scene.person(), wish });
    expect([...states(scene), residue.length]).toEqual(['active', 'active', 0]);
  });
});

describe('a person resumes while a stop goes on that dies before it can give back what it switched off last', () => {
  test('what is off then, and held by nobody, is told for as long as somebody may wonder', async () => {
    await using scene = await plantSpending('version: 1\n');
    await scene.watch();
    const { fetch, dead } = mortal(1, '/disable');
    resumeBefore(scene, 'PUT', /\/disable$/, null);
    const dying = await wholeStop(scene, connectToFake(scene.github, STOP_PERMISSIONS, { fetch }));
    expect(await Promise.race([stop(dying), dead])).toBe('dead');
    expect([...states(scene), (await scene.ledger.read()).state.halt.halt]).toEqual([
      'disabled_manually',
      'active',
      null,
    ]);
    const { view, incomplete } = await scene.watch();
    expect(view.complaints.join()).toContain(
      'Stop 1 was resumed while it still went on, and .github/workflows/fixer.yml is off',
    );
    expect([incomplete, ...states(scene)]).toEqual([false, 'disabled_manually', 'active']);
    scene.fixer.state = 'active';
    expect((await scene.watch()).view.complaints).toEqual([]);
  });
});

describe('an agent that appears while all agents are stopped', () => {
  async function plantNewcomer(): Promise<{ readonly scene: Spending; readonly state: () => string }> {
    const scene = await plantSpending('version: 1\n');
    await scene.watch();
    await stop(await wholeStop(scene));
    const scribe = await scene.github.addWorkflowFile('.github/workflows/scribe.yml', agentWorkflow('Scribe'));
    scene.github.startRun(scribe, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    return { scene, state: () => `${scribe.state}, ${scene.alive(scribe).length} alive` };
  }

  test('is told where nothing may be stopped, and stopped by the next job that may', async () => {
    const { scene, state } = await plantNewcomer();
    await using _scene = scene;
    await scene.watch({ apply: ['issue'] });
    const witness = await scene.watch({ apply: ['issue'] });
    expect(witness.view.complaints.join()).toContain('does not hold .github/workflows/scribe.yml yet');
    expect(state()).toBe('active, 1 alive');
    const { view, incomplete, report } = await scene.watch();
    expect(state()).toBe('disabled_manually, 0 alive');
    expect(view.complaints.join()).toContain('.github/workflows/scribe.yml, new since stop 1, is stopped too');
    expect([incomplete, report.status]).toEqual([false, 'stopped']);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt).toMatchObject({ generation: 2, halt: { scope: { kind: 'all' } }, receipt: { residue: [] } });
    expect((await scene.watch()).view.complaints).toEqual([]);
    expect((await scene.ledger.read()).state.halt.generation).toBe(2);
    await resume({ ...scene.person(), wish: { paths: null, stage: 'all', anyway: false, reason: 'It is over' } });
    expect([...states(scene), state()]).toEqual(['active', 'active', 'active, 0 alive']);
  });

  test('does not make the stop take back what a person has resumed', async () => {
    const { scene, state } = await plantNewcomer();
    await using _scene = scene;
    const paths = [scene.writer.path];
    await resume({ ...scene.person(), wish: { paths, stage: 'all', anyway: false, reason: 'It is needed' } });
    await scene.watch();
    await scene.watch();
    expect([...states(scene), state()]).toEqual(['disabled_manually', 'active', 'disabled_manually, 0 alive']);
  });

  test('does not keep the rest from coming back once the canary has done well', async () => {
    const { scene, state } = await plantNewcomer();
    await using _scene = scene;
    const wish = { paths: null, stage: 'canary', canary: scene.writer.path, anyway: false, reason: 'Try one' } as const;
    await resume({ ...scene.person(), wish });
    await scene.watch();
    await scene.watch();
    expect([...states(scene), state()]).toEqual(['disabled_manually', 'active', 'disabled_manually, 0 alive']);
    expect((await scene.ledger.read()).state.halt).toMatchObject({ generation: 2, resumptions: [{ stage: 'canary' }] });
    for (let i = 0; i < 3; i++) {
      scene.clock.now = plus(scene.clock.now, HOUR);
      scene.work(scene.writer, plus(scene.clock.now, -MINUTE), 0.5);
    }
    scene.clock.now = plus(scene.clock.now, HOUR);
    expect((await scene.watch()).view.complaints).toEqual([]);
    expect([...states(scene), state()]).toEqual(['active', 'active', 'active, 0 alive']);
    expect((await scene.ledger.read()).state.halt.halt).toBeNull();
  });

  test('is left alone when all is resumed just before it would be stopped', async () => {
    const { scene, state } = await plantNewcomer();
    await using _scene = scene;
    await scene.watch({ apply: ['issue'] });
    // The first look is for what is active, the second that of the stop.
    resumeBefore(scene, 'GET', STATES, null, 2);
    const { view } = await scene.watch();
    expect([...states(scene), state()]).toEqual(['active', 'active', 'active, 1 alive']);
    expect(view.complaints.join()).toContain('resumed stop 1 while');
    expect((await scene.ledger.read()).state.halt).toMatchObject({ generation: 1, halt: null });
  });
});
