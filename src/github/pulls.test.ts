import { describe, expect, test } from 'vitest';
import { pullNode } from '../../test/fakes/github/shapes/pulls.ts';
import { userNamed } from '../../test/fakes/github/world.ts';
import { startFakeGitHub } from '../../test/fakes/github.ts';
import { connectToFake } from '../../test/kit/connect-github.ts';
import { attempt } from '../core/failure.ts';

describe('open pull requests', () => {
  test('come with author, head, auto-merge and queue', async () => {
    await using fake = await startFakeGitHub();
    const mine = await fake.addPull({ autoMerge: true });
    const copilots = await fake.addPull({ author: userNamed(fake.world, 'Copilot'), isInMergeQueue: true });
    const persons = await fake.addPull({ author: userNamed(fake.world, 'octocat') });
    const closed = await fake.addPull();
    closed.issue.state = 'closed';
    expect(await connectToFake(fake).pulls.open()).toEqual([
      {
        number: mine.issue.number,
        node: pullNode(mine),
        author: { id: 209825114, login: 'claude[bot]', type: 'Bot' },
        head: mine.headSha,
        headRef: 'claude/change-1',
        autoMerge: true,
        queued: false,
      },
      expect.objectContaining({
        number: copilots.issue.number,
        author: { id: 198982749, login: 'Copilot', type: 'Bot' },
        autoMerge: false,
        queued: true,
      }),
      expect.objectContaining({
        number: persons.issue.number,
        author: { id: 583231, login: 'octocat', type: 'User' },
      }),
    ]);
  });

  test('come from all pages, by GraphQL and by REST', async () => {
    await using fake = await startFakeGitHub();
    const headSha = await fake.commitFile('topic', 'a.txt', 'a');
    for (let n = 0; n < 230; n += 1) await fake.addPull({ headSha });
    const { pulls } = connectToFake(fake);
    const numbers = async () => (await pulls.open()).map(({ number }) => number);
    const all = Array.from({ length: 230 }, (_, n) => n + 1);
    expect(await numbers()).toEqual(all);
    fake.rates.pool('github_token', 'graphql').used = 1_000;
    expect(await numbers()).toEqual(all);
  });

  test.each([
    ['is down', { kind: 'status', status: 502 }],
    ['answers something else', { kind: 'status', status: 200, body: { data: { repository: null } } }],
    [
      'has trouble of its own',
      { kind: 'status', status: 200, body: { errors: [{ message: 'Something went wrong' }] } },
    ],
  ] as const)('come from REST when GraphQL %s, which does not say what is queued', async (_name, fault) => {
    await using fake = await startFakeGitHub();
    const pull = await fake.addPull({ autoMerge: true, isInMergeQueue: true });
    fake.faults.add({ path: '/graphql', times: Number.POSITIVE_INFINITY, fault });
    expect(await connectToFake(fake).pulls.open()).toEqual([
      {
        number: pull.issue.number,
        node: pullNode(pull),
        author: { id: 209825114, login: 'claude[bot]', type: 'Bot' },
        head: pull.headSha,
        headRef: pull.headRef,
        autoMerge: true,
        queued: null,
      },
    ]);
  });

  test('cannot be listed without a permission that the refusal names', async () => {
    await using fake = await startFakeGitHub();
    await fake.addPull();
    const result = await attempt(() => connectToFake(fake, { contents: 'write' }).pulls.open());
    expect(result.ok ? '' : result.failure.remedy).toContain('`pull-requests: read`');
  });
});

describe('holding a pull request back', () => {
  test('switches auto-merge off and takes it out of the queue, and what is so already is no failure', async () => {
    await using fake = await startFakeGitHub();
    const pull = await fake.addPull({ autoMerge: true, isInMergeQueue: true });
    const { pulls } = connectToFake(fake);
    for (let time = 0; time < 2; time += 1) {
      await pulls.disableAutoMerge(pullNode(pull));
      await pulls.dequeue(pullNode(pull));
      expect(pull).toMatchObject({ autoMerge: null, isInMergeQueue: false });
    }
  });

  test.each(['lost', 'torn', 'truncated', 'reset'] as const)('works although the first answer is %s', async (kind) => {
    await using fake = await startFakeGitHub();
    const pull = await fake.addPull({ autoMerge: true, isInMergeQueue: true });
    const { pulls } = connectToFake(fake);
    fake.faults.add({ path: '/graphql', fault: { kind } });
    await pulls.disableAutoMerge(pullNode(pull));
    fake.faults.add({ path: '/graphql', fault: { kind } });
    await pulls.dequeue(pullNode(pull));
    expect(pull).toMatchObject({ autoMerge: null, isInMergeQueue: false });
  });

  test('fails for what was merged already: nobody may read that it was held back', async () => {
    await using fake = await startFakeGitHub();
    const pull = await fake.addPull();
    pull.issue.state = 'closed';
    pull.mergedAt = '2026-11-20T12:00:00.000Z';
    const { pulls } = connectToFake(fake);
    expect(await attempt(() => pulls.disableAutoMerge(pullNode(pull)))).toMatchObject({ ok: false });
    expect(await attempt(() => pulls.dequeue(pullNode(pull)))).toMatchObject({ ok: false });
  });

  test('names both permissions when GitHub refuses with HTTP 200', async () => {
    await using fake = await startFakeGitHub({ autoMergeOff: false, dequeues: false });
    const pull = await fake.addPull({ autoMerge: true, isInMergeQueue: true });
    const { pulls } = connectToFake(fake);
    for (const call of [() => pulls.disableAutoMerge(pullNode(pull)), () => pulls.dequeue(pullNode(pull))]) {
      const result = await attempt(call);
      expect(fake.log.at(-1)?.status).toBe(200);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'forbidden', retry: false } });
      expect(result.ok ? '' : result.failure.remedy).toContain('`contents: write` and `pull-requests: write`');
    }
    expect(pull).toMatchObject({ isInMergeQueue: true, autoMerge: { by: pull.issue.author } });
  });
});

describe('the status of a commit', () => {
  test('is set with its words cut to what GitHub takes', async () => {
    await using fake = await startFakeGitHub();
    const { headSha } = await fake.addPull();
    const { pulls } = connectToFake(fake);
    const status = { context: 'checkrein/halt', state: 'failure', description: '🛑'.repeat(200) } as const;
    await pulls.setStatus(headSha, { ...status, url: 'https://example.test/1' });
    await pulls.setStatus(headSha, { context: 'checkrein/halt', state: 'success', description: 'go on', url: null });
    expect(fake.world.statuses).toMatchObject([
      { sha: headSha, state: 'failure', description: '🛑'.repeat(140), targetUrl: 'https://example.test/1' },
      { sha: headSha, state: 'success', description: 'go on', targetUrl: null },
    ]);
  });

  test('is read as it was set last in a context; none is null', async () => {
    await using fake = await startFakeGitHub();
    const { headSha } = await fake.addPull();
    const { pulls } = connectToFake(fake);
    expect(await pulls.status(headSha, 'checkrein/halt')).toBeNull();
    for (const state of ['success', 'failure'] as const) {
      await pulls.setStatus(headSha, { context: 'checkrein/halt', state, description: 'x', url: null });
    }
    await pulls.setStatus(headSha, { context: 'tests', state: 'success', description: 'x', url: null });
    expect(await pulls.status(headSha, 'checkrein/halt')).toBe('failure');
  });

  test('needs a permission that the refusal names', async () => {
    await using fake = await startFakeGitHub();
    const { headSha } = await fake.addPull();
    const status = { context: 'checkrein/halt', state: 'failure', description: 'x', url: null } as const;
    const { pulls } = connectToFake(fake, { contents: 'write', 'pull-requests': 'write' });
    const result = await attempt(() => pulls.setStatus(headSha, status));
    expect(result.ok ? '' : result.failure.remedy).toContain('`statuses: write`');
  });
});
