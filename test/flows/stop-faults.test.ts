import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/resume.ts';
import { stop } from '../../src/app/stop.ts';
import { attempt } from '../../src/core/failure.ts';
import type { Fault } from '../fakes/github/faults.ts';
import { sideBySide } from './side-by-side.ts';
import {
  callsOfBoth,
  expectResumed,
  expectStopped,
  expectWhole,
  plantWhole,
  QUICK,
  resumeJob,
  UNREPEATED,
} from './stop-ends.ts';

const FAULTS: readonly Fault[] = [{ kind: 'status', status: 502 }, { kind: 'reset' }, { kind: 'lost' }];
const LANES = 4;

describe('a call of any kind fails once', () => {
  test.each(FAULTS)('$kind: the stop comes to the same end', { timeout: 60_000 }, async (fault) => {
    const { stop: calls } = await callsOfBoth();
    // Lists of workflows, runs and pull requests, the acts on them, and the ledger on its branch.
    expect(calls.length).toBeGreaterThan(20);
    await sideBySide(calls, LANES, async ({ nth }) => {
      await using scene = await plantWhole();
      const armed = scene.github.faults.add({ nth, fault });
      const receipt = await stop(scene.job(QUICK, UNREPEATED));
      expect(armed.hits).toBe(1);
      expectStopped(scene);
      await expectWhole(scene, receipt);
    });
  });

  // Each waits for its time limit, so those of one kind go wrong together.
  test('hang: acts that are never answered are asked for again', { timeout: 60_000 }, async () => {
    await using scene = await plantWhole();
    for (const path of [/\/disable$/, /\/cancel$/, /\/force-cancel$/, /\/statuses\//]) {
      scene.github.faults.add({ path, fault: { kind: 'hang' } });
    }
    const receipt = await stop(scene.job(QUICK, { ...UNREPEATED, timeoutMs: 1_000 }));
    expectStopped(scene);
    await expectWhole(scene, receipt);
  });

  test.each(FAULTS)(
    '$kind: the resume comes to the same end, at the second try at most',
    { timeout: 60_000 },
    async (fault) => {
      const { resume: calls } = await callsOfBoth();
      // The list, an enable and a status, and the ledger on its branch.
      expect(calls.length).toBeGreaterThan(7);
      await sideBySide(calls, LANES, async ({ nth }) => {
        await using scene = await plantWhole();
        await stop(scene.job(QUICK));
        const armed = scene.github.faults.add({ nth, fault });
        const { github, ledger } = scene.job({}, UNREPEATED);
        const first = await attempt(() => resume({ ...resumeJob(scene), github, ledger }));
        expect(armed.hits).toBe(1);
        const { halt } = (await scene.ledger.read()).state.halt;
        if (!first.ok && halt !== null) await resume(resumeJob(scene));
        await expectResumed(scene);
      });
    },
  );
});
