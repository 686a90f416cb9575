import { describe, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import type { Agent } from '../../core/agent.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { RunStatus } from '../../core/run.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus, SECOND } from '../../core/time.ts';
import { connectGitHub } from '../../github/client.ts';
import { sourcesFold, watermarkOf } from '../progress.ts';
import { gatherRuns } from './fetch.ts';
import { parseProgress } from './parse.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

function agentOf(name: string): Agent {
  const workflow = `.github/workflows/${name}.yml`;
  return { name, workflow, engine: 'claude', means: 'action', reason: 'test', blob: null };
}

interface Watch {
  /** Reads once and keeps state like the ledger. Returns the ids of what was new. */
  read(
    now?: Instant,
    options?: { readonly also?: readonly number[]; readonly maxRequests?: number },
  ): Promise<{
    readonly ids: readonly string[];
    readonly events: readonly LedgerEvent[];
    readonly complaints: readonly string[];
    readonly requests: number;
  }>;
  readonly progress: () => ReturnType<typeof parseProgress>;
}

function watch(fake: FakeGitHub, agents: readonly Agent[], token = fake.mintToken({ actions: 'read' })): Watch {
  let sources = sourcesFold.initial;
  const statuses = new Map<string, RunStatus>();
  return {
    read: async (now = NOW, { also = [], maxRequests = 10_000 } = {}) => {
      const github = connectGitHub({
        token,
        repo: fake.fullName,
        baseUrl: fake.url,
        userAgent: 'test',
        retries: 0,
        throttle: false,
        budget: { maxRequests },
      });
      const { events, complaints } = await gatherRuns({
        github,
        now,
        agents,
        watermark: watermarkOf(sources, 'actions-runs'),
        known: (run, attempt) => statuses.get(`${run}:${attempt}`) ?? null,
        also,
      });
      sources = sourcesFold.apply(sources, events);
      for (const event of events) {
        if (event.kind !== 'run.started' && event.kind !== 'run.completed') continue;
        statuses.set(`${event.data.run.id}:${event.data.run.attempt}`, event.data.run.status);
      }
      const ids = events.filter(({ kind }) => kind.startsWith('run.')).map(({ id }) => id);
      return { ids, events, complaints, requests: github.usage().requests };
    },
    progress: () => parseProgress(watermarkOf(sources, 'actions-runs')),
  };
}

describe('gathering runs', () => {
  test('a run is seen to start and to end, each once, and a quiet run costs one request an agent', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const done = fake.addRun({ workflow, createdAt: plus(NOW, -DAY), conclusion: 'failure' });
    const going = fake.addRun({ workflow, createdAt: plus(NOW, -MINUTE), status: 'in_progress' });
    const { read } = watch(fake, [agentOf('fix')]);

    const first = await read();
    expect(first.ids).toEqual([`run:${done.id}:1`, `run:${going.id}:1:started`]);
    expect(first.events[0]).toMatchObject({
      kind: 'run.completed',
      at: plus(NOW, -DAY),
      seen: NOW,
      subject: { kind: 'agent', name: 'fix' },
      data: {
        run: { agent: 'fix', workflow: '.github/workflows/fix.yml', conclusion: 'failure', trigger: 'schedule' },
      },
    });

    const quiet = await read(plus(NOW, MINUTE));
    expect([quiet.ids, quiet.requests]).toEqual([[], 1]);

    Object.assign(going.attempts[0], { status: 'completed', conclusion: 'success', updatedAt: plus(NOW, 5 * MINUTE) });
    expect((await read(plus(NOW, 10 * MINUTE))).ids).toEqual([`run:${going.id}:1`]);
  });

  test('every attempt of a run that was tried again is taken, those in between too', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const old = fake.addRun({ workflow, createdAt: plus(NOW, -5 * DAY), conclusion: 'failure' });
    const { read } = watch(fake, [agentOf('fix')]);
    expect((await read()).ids).toEqual([`run:${old.id}:1`]);

    fake.rerun(old, { startedAt: plus(NOW, HOUR), conclusion: 'failure' });
    fake.rerun(old, { startedAt: plus(NOW, 2 * HOUR) });
    const again = await read(plus(NOW, 3 * HOUR));
    expect(again.ids).toEqual([`run:${old.id}:2`, `run:${old.id}:3`]);
    expect(again.events.map(({ at }) => at).slice(0, 2)).toEqual([plus(NOW, HOUR), plus(NOW, 2 * HOUR)]);
    expect((await read(plus(NOW, 4 * HOUR))).requests).toBe(1);
  });

  test('a run of attempts seen for the first time brings them all', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow, createdAt: plus(NOW, -DAY), startedAt: plus(NOW, -HOUR), attempt: 3 });
    const { ids } = await watch(fake, [agentOf('fix')]).read();
    expect([...ids].sort()).toEqual([`run:${run.id}:1`, `run:${run.id}:2`, `run:${run.id}:3`]);
  });

  test('a history beyond the 1,000 that GitHub shows is read whole, in windows', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    for (let n = 0; n < 2_500; n += 1) fake.addRun({ workflow, createdAt: plus(NOW, -20 * DAY + n * 10 * MINUTE) });
    const { read, progress } = watch(fake, [agentOf('fix')]);

    const { ids, complaints, requests } = await read();
    expect(new Set(ids).size).toBe(2_500);
    expect(complaints).toEqual([]);
    expect(requests).toBeLessThan(50);
    expect(progress()).toMatchObject([{ through: NOW, caughtUp: true }]);
  });

  test('more runs in two seconds than GitHub shows are said to be missing', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    for (let n = 0; n < 1_050; n += 1) fake.addRun({ workflow, createdAt: plus(NOW, -DAY) });
    const { ids, complaints } = await watch(fake, [agentOf('fix')]).read();
    expect(ids).toHaveLength(1_000);
    expect(complaints).toEqual([expect.stringContaining('does not show them all')]);
  });

  test('a history that is cut off by the request budget goes on where it stopped', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    for (let n = 0; n < 1_500; n += 1) fake.addRun({ workflow, createdAt: plus(NOW, -20 * DAY + n * 15 * MINUTE) });
    const { read, progress } = watch(fake, [agentOf('fix')]);
    const all = new Set<string>();
    let reads = 0;
    for (; reads < 10 && progress()[0]?.caughtUp !== true; reads += 1) {
      const { ids, events } = await read(NOW, { maxRequests: 14 });
      for (const id of ids) all.add(id);
      expect(events.at(-1)?.kind).toBe('source.read');
    }
    expect(all.size).toBe(1_500);
    expect(reads).toBeGreaterThan(1);
  });

  test('the requests kept for the stop are not touched', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    fake.addRun({ workflow, createdAt: plus(NOW, -DAY) });
    const { read } = watch(fake, [agentOf('fix')]);
    fake.rates.pool('github_token', 'core').used = 799;
    const { events, complaints, requests } = await read();
    expect(requests).toBe(1);
    expect(events).toMatchObject([{ kind: 'source.read' }]);
    expect(complaints).toEqual([expect.stringContaining('kept for an emergency stop')]);
  });

  test('with more than eight agents one list of the repository serves all', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const agents = Array.from({ length: 12 }, (_, n) => agentOf(`agent-${n}`));
    const runs: number[] = [];
    for (const { workflow: path, name } of agents) {
      const workflow = await fake.addWorkflowFile(path, `name: ${name}\n`);
      runs.push(fake.addRun({ workflow, createdAt: plus(NOW, -DAY) }).id);
    }
    const { read } = watch(fake, agents);
    expect((await read()).ids).toHaveLength(12);
    const workflow = fake.world.workflows.find(({ path }) => path.endsWith('agent-7.yml'));
    if (workflow === undefined) throw new Error('the workflow was added above');
    const fresh = fake.addRun({ workflow, createdAt: plus(NOW, HOUR) });
    const steady = await read(plus(NOW, 2 * HOUR));
    expect([steady.ids, steady.requests]).toEqual([[`run:${fresh.id}:1`], 1]);
  });

  test('where much else runs, each of many agents is listed on its own', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const agents = Array.from({ length: 9 }, (_, n) => agentOf(`agent-${n}`));
    for (const { workflow: path, name } of agents) await fake.addWorkflowFile(path, `name: ${name}\n`);
    const { read } = watch(fake, agents);
    await read();
    const ci = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    for (let n = 0; n < 1_000; n += 1) fake.addRun({ workflow: ci, createdAt: plus(NOW, n * SECOND) });
    const steady = await read(plus(NOW, HOUR));
    expect(steady.requests).toBe(18);
    expect(steady.ids).toEqual([]);
  });

  test('the run that woke us is read even when no list shows it', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const other = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const ancient = fake.addRun({ workflow, createdAt: plus(NOW, -90 * DAY) });
    const foreign = fake.addRun({ workflow: other, createdAt: plus(NOW, -DAY) });
    const { ids, complaints } = await watch(fake, [agentOf('fix')]).read(NOW, { also: [ancient.id, foreign.id, 404] });
    expect(ids).toEqual([`run:${ancient.id}:1`]);
    expect(complaints).toEqual([expect.stringContaining('read a workflow run')]);
  });
});

describe('trouble', () => {
  test('one workflow that cannot be read does not lose the others, nor its own place', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const a = await fake.addWorkflowFile('.github/workflows/a.yml', 'name: A\n');
    const b = await fake.addWorkflowFile('.github/workflows/b.yml', 'name: B\n');
    const { read, progress } = watch(fake, [agentOf('a'), agentOf('b')]);
    await read();
    const inA = fake.addRun({ workflow: a, createdAt: plus(NOW, MINUTE) });
    const inB = fake.addRun({ workflow: b, createdAt: plus(NOW, MINUTE) });
    fake.faults.add({ path: new RegExp(`/workflows/${a.id}/`), fault: { kind: 'status', status: 502 } });

    const half = await read(plus(NOW, HOUR));
    expect(half.ids).toEqual([`run:${inB.id}:1`]);
    expect(half.events.at(-1)).toMatchObject({ kind: 'source.failed', data: { failure: { kind: 'unavailable' } } });
    expect(progress().map(({ through }) => through)).toEqual([NOW, plus(NOW, HOUR)]);
    expect((await read(plus(NOW, 2 * HOUR))).ids).toEqual([`run:${inA.id}:1`]);
  });

  test('a missing permission fails the source with the line to add, after one request', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const { events, requests } = await watch(fake, [agentOf('fix')], fake.mintToken({ contents: 'read' })).read();
    expect(events).toMatchObject([
      {
        kind: 'source.failed',
        data: { failure: { kind: 'forbidden', remedy: expect.stringContaining('actions: read') } },
      },
    ]);
    expect(requests).toBe(1);
  });

  test('a workflow that was made anew is found again', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const { read } = watch(fake, [agentOf('fix')]);
    await read();
    fake.world.workflows.splice(fake.world.workflows.indexOf(workflow), 1);
    const anew = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow: anew, createdAt: plus(NOW, MINUTE) });
    const lost = await read(plus(NOW, HOUR));
    expect(lost.complaints).toEqual([expect.stringContaining('fix: Could not list the workflow runs')]);
    expect((await read(plus(NOW, 2 * HOUR))).ids).toEqual([`run:${run.id}:1`]);
  });

  test.each([null, '', '{', '7', '[null, {"workflow": 1}]', '[{"workflow":"a","id":1,"through":"never"}]'])(
    'the watermark %j means a fresh start',
    (watermark) => {
      expect(parseProgress(watermark)).toEqual([]);
    },
  );
});
