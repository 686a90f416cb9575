import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { takeInUnlogged } from '../../src/app/stop/unlogged.ts';
import { OutsideFailure } from '../../src/core/failure.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { mortal } from '../kit/mortal.ts';
import { sideBySide } from './side-by-side.ts';
import {
  callsOfBoth,
  expectResumed,
  expectStopped,
  expectWhole,
  isSeen,
  type Place,
  plantWhole,
  QUICK,
  resumeJob,
  SWEEP_TIMEOUT,
} from './stop-ends.ts';

const LANES = 4;
const AWAY = { kind: 'unavailable', message: 'The ledger is away', remedy: 'Wait', retry: false } as const;
const PLACES: readonly Place[] = ['memory', 'branch'];

describe('the process is killed after a call of any kind', () => {
  test.each(PLACES)(
    'ledger in %s: the next stop takes it up, and a resume restores the state before',
    { timeout: SWEEP_TIMEOUT },
    async (place) => {
      const calls = (await callsOfBoth(place)).stop.filter(isSeen);
      expect(calls.length).toBeGreaterThan(place === 'memory' ? 12 : 2);
      await sideBySide(calls, LANES, async ({ nth }) => {
        await using scene = await plantWhole(place);
        const { fetch, dead } = mortal(nth);
        expect(await Promise.race([stop(scene.job(QUICK, { fetch })), dead])).toBe('dead');
        const receipt = await stop(scene.job(QUICK));
        expectStopped(scene);
        await expectWhole(scene, receipt);
        await resume(resumeJob(scene));
        await expectResumed(scene);
      });
    },
  );

  test.each(PLACES)(
    'ledger in %s: a second resume takes up what the first has left',
    async (place) => {
      const calls = (await callsOfBoth(place)).resume.filter(isSeen);
      expect(calls.length).toBeGreaterThan(1);
      await sideBySide(calls, LANES, async ({ nth }) => {
        await using scene = await plantWhole(place);
        await stop(scene.job(QUICK));
        const { fetch, dead } = mortal(nth);
        const { github, ledger } = scene.job({}, { fetch });
        expect(await Promise.race([resume({ ...resumeJob(scene), github, ledger }), dead])).toBe('dead');
        if ((await scene.ledger.read()).state.halt.halt !== null) await resume(resumeJob(scene));
        await expectResumed(scene);
      });
    },
    SWEEP_TIMEOUT,
  );

  test.each([
    ['its issue is opened', 3, '/issues'],
    ['the first workflow is switched off', 1, '/disable'],
    ['the second one is', 2, '/disable'],
    ['the first run is cancelled', 1, '/cancel'],
    ['the last one is', 8, '/cancel'],
  ])('without a ledger, when %s: the next stop takes it up from its issue', async (_, nth, ending) => {
    await using scene = await plantWhole('memory');
    const refuse = async (): Promise<never> => {
      throw new OutsideFailure(AWAY);
    };
    const ledger = { ...scene.ledger, read: refuse, append: refuse };
    const { fetch, dead } = mortal(nth, ending);
    expect(await Promise.race([stop(scene.job({ ...QUICK, ledger }, { fetch })), dead])).toBe('dead');
    const receipt = await stop(scene.job(QUICK));
    expectStopped(scene);
    await expectWhole(scene, receipt);
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('without a ledger, once pull requests are held back: a resume alone lets them go', async () => {
    await using scene = await plantWhole('memory');
    const refuse = async (): Promise<never> => {
      throw new OutsideFailure(AWAY);
    };
    const ledger = { ...scene.ledger, read: refuse, append: refuse };
    // It looks for earlier ones, opens its issue, and writes into it what it has asked for; then it comes to its end.
    const { fetch, dead } = mortal(5, '/issues');
    expect(await Promise.race([stop(scene.job({ ...QUICK, ledger }, { fetch })), dead])).toBe('dead');
    expectStopped(scene);
    const job = scene.job();
    const issues = { api: connectToFake(scene.github).issues, labels: ['checkrein'], key: null };
    expect(await takeInUnlogged({ ...job, issues, known: async () => job })).toEqual({ taken: true, unproven: [] });
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });
});
