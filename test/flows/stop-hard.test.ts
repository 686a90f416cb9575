import { describe, expect, test } from 'vitest';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import type { Agent } from '../../src/core/agent.ts';
import { OutsideFailure } from '../../src/core/failure.ts';
import { after, between, type Duration, MINUTE, SECOND } from '../../src/core/time.ts';
import type { Fault } from '../fakes/github/faults.ts';
import type { FakeWorkflow } from '../fakes/github/world.ts';
import { mortal } from '../kit/mortal.ts';
import { NOON, plantRunaway, type Runaway } from '../kit/runaway.ts';
import { expectResumed, expectStopped, expectWhole, QUICK, resumeJob, UNREPEATED } from './stop-ends.ts';

const LIST = /\/actions\/workflows$/;
const BAD_GATEWAY: Fault = { kind: 'status', status: 502 };

/** Longer than the stop tries before it is declared. */
const SHORT_WHILE = 6;

/** How many calls such a stop makes until it has switched off both workflows. */
async function callsUntilOff(): Promise<number> {
  await using scene = await plantRunaway();
  scene.github.faults.add({ path: LIST, times: SHORT_WHILE, fault: BAD_GATEWAY });
  await stop(scene.job(QUICK, UNREPEATED));
  return 1 + scene.github.log.findLastIndex(({ path }) => path.endsWith('/disable'));
}

describe('a stop to which GitHub does not list the workflows for a short while', () => {
  test('finds them in a later round, ends all the same, and a resume restores the state before', async () => {
    await using scene = await plantRunaway({ withPull: true });
    const armed = scene.github.faults.add({ path: LIST, times: SHORT_WHILE, fault: BAD_GATEWAY });
    const receipt = await stop(scene.job(QUICK, UNREPEATED));
    expect(armed.hits).toBe(SHORT_WHILE);
    expectStopped(scene);
    await expectWhole(scene, receipt);
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('writes down what they were before it switches them off, so that it may be killed right after that', async () => {
    await using scene = await plantRunaway();
    scene.github.faults.add({ path: LIST, times: SHORT_WHILE, fault: BAD_GATEWAY });
    const { fetch, dead } = mortal(await callsUntilOff());
    expect(await Promise.race([stop(scene.job(QUICK, { ...UNREPEATED, fetch })), dead])).toBe('dead');
    const { held } = (await scene.ledger.read()).state.halt;
    expect(held.map(({ before }) => before)).toEqual(['active', 'disabled_inactivity', 'active']);
    await expectWhole(scene, await stop(scene.job(QUICK)));
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('and whose ledger is away for as long, writes down at its end what they were', async () => {
    await using scene = await plantRunaway();
    scene.github.faults.add({ path: LIST, times: SHORT_WHILE, fault: BAD_GATEWAY });
    let refusals = 3;
    const { append } = scene.ledger;
    const late: typeof append = async (decide) => {
      refusals -= 1;
      if (refusals >= 0) {
        throw new OutsideFailure({ kind: 'unavailable', message: 'It is away', remedy: 'Wait', retry: true });
      }
      return await append(decide);
    };
    await expectWhole(
      scene,
      await stop(scene.job({ ...QUICK, ledger: { ...scene.ledger, append: late } }, UNREPEATED)),
    );
    await resume(resumeJob(scene));
    await expectResumed(scene);
  });

  test('says of a workflow that GitHub turns out not to have that nothing of it is there', async () => {
    await using scene = await plantRunaway();
    scene.github.faults.add({ path: LIST, times: SHORT_WHILE, fault: BAD_GATEWAY });
    const ghost: Agent = { ...(scene.agents[0] as Agent), name: 'ghost', workflow: '.github/workflows/ghost.yml' };
    const receipt = await stop(scene.job({ ...QUICK, agents: [...scene.agents, ghost] }, UNREPEATED));
    expectStopped(scene);
    expect(receipt.workflows.find(({ path }) => path === ghost.workflow)).toMatchObject({ id: 0, after: 'deleted' });
    expect([receipt.residue, receipt.timeToStop === null]).toEqual([[], false]);
  });
});

/** GitHub has a word of its own for a workflow as long as it is not disabled: the fake knows only those that are documented. */
function inventive({ id }: FakeWorkflow): typeof globalThis.fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    if (!LIST.test(new URL(input instanceof Request ? input.url : input).pathname)) return answer;
    const body = (await answer.json()) as { readonly workflows: readonly { readonly id: number; state: string }[] };
    const triage = body.workflows.find((workflow) => workflow.id === id);
    if (triage?.state === 'active') triage.state = 'paused_by_policy';
    const { status, headers } = answer;
    return Response.json(body, { status, headers: { link: headers.get('link') ?? '' } });
  };
}

describe('a workflow in a state that no version of Checkrein knows', () => {
  test('is switched off and its runs are ended; a resume leaves it to a person, and says so', async () => {
    await using scene = await plantRunaway();
    const receipt = await stop(scene.job(QUICK, { fetch: inventive(scene.triage) }));
    expectStopped(scene);
    await expectWhole(scene, receipt);
    const { residue } = await resume(resumeJob(scene));
    expect(residue).toMatchObject([{ what: 'workflow', id: scene.triage.path }]);
    expect(residue[0]?.remedy).toContain('enable it by hand');
    expect([scene.fixer.state, scene.triage.state]).toEqual(['active', 'disabled_manually']);
    expect((await scene.ledger.read()).state.halt.halt).toBeNull();
  });

  test('has its runs ended also when nobody can disable it, and is not called stopped', async () => {
    await using scene = await plantRunaway();
    const path = new RegExp(`/workflows/${scene.triage.id}/disable$`);
    const fault: Fault = { kind: 'status', status: 422, body: { message: 'Cannot disable' } };
    scene.github.faults.add({ method: 'PUT', path, times: Number.POSITIVE_INFINITY, fault });
    const receipt = await stop(scene.job(QUICK, { ...UNREPEATED, fetch: inventive(scene.triage) }));
    expect(scene.alive().map(({ id }) => id)).toEqual([]);
    expect(receipt.timeToStop).toBeNull();
    expect(receipt.residue.map(({ what, id }) => [what, id])).toEqual([['workflow', scene.triage.path]]);
    expect(between(NOON, scene.clock.now)).toBeLessThan(5 * MINUTE);
  });
});

/** As long as the client waits for an answer that does not come. */
const PATIENCE: Duration = 20 * SECOND;

/** Every request that would change one of these takes its time and has no answer. */
function deaf(scene: Runaway, isDeaf: (path: string) => boolean): typeof globalThis.fetch {
  return async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (!isDeaf(pathname)) return await fetch(input, init);
    scene.clock.now = after(scene.clock.now, PATIENCE);
    throw new TypeError('fetch failed');
  };
}

function addAgents(scene: Runaway, count: number): readonly Agent[] {
  return Array.from({ length: count }, (_, i): Agent => {
    const path = `.github/workflows/a${String(i).padStart(2, '0')}.yml`;
    const { world } = scene.github;
    const workflow: FakeWorkflow = {
      ...scene.fixer,
      id: world.nextId(),
      path,
      name: path,
      lastRunNumber: 0,
      plan: null,
    };
    world.workflows.push(workflow);
    return { ...(scene.agents[0] as Agent), name: path, workflow: path };
  });
}

describe('a stop to which GitHub does not answer', () => {
  test('whom it does not let switch off thirty workflows stops the others in time, and keeps to its deadline', async () => {
    await using scene = await plantRunaway();
    const more = addAgents(scene, 30);
    const paths = new Set(more.map(({ workflow }) => workflow));
    const ids = scene.github.world.workflows.filter(({ path }) => paths.has(path)).map(({ id }) => id);
    const fetch = deaf(scene, (path) => ids.some((id) => path.endsWith(`/workflows/${id}/disable`)));
    const limits = { grace: 5 * SECOND, deadline: 12 * MINUTE, reserve: 0 };
    const receipt = await stop(scene.job({ limits, agents: [...more, ...scene.agents] }, { ...UNREPEATED, fetch }));
    expectStopped(scene);
    expect(receipt.residue.filter(({ what }) => what === 'workflow').map(({ id }) => id)).toEqual([...paths]);
    // One call that was begun in time, and no more.
    expect(between(NOON, scene.clock.now)).toBeLessThanOrEqual(limits.deadline + PATIENCE);
  });

  test('about anything that changes something gives up at its deadline, with all of it in the residue', async () => {
    await using scene = await plantRunaway();
    const more = addAgents(scene, 30);
    const fetch = deaf(scene, (path) => /\/(disable|cancel|force-cancel)$/.test(path));
    const limits = { grace: 5 * SECOND, deadline: 3 * MINUTE, reserve: 0 };
    const receipt = await stop(scene.job({ limits, agents: [...more, ...scene.agents] }, { ...UNREPEATED, fetch }));
    expect(between(NOON, scene.clock.now)).toBeLessThanOrEqual(limits.deadline + PATIENCE);
    expect(receipt.timeToStop).toBeNull();
    expect(receipt.residue.filter(({ what }) => what === 'workflow')).toHaveLength(32);
  });
});
