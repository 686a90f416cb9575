import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { attempt } from '../../src/core/failure.ts';
import type { ConnectionOptions } from '../../src/github/connection.ts';
import type { Fault } from '../fakes/github/faults.ts';
import { sideBySide } from './side-by-side.ts';
import {
  callsOfBoth,
  expectResumed,
  expectStopped,
  expectWhole,
  type Place,
  plantWhole,
  QUICK,
  resumeJob,
  SWEEP_TIMEOUT,
  SWEEPS_ALL,
  UNREPEATED,
} from './stop-ends.ts';

const BAD_GATEWAY: Fault = { kind: 'status', status: 502 };
const RESET: Fault = { kind: 'reset' };
const LOST: Fault = { kind: 'lost' };
const HANG: Fault = { kind: 'hang' };
const LANES = 4;

/** In memory all that is asked of GitHub but for the ledger; on the branch what is asked for that. */
const TURNS: readonly (readonly [Place, Fault])[] = [
  ['memory', BAD_GATEWAY],
  ['memory', RESET],
  ['memory', LOST],
  ['memory', HANG],
  ['branch', BAD_GATEWAY],
  ['branch', LOST],
  ...(SWEEPS_ALL ? [['branch', RESET] as const, ['branch', HANG] as const] : []),
];

/** What hangs is waited for so long; a ledger on a branch really works with git, which takes its time. */
function connection(place: Place, { kind }: Fault): Partial<ConnectionOptions> {
  if (kind !== 'hang') return UNREPEATED;
  return { ...UNREPEATED, timeoutMs: place === 'memory' ? 1_000 : 2_000 };
}

describe('a call of any kind fails once', () => {
  test.each(TURNS)(
    'ledger in %s, %j: the stop comes to the same end',
    { timeout: SWEEP_TIMEOUT },
    async (place, fault) => {
      const { stop: calls } = await callsOfBoth(place);
      // Lists of workflows, runs and pull requests, and the acts; ref, tree, commit and blobs of the ledger.
      expect(calls.length).toBeGreaterThan(place === 'memory' ? 12 : 6);
      await sideBySide(calls, LANES, async ({ nth }) => {
        await using scene = await plantWhole(place);
        const armed = scene.github.faults.add({ nth, fault });
        const receipt = await stop(scene.job(QUICK, connection(place, fault)));
        expect(armed.hits).toBe(1);
        expectStopped(scene);
        await expectWhole(scene, receipt);
      });
    },
  );

  test.each(TURNS)(
    'ledger in %s, %j: the resume comes to the same end, at the second try at most',
    { timeout: SWEEP_TIMEOUT },
    async (place, fault) => {
      const { resume: calls } = await callsOfBoth(place);
      // The list, an enable and a status; the ref, a tree and a commit of the ledger.
      expect(calls.length).toBeGreaterThan(2);
      await sideBySide(calls, LANES, async ({ nth }) => {
        await using scene = await plantWhole(place);
        await stop(scene.job(QUICK));
        const armed = scene.github.faults.add({ nth, fault });
        const { github, ledger } = scene.job({}, connection(place, fault));
        const first = await attempt(() => resume({ ...resumeJob(scene), github, ledger }));
        expect(armed.hits).toBe(1);
        const { halt } = (await scene.ledger.read()).state.halt;
        if (!first.ok && halt !== null) await resume(resumeJob(scene));
        await expectResumed(scene);
      });
    },
  );
});
