import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import type { Agent } from '../../src/core/agent.ts';
import { attempt } from '../../src/core/failure.ts';
import { after, SECOND } from '../../src/core/time.ts';
import type { Switches } from '../fakes/github/switches.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { NOON, plantRunaway, type Runaway } from '../kit/runaway.ts';
import { sideBySide } from './side-by-side.ts';
import { expectResumed, expectStopped, expectWhole, QUICK, resumeJob, UNREPEATED } from './stop-ends.ts';

const BOTH = [false, true];

/** U3, U4 and U6 in every combination. */
const PAIRS: readonly Partial<Switches>[] = BOTH.flatMap((disableEndsRuns) =>
  BOTH.flatMap((rerunsDisabled) => BOTH.map((callsDisabled) => ({ disableEndsRuns, rerunsDisabled, callsDisabled }))),
);

/** What else nobody has verified, each the other way round than by default. */
const OTHERS: readonly Partial<Switches>[] = [
  { editsForeignComments: false },
  { etagsDieWithToken: true },
  { dispatchesDisabled: true },
  { nonFastForwardStatus: 409 },
  { listLag: 8 * SECOND },
  { rateLimitStatus: 429 },
  { secondaryRetryAfter: false },
  { runPathHasRef: true },
  { emptyRunPages: [1] },
];

interface Lively extends Runaway {
  readonly relay: Agent;
}

/** A runaway in which somebody starts things in every way while the stop goes on. */
async function plantLively(switches: Partial<Switches>): Promise<Lively> {
  // How a branch is moved matters to the ledger alone.
  const ledgerOnBranch = switches.nonFastForwardStatus !== undefined;
  const scene = await plantRunaway({ ...switches, ledgerOnBranch, withPull: true });
  const { github, fixer, triage } = scene;
  const path = '.github/workflows/relay.yml';
  const caller = await github.addWorkflowFile(path, 'name: Relay\non: push\njobs: {}\n');
  caller.plan = { startsAfter: 5 * SECOND, jobs: [{ name: 'agent', always: true }] };
  const relay: Agent = { ...(scene.agents[0] as Agent), name: 'relay', workflow: path };
  const person = connectToFake(github);
  const [first] = github.world.runs.filter(({ workflow }) => workflow === triage);
  // What GitHub refuses, as most of these, is what the switch is about.
  github.faults.add({
    nth: 8,
    fault: {
      kind: 'meanwhile',
      happens: async () => void (await attempt(() => person.control.dispatch(fixer.id, 'main', {}))),
    },
  });
  github.faults.add({ nth: 24, fault: { kind: 'meanwhile', happens: () => rerun(scene, first?.id ?? 0) } });
  github.at(after(NOON, SECOND), () => void github.trigger(caller, { calls: [fixer] }));
  github.at(after(NOON, 9 * SECOND), () => void github.trigger(caller, { calls: [fixer] }));
  return { ...scene, relay, [Symbol.asyncDispose]: () => github[Symbol.asyncDispose]() };
}

async function rerun({ github }: Runaway, run: number): Promise<void> {
  const token = github.mintToken({ actions: 'write' }, 'user');
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${github.url}/repos/${github.fullName}/actions/runs/${run}/rerun`, { method: 'POST', headers });
}

async function expectSameEnd(switches: Partial<Switches>, fault: boolean): Promise<void> {
  await using scene = await plantLively(switches);
  if (fault) {
    for (const path of [/\/disable$/, /\/cancel$/, /\/statuses\//, /\/git\/refs/]) {
      scene.github.faults.add({
        method: path.source.includes('disable') ? 'PUT' : 'POST',
        path,
        fault: { kind: 'lost' },
      });
    }
  }
  const agents = [...scene.agents, scene.relay];
  const receipt = await stop(scene.job({ ...QUICK, agents }, UNREPEATED));
  expectStopped(scene);
  await expectWhole(scene, receipt);
  await resume(resumeJob(scene));
  await expectResumed(scene);
}

describe('whatever GitHub does where its documents are silent, the stop comes to the same end', () => {
  test('about runs of disabled workflows: all combinations', { timeout: 120_000 }, async () => {
    await sideBySide(PAIRS, 3, (switches) => expectSameEnd(switches, false));
  });

  test.each(OTHERS)('with %j', (switches) => expectSameEnd(switches, false));

  test('and answers are lost as well', { timeout: 120_000 }, async () => {
    await sideBySide([...PAIRS, ...OTHERS], 3, (switches) => expectSameEnd(switches, true));
  });
});

describe('what GitHub refuses to do with pull requests', () => {
  test.each([
    [{ autoMergeOff: false }, 'failed', 'taken_out'],
    [{ dequeues: false }, 'switched_off', 'failed'],
    [{ autoMergeOff: false, dequeues: false }, 'failed', 'failed'],
  ] as const)('with %j is left over, is told, and hinders nothing else', async (switches, autoMerge, queue) => {
    await using scene = await plantRunaway({ ...switches, withPull: true });
    const receipt = await stop(scene.job(QUICK));
    expectStopped(scene);
    expect(receipt.pulls).toMatchObject([{ autoMerge, queue, status: 'posted' }]);
    expect(receipt.residue.map(({ what, id }) => [what, id])).toEqual([['pull', String(scene.pull?.issue.number)]]);
    expect(receipt.timeToStop).not.toBeNull();
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });
});
