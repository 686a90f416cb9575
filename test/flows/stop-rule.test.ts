import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { stopHand } from '../../src/app/watch/stop-hand.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import { attempt, OutsideFailure } from '../../src/core/failure.ts';
import { DAY, HOUR, MINUTE, after as plus } from '../../src/core/time.ts';
import { connectToFake, STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { mortal } from '../kit/mortal.ts';
import { ENFORCE, plantSpending, type Spending, wholeStop } from './stop-watch.ts';

const SHADOW = 'version: 1\nresponses: { budget: stop }\n';

async function kinds(scene: Spending, kind: string): Promise<number> {
  return (await scene.events()).filter((event) => event.kind === kind).length;
}

/** Requests that would stop or start something. */
function deeds({ github }: Spending): readonly string[] {
  return github.log.flatMap(({ method, path }) =>
    method !== 'GET' && /\/(disable|enable|cancel|force-cancel)$/.test(path) ? [path] : [],
  );
}

function issueAbout({ github }: Spending, title: string): string {
  return github.world.issues.find((issue) => issue.title.includes(title))?.body ?? '';
}

describe('a rule that asks for a stop', () => {
  test('stops while the ledger cannot be written too, and its issue tells the next one what was active', async () => {
    await using scene = await plantSpending();
    await scene.watch({ apply: ['issue'] });
    const away = { kind: 'unavailable', message: 'The ledger is away', remedy: 'Wait', retry: false } as const;
    const append = async (): Promise<never> => {
      throw new OutsideFailure(away);
    };
    const { now, sleep, by } = scene.person();
    const config = defaultConfig();
    const ledger = { ...scene.ledger, append };
    const world = { now, by, sleep, env: {} };
    const hand = stopHand({
      github: connectToFake(scene.github),
      ledger,
      config,
      now: now(),
      world,
      progress: () => undefined,
    });
    const asked = { kind: 'stop', act: 'stop', key: 'stop:a:1', because: 'too much', episode: 1 } as const;
    const receipt = await hand.stop({ ...asked, fingerprint: 'a', rule: 'budget', agents: ['fixer'] });
    expect([scene.fixer.state, receipt.halt.generation]).toEqual(['disabled_manually', null]);
    expect(receipt.residue).toMatchObject([{ what: 'ledger' }]);
    expect(issueAbout(scene, 'not in the ledger')).toContain('kind=halt key=halt-x');
    await stop({
      ...(await wholeStop(scene)),
      issues: { api: connectToFake(scene.github).issues, labels: ['checkrein'], key: null },
    });
    await resume({ ...scene.person(), wish: { paths: null, stage: 'all', anyway: true, reason: 'It is over' } });
    expect([scene.fixer.state, scene.writer.state]).toEqual(['active', 'active']);
  });

  test('in enforce mode stops the agent of its alert, proves it, and does so once in an episode', async () => {
    await using scene = await plantSpending();
    const { report, view, incomplete } = await scene.watch();
    expect(scene.fixer.state).toBe('disabled_manually');
    expect(scene.alive(scene.fixer)).toEqual([]);
    expect([scene.writer.state, scene.alive(scene.writer).length]).toEqual(['active', 2]);
    expect(report).toMatchObject({ status: 'stopped' });
    expect(report.applied.filter(({ kind }) => kind === 'stop')).toMatchObject([{ ok: true, error: null }]);
    expect([incomplete, view.complaints]).toEqual([false, []]);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt.halt).toMatchObject({ generation: 1, by: { kind: 'rule', rule: 'budget' } });
    expect(halt.receipt).toMatchObject({ residue: [], pulls: [] });
    expect(halt.receipt?.runs).toHaveLength(2);
    const before = deeds(scene).length;
    scene.clock.now = plus(scene.clock.now, 10 * MINUTE);
    expect((await scene.watch()).report.applied.filter(({ kind }) => kind === 'stop')).toEqual([]);
    expect(deeds(scene)).toHaveLength(before);
    expect(await kinds(scene, 'halt.declared')).toBe(1);
    expect(issueAbout(scene, 'fixer')).toContain('**stopped**');
  });

  test('in shadow mode touches nothing and records once what it would have stopped', async () => {
    await using scene = await plantSpending(SHADOW);
    for (let i = 0; i < 2; i++) {
      expect((await scene.watch()).report.status).toBe('critical');
      scene.clock.now = plus(scene.clock.now, 10 * MINUTE);
    }
    expect(deeds(scene)).toEqual([]);
    expect([scene.fixer.state, scene.alive(scene.fixer).length]).toEqual(['active', 2]);
    expect([await kinds(scene, 'halt.would_have'), await kinds(scene, 'halt.declared')]).toEqual([1, 0]);
    expect(issueAbout(scene, 'fixer')).toContain('**would have stopped** fixer');
  });

  test('stops no more often in a day than the configuration allows, and says so', async () => {
    await using scene = await plantSpending(`${ENFORCE}stop: { max_per_day: 1 }\n`);
    await scene.watch();
    expect(scene.fixer.state).toBe('disabled_manually');
    scene.work(scene.writer, plus(scene.clock.now, -MINUTE), 12);
    scene.clock.now = plus(scene.clock.now, 10 * MINUTE);
    await scene.watch();
    expect([scene.writer.state, scene.alive(scene.writer).length]).toEqual(['active', 2]);
    expect(issueAbout(scene, 'writer')).toContain('only once within 24 hours');
    expect(await kinds(scene, 'halt.declared')).toBe(1);
  });

  test('leaves the stop to the job that may stop', async () => {
    await using scene = await plantSpending();
    const { report, incomplete } = await scene.watch({ apply: ['issue'] });
    expect([incomplete, report.status, deeds(scene).length]).toEqual([false, 'critical', 0]);
    expect(report.plan.map(({ kind }) => kind)).toContain('stop');
    await scene.watch({ apply: ['stop'] });
    expect(scene.alive(scene.fixer)).toEqual([]);
  });

  test('may not resume by itself while its cause holds; a person may, with a reason, and is not fought', async () => {
    await using scene = await plantSpending();
    await scene.watch();
    const wish = { paths: null, stage: 'all', anyway: false, reason: '' } as const;
    const plain = await attempt(() => resume({ ...scene.person(), wish }));
    expect(plain).toMatchObject({ ok: false, failure: { remedy: expect.stringContaining('--anyway') } });
    const mute = await attempt(() => resume({ ...scene.person(), wish: { ...wish, anyway: true } }));
    expect(mute).toMatchObject({ ok: false, failure: { remedy: expect.stringContaining('--reason') } });
    expect(scene.fixer.state).toBe('disabled_manually');
    await resume({ ...scene.person(), wish: { ...wish, anyway: true, reason: 'I watch it' } });
    scene.clock.now = plus(scene.clock.now, 10 * MINUTE);
    const { report } = await scene.watch();
    expect([scene.fixer.state, report.status]).toEqual(['active', 'critical']);
  });
});

describe('a stop that was killed', () => {
  test.each([2, 4, 6])('after %i of its calls is finished by the next watch before all else', async (most) => {
    await using scene = await plantSpending('version: 1\n');
    await scene.watch();
    const { fetch, dead } = mortal(most);
    const dying = wholeStop(scene, connectToFake(scene.github, STOP_PERMISSIONS, { fetch }));
    expect(await Promise.race([stop(await dying), dead])).toBe('dead');
    const witness = await scene.watch({ apply: ['issue'] });
    expect(witness.report.status).toBe('stopped');
    expect(witness.view.complaints.join()).toContain('Stop 1 has not come to its end');
    const { report, incomplete, view } = await scene.watch();
    expect([report.status, incomplete, view.complaints]).toEqual(['stopped', false, []]);
    expect([...scene.alive(scene.fixer), ...scene.alive(scene.writer)]).toEqual([]);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt).toMatchObject({ generation: 1, receipt: { residue: [] } });
    expect(halt.receipt?.timeToStop).not.toBeNull();
  });

  test('is not finished for what a person has resumed since', async () => {
    await using scene = await plantSpending('version: 1\n');
    await scene.watch();
    const { fetch, dead } = mortal(4);
    const dying = wholeStop(scene, connectToFake(scene.github, STOP_PERMISSIONS, { fetch }));
    expect(await Promise.race([stop(await dying), dead])).toBe('dead');
    const paths = [scene.fixer.path];
    scene.fixer.state = 'disabled_manually';
    await resume({ ...scene.person(), wish: { paths, stage: 'all', anyway: false, reason: '' } });
    await scene.watch();
    expect([scene.fixer.state, scene.writer.state]).toEqual(['active', 'disabled_manually']);
    expect((await scene.ledger.read()).state.halt.halt?.generation).toBe(1);
  });

  test('and may not be finished is told as something undone, with what is missing', async () => {
    await using scene = await plantSpending('version: 1\n');
    await scene.watch();
    scene.github.faults.add({ method: 'PUT', path: /\/disable$/, times: Number.POSITIVE_INFINITY, fault: FORBIDDEN });
    await stop(await wholeStop(scene));
    const { incomplete, view } = await scene.watch();
    expect(incomplete).toBe(true);
    expect(view.complaints.join()).toContain('Going on with stop 1');
  });
});

const FORBIDDEN = { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } } as const;

describe('a stop in force', () => {
  test('is not defended against who enables a workflow, but it is told', async () => {
    await using scene = await plantSpending('version: 1\n');
    await scene.watch();
    await stop(await wholeStop(scene));
    expect((await scene.watch()).view.complaints).toEqual([]);
    scene.writer.state = 'active';
    const before = deeds(scene).length;
    const { view, incomplete, report } = await scene.watch();
    expect(view.complaints.join()).toContain('enabled .github/workflows/writer.yml again');
    expect([incomplete, report.status, deeds(scene).length]).toEqual([false, 'stopped', before]);
  });
});

describe('an agent that was resumed under a stop in force', () => {
  test('and spends too much then is stopped by its rule', async () => {
    await using scene = await plantSpending();
    await scene.watch();
    await stop(await wholeStop(scene));
    const wish = { paths: null, stage: 'canary', canary: scene.writer.path, anyway: true, reason: 'Try one' } as const;
    await resume({ ...scene.person(), wish });
    expect(scene.writer.state).toBe('active');
    scene.clock.now = plus(scene.clock.now, MINUTE);
    scene.work(scene.writer, scene.clock.now, 12);
    await scene.watch();
    const { halt, held } = (await scene.ledger.read()).state.halt;
    expect([scene.writer.state, halt?.by]).toEqual([
      'disabled_manually',
      expect.objectContaining({ kind: 'rule', rule: 'budget' }),
    ]);
    expect(held.map(({ path }) => path)).toEqual([scene.fixer.path, scene.writer.path]);
  });
});

describe('a resume in stages', () => {
  async function canary(): Promise<Spending> {
    const scene = await plantSpending('version: 1\n');
    await scene.watch();
    await stop(await wholeStop(scene));
    const wish = { paths: null, stage: 'canary', canary: scene.writer.path, anyway: false, reason: 'Try one' } as const;
    const { later } = await resume({ ...scene.person(), wish });
    expect(later.map(({ path }) => path)).toEqual([scene.fixer.path]);
    expect([scene.fixer.state, scene.writer.state]).toEqual(['disabled_manually', 'active']);
    return scene;
  }

  async function workDays(scene: Spending, sessions: number): Promise<void> {
    for (let i = 0; i < sessions; i++) {
      scene.clock.now = plus(scene.clock.now, HOUR);
      scene.work(scene.writer, plus(scene.clock.now, -MINUTE), 0.5);
    }
    scene.clock.now = plus(scene.clock.now, HOUR);
  }

  test('brings the rest back after three good sessions of the canary that a person named', async () => {
    await using scene = await canary();
    await workDays(scene, 2);
    expect((await scene.watch()).report.status).toBe('stopped');
    expect(scene.fixer.state).toBe('disabled_manually');
    await workDays(scene, 1);
    const { report, view } = await scene.watch();
    expect([scene.fixer.state, report.status === 'stopped', view.complaints]).toEqual(['active', false, []]);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt.halt).toBeNull();
    expect(halt.resumptions.map(({ stage, by }) => [stage, by.kind])).toEqual([
      ['canary', 'operator'],
      ['complete', 'operator'],
    ]);
  });

  test('tells a job that may not resume to leave it to the one that may', async () => {
    await using scene = await canary();
    await workDays(scene, 3);
    const { view } = await scene.watch({ apply: ['issue'] });
    expect(view.complaints.join()).toContain('the rest is resumed by the next run of the job that may');
    expect(scene.fixer.state).toBe('disabled_manually');
  });

  test('tries again what could not be enabled', async () => {
    await using scene = await canary();
    await workDays(scene, 3);
    scene.github.faults.add({ method: 'PUT', path: /\/enable$/, times: 3, fault: FORBIDDEN });
    expect((await scene.watch()).incomplete).toBe(true);
    expect(scene.fixer.state).toBe('disabled_manually');
    scene.github.faults.clear();
    await scene.watch();
    expect(scene.fixer.state).toBe('active');
  });

  test('leaves a canary that has done nothing for three days to a person', async () => {
    await using scene = await canary();
    scene.clock.now = plus(scene.clock.now, 3 * DAY);
    await workDays(scene, 3);
    await scene.watch();
    expect(scene.fixer.state).toBe('disabled_manually');
  });
});
