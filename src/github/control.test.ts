import { describe, expect, test } from 'vitest';
import type { Fault } from '../../test/fakes/github/faults.ts';
import { type FakeGitHub, startFakeGitHub } from '../../test/fakes/github.ts';
import { connectToFake } from '../../test/kit/connect-github.ts';
import { attempt } from '../core/failure.ts';
import { type Instant, after as later, MINUTE } from '../core/time.ts';

const START: Instant = '2026-11-20T12:00:00.000Z';

async function fixer(fake: FakeGitHub, name = 'fixer') {
  return await fake.addWorkflowFile(`.github/workflows/${name}.yml`, `name: ${name}\n`);
}

/** What can go wrong once with a call that may be sent again. */
const PASSING_FAULTS: readonly Fault[] = [
  { kind: 'status', status: 502 },
  { kind: 'reset' },
  { kind: 'lost' },
  { kind: 'torn' },
  { kind: 'truncated' },
];

describe('the state of workflows', () => {
  test('is switched off and on, and asking twice changes nothing', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    const { control } = connectToFake(fake);
    await control.disable(workflow.id);
    await control.disable(workflow.id);
    expect(workflow.state).toBe('disabled_manually');
    await control.enable(workflow.id);
    await control.enable(workflow.id);
    expect(workflow.state).toBe('active');
  });

  test.each(PASSING_FAULTS)('is what was asked for although one answer fails: $kind', async (fault) => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    const { control } = connectToFake(fake);
    fake.faults.add({ method: 'PUT', fault });
    await control.disable(workflow.id);
    expect(workflow.state).toBe('disabled_manually');
  });

  test('needs a permission that the refusal names', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    const { control } = connectToFake(fake, { actions: 'read', contents: 'write' });
    const calls: readonly (() => Promise<unknown>)[] = [
      () => control.disable(workflow.id),
      () => control.enable(workflow.id),
      () => control.cancel(1),
      () => control.forceCancel(1),
      () => control.dispatch(workflow.id, 'main', {}),
    ];
    for (const call of calls) {
      const result = await attempt(call);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'forbidden', retry: false } });
      expect(result.ok ? '' : result.failure.remedy).toContain('`actions: write`');
    }
    expect(workflow.state).toBe('active');
  });
});

describe('ending runs', () => {
  test('accepts a cancel, and refuses one for a run that has ended', async () => {
    await using fake = await startFakeGitHub();
    const run = fake.startRun(await fixer(fake), { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    const { control } = connectToFake(fake);
    expect(await control.cancel(run.id)).toBe('accepted');
    expect(run.attempts[0]).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(await control.cancel(run.id)).toBe('refused');
    expect(await control.forceCancel(run.id)).toBe('refused');
  });

  test('takes force for a job that goes on after a cancel', async () => {
    await using fake = await startFakeGitHub({ now: () => START });
    const plan = { startsAfter: 0, jobs: [{ name: 'agent' }, { name: 'cleanup', always: true }] };
    const run = fake.startRun(await fixer(fake), { plan });
    const { control } = connectToFake(fake);
    expect(await control.cancel(run.id)).toBe('accepted');
    expect(run.attempts[0].status).toBe('in_progress');
    expect(await control.forceCancel(run.id)).toBe('accepted');
    expect(run.attempts[0].status).toBe('completed');
  });

  test.each(PASSING_FAULTS)('ends the run although one answer fails: $kind', async (fault) => {
    await using fake = await startFakeGitHub();
    const run = fake.startRun(await fixer(fake));
    fake.faults.add({ method: 'POST', fault });
    // After a lost answer the second try meets a run that has ended: GitHub refuses that, and it is no failure.
    // A torn one has come as far as its status, and that says it all.
    const applied = fault.kind === 'lost' || fault.kind === 'truncated';
    expect(await connectToFake(fake).control.cancel(run.id)).toBe(applied ? 'refused' : 'accepted');
    expect(run.attempts[0].conclusion).toBe('cancelled');
  });

  test('is a failure, not a refusal, for a run that is not there', async () => {
    await using fake = await startFakeGitHub();
    const result = await attempt(() => connectToFake(fake).control.cancel(4));
    expect(result).toMatchObject({ ok: false, failure: { kind: 'not_found' } });
  });
});

describe('unfinished runs', () => {
  const STATUSES = ['queued', 'in_progress', 'waiting', 'pending', 'requested'] as const;

  test('are those in each of the five states, of this workflow alone', async () => {
    await using fake = await startFakeGitHub();
    const [workflow, other] = [await fixer(fake), await fixer(fake, 'other')];
    const live = STATUSES.map((status) => fake.addRun({ workflow, createdAt: START, status }).id);
    fake.addRun({ workflow, createdAt: START });
    const foreign = fake.addRun({ workflow: other, createdAt: START, status: 'queued' });
    const { control } = connectToFake(fake);
    const ids = (runs: readonly { readonly id: number }[] | null) => runs?.map(({ id }) => id).sort((a, b) => a - b);
    expect(ids(await control.unfinished(workflow.id))).toEqual(live);
    expect(ids(await control.unfinishedOfAll())).toEqual([...live, foreign.id]);
  });

  test('come from all pages, empty ones between them too', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    for (let n = 0; n < 230; n += 1) fake.addRun({ workflow, createdAt: later(START, n * MINUTE), status: 'queued' });
    fake.world.switches.emptyRunPages = [1, 3];
    const { control } = connectToFake(fake);
    expect(await control.unfinished(workflow.id)).toHaveLength(230);
    expect(await control.unfinishedOfAll()).toHaveLength(230);
  });

  test('are listed once, as they were last, when they move on between two lists', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    const run = fake.addRun({ workflow, createdAt: START, status: 'queued' });
    const begins = () => {
      run.attempts[0].status = 'in_progress';
    };
    // The list of the queued ones is the fourth.
    fake.faults.add({ method: 'GET', nth: 5, fault: { kind: 'meanwhile', happens: begins } });
    expect(await connectToFake(fake).control.unfinished(workflow.id)).toMatchObject([
      { id: run.id, status: 'in_progress' },
    ]);
  });

  test('of the whole repository are not known when a list reached its end at 1,000', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    for (let n = 0; n < 999; n += 1) fake.addRun({ workflow, createdAt: START, status: 'pending' });
    const { control } = connectToFake(fake);
    expect(await control.unfinishedOfAll()).toHaveLength(999);
    fake.addRun({ workflow, createdAt: START, status: 'pending' });
    expect(await control.unfinishedOfAll()).toBeNull();
  });
});

describe('starting a workflow', () => {
  test('starts one run on the branch', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    await connectToFake(fake).control.dispatch(workflow.id, 'main', { drill: 'd1' });
    expect(fake.world.runs).toMatchObject([{ event: 'workflow_dispatch', headBranch: 'main' }]);
    expect(fake.log.at(-1)?.body).toEqual({ ref: 'main', inputs: { drill: 'd1' } });
  });

  test('is not tried again when the answer is lost, for the run may have started', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    fake.faults.add({ method: 'POST', fault: { kind: 'lost' } });
    const result = await attempt(() => connectToFake(fake).control.dispatch(workflow.id, 'main', {}));
    expect(result).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
    expect(fake.world.runs).toHaveLength(1);
  });

  test('of a disabled workflow fails with what to check, or starts it where GitHub lets it', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fixer(fake);
    workflow.state = 'disabled_manually';
    const { control } = connectToFake(fake);
    const result = await attempt(() => control.dispatch(workflow.id, 'main', {}));
    expect(result).toMatchObject({ ok: false, failure: { kind: 'invalid' } });
    expect(result.ok ? '' : result.failure.remedy).toContain('the workflow is enabled');
    fake.world.switches.dispatchesDisabled = true;
    await control.dispatch(workflow.id, 'main', {});
    expect(fake.world.runs).toHaveLength(1);
  });
});

describe('another attempt of a run', () => {
  async function asked(status: number, message: string): Promise<unknown> {
    await using fake = await startFakeGitHub();
    const run = fake.addRun({ workflow: await fixer(fake), createdAt: START, conclusion: 'failure' });
    fake.faults.add({ method: 'POST', path: /\/rerun$/, fault: { kind: 'status', status, body: { message } } });
    const answer = await attempt(() => connectToFake(fake, { actions: 'write' }).control.rerun(run.id));
    expect(fake.log.filter(({ method }) => method === 'POST')).toHaveLength(1);
    return answer.ok ? answer.value : answer.failure;
  }

  // As others have met them: cli/cli#9221, cli/cli#9989, metabase/metabase#70916, microsoft/vscode-azurestaticwebapps#279.
  test.each([
    [403, 'Unable to retry this workflow run because it was created over a month ago'],
    [403, 'Unable to retry this workflow run because it was not attempted with failed jobs.'],
    [403, 'Unable to re-run this workflow run because it was created over a month ago'],
    [403, 'This workflow run cannot be retried'],
    [403, 'This workflow run cannot be rerun'],
    [403, 'Repository was archived so is read-only.'],
    [403, 'Actions has been disabled for this repository.'],
    [422, 'This workflow run cannot be rerun'],
    [422, 'Validation Failed'],
    [404, 'Not Found'],
    [410, 'Gone'],
  ])('is refused for good by %i: %s', async (status, message) => {
    expect(await asked(status, message)).toEqual({
      kind: 'refused',
      why: expect.stringContaining(message.replace(/\.$/, '')),
    });
  });

  test.each([
    [403, 'This workflow is already running'],
    [409, 'This workflow is already running'],
  ])('goes on already by %i: %s', async (status, message) => {
    expect(await asked(status, message)).toEqual({ kind: 'running' });
  });

  test.each([
    'Resource not accessible by integration',
    'Resource not accessible by personal access token',
    'Must have admin rights to Repository.',
    'Something that GitHub has never said before',
  ])('lacks a permission, which people are told of, by 403: %s', async (message) => {
    const failure = await asked(403, message);
    expect(failure).toMatchObject({ kind: 'forbidden', remedy: expect.stringContaining('`actions: write`') });
  });

  test.each([
    [429, 'Too many requests', 'rate_limited'],
    [500, 'Server Error', 'unavailable'],
    [503, 'Unavailable', 'unavailable'],
    [401, 'Bad credentials', 'unauthorized'],
  ])('is left to the next run by %i: %s', async (status, message, kind) => {
    expect(await asked(status, message)).toMatchObject({ kind });
  });
});
