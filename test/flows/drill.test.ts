import { describe, expect, test } from 'vitest';
import { DRILL_LIMITS, drill } from '../../src/app/drill/drill.ts';
import type { DrillJob } from '../../src/app/drill/job.ts';
import { CANARY } from '../../src/app/stop/canary.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { after, MINUTE, SECOND } from '../../src/core/time.ts';
import type { GitHub } from '../../src/github/port.ts';
import type { FakeWorkflow } from '../fakes/github/world.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { NOON, plantRunaway, type Runaway } from '../kit/runaway.ts';

async function plantCanary(scene: Runaway): Promise<FakeWorkflow> {
  const canary = await scene.github.addWorkflowFile(
    CANARY.workflow,
    'name: Canary\non: workflow_dispatch\njobs:\n  wait:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sleep 600\n',
  );
  canary.plan = { startsAfter: 8 * SECOND, jobs: [{ name: 'wait', lasts: 480 * SECOND, always: true }] };
  return canary;
}

function jobOf(scene: Runaway, github: GitHub = connectToFake(scene.github)): DrillJob {
  const { repo, now, by, ledger, initiator, sleep, progress } = scene.job();
  return { repo, now, by, ledger, initiator, sleep, progress, github, limits: DRILL_LIMITS };
}

describe('a drill', () => {
  test('starts, stops and resumes the canary for real, and touches nothing else', async () => {
    await using scene = await plantRunaway();
    const canary = await plantCanary(scene);
    const record = await drill(jobOf(scene));
    expect(record).toMatchObject({ mode: 'live', ok: true });
    // It survives its cancel, as a job with a cleanup does, until force is used when the grace of a minute is over.
    expect(record.timeToStop).toBeGreaterThanOrEqual(MINUTE);
    expect(record.timeToRecover).not.toBeNull();
    expect([canary.state, scene.fixer.state, scene.triage.state]).toEqual(['active', 'active', 'active']);
    const runs = scene.github.world.runs.filter(({ workflow }) => workflow === canary);
    expect(runs.map(({ attempts }) => attempts[0].conclusion)).toEqual(['cancelled']);
    const { state } = await scene.ledger.read();
    expect(state.halt.halt).toBeNull();
    expect(state.drills.drills).toMatchObject([record]);
  });

  test('fails loudly when the stop is broken, and leaves the canary active', async () => {
    await using scene = await plantRunaway();
    const canary = await plantCanary(scene);
    const github = connectToFake(scene.github);
    // Says that it has done it, and does nothing: neither off nor ended.
    const accept = async (): Promise<'accepted'> => 'accepted';
    const lies = { disable: async () => undefined, cancel: accept, forceCancel: accept };
    const record = await drill(jobOf(scene, { ...github, control: { ...github.control, ...lies } }));
    expect(record.ok).toBe(false);
    expect(record.detail).toContain('workflow');
    expect(canary.state).toBe('active');
    expect((await scene.ledger.read()).state.halt.halt).toBeNull();
  });

  test('says what is missing where there is no canary', async () => {
    await using scene = await plantRunaway();
    const record = await drill(jobOf(scene));
    expect(record).toMatchObject({ ok: false, timeToStop: null });
    expect(record.detail).toContain('checkrein-canary.yml');
  });

  test('is refused while a stop is in force, which stays as it is', async () => {
    await using scene = await plantRunaway();
    const canary = await plantCanary(scene);
    await stop(scene.job());
    const before = (await scene.ledger.read()).state.halt;
    await expect(drill(jobOf(scene))).rejects.toThrow('A stop is in force');
    expect((await scene.ledger.read()).state.halt).toEqual(before);
    expect(canary.state).toBe('active');
  });

  test('stands aside when a stop is declared while it goes on', async () => {
    await using scene = await plantRunaway();
    await plantCanary(scene);
    let stopped: Promise<unknown> = Promise.resolve();
    scene.github.at(after(NOON, 6 * SECOND), () => {
      stopped = stop(scene.job());
    });
    const record = await drill(jobOf(scene));
    await stopped;
    expect(record.ok).toBe(false);
    const { halt } = (await scene.ledger.read()).state;
    expect(halt.halt).toMatchObject({ reason: 'It runs away' });
    expect(scene.fixer.state).toBe('disabled_manually');
  });
});
