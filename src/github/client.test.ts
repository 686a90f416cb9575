import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../test/fakes/github.ts';
import { attempt, type Failure } from '../core/failure.ts';
import { fromMs, HOUR, type Instant, MINUTE, after as plus } from '../core/time.ts';
import { connectGitHub } from './client.ts';
import type { ConnectionOptions } from './connection.ts';
import type { GitHub } from './port.ts';

const ALL = { actions: 'read', contents: 'write', issues: 'write' } as const;

function connect(fake: FakeGitHub, options: Partial<ConnectionOptions> = {}): GitHub {
  return connectGitHub({
    token: options.token ?? fake.mintToken(ALL),
    repo: fake.fullName,
    baseUrl: fake.url,
    userAgent: 'checkrein-test',
    waitUnit: 1,
    throttle: false,
    ...options,
  });
}

/** A GitHub on `url` that is not the fake. */
function connectTo(url: string, options: Partial<ConnectionOptions> = {}): GitHub {
  return connectGitHub({
    token: 'plain-test-token',
    repo: 'octo/fleet',
    baseUrl: url,
    userAgent: 'checkrein-test',
    retries: 0,
    waitUnit: 1,
    throttle: false,
    ...options,
  });
}

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function failureOfCall(call: () => Promise<unknown>): Promise<Failure> {
  const result = await attempt(call);
  if (result.ok) throw new Error('the call should have failed');
  return result.failure;
}

const CREATED: Instant = '2026-11-01T10:00:00.000Z';

describe('reading Actions', () => {
  test('a run comes back with its times, actor and a path without the ref', async () => {
    await using fake = await startFakeGitHub({ runPathHasRef: true });
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow, createdAt: CREATED, conclusion: 'failure' });
    const github = connect(fake);

    const page = await github.actions.runs({ workflowId: workflow.id, page: 1 });

    expect(page).toMatchObject({ total: 1, hasNext: false });
    expect(page.items[0]).toMatchObject({
      id: run.id,
      attempt: 1,
      workflowId: workflow.id,
      path: '.github/workflows/fix.yml',
      trigger: 'schedule',
      actor: { id: 41898282, login: 'github-actions[bot]', type: 'Bot' },
      status: 'completed',
      conclusion: 'failure',
      createdAt: CREATED,
      startedAt: CREATED,
      updatedAt: plus(CREATED, 2 * MINUTE),
    });
    expect(await github.actions.workflows()).toEqual([
      { id: workflow.id, name: 'Fix', path: '.github/workflows/fix.yml', state: 'active' },
    ]);
  });

  test('lists are paged by the Link header, and the filter on creation takes both ends in', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    for (let n = 0; n < 130; n += 1) fake.addRun({ workflow, createdAt: plus(CREATED, n * MINUTE) });
    const { actions } = connect(fake);

    const first = await actions.runs({ workflowId: workflow.id, page: 1 });
    const second = await actions.runs({ workflowId: workflow.id, page: 2 });
    expect([first.items.length, first.hasNext, second.items.length, second.hasNext]).toEqual([100, true, 30, false]);
    expect(first.items[0]?.createdAt).toBe(plus(CREATED, 129 * MINUTE));

    const window = await actions.runs({
      workflowId: workflow.id,
      createdFrom: CREATED,
      createdTo: plus(CREATED, 2 * MINUTE),
      page: 1,
    });
    expect(window.items.map(({ createdAt }) => createdAt)).toEqual([
      plus(CREATED, 2 * MINUTE),
      plus(CREATED, MINUTE),
      CREATED,
    ]);
  });

  test('earlier attempts keep their own start, and jobs say that they were skipped', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow, createdAt: CREATED, conclusion: 'failure' });
    fake.rerun(run, { startedAt: plus(CREATED, HOUR), jobs: [{ name: 'agent', conclusion: 'skipped' }] });
    const { actions } = connect(fake);

    expect(await actions.run(run.id)).toMatchObject({
      attempt: 2,
      startedAt: plus(CREATED, HOUR),
      createdAt: CREATED,
    });
    expect(await actions.attempt(run.id, 1)).toMatchObject({ attempt: 1, startedAt: CREATED, conclusion: 'failure' });
    expect(await actions.jobs(run.id, 2)).toMatchObject([{ name: 'agent', conclusion: 'skipped' }]);
  });

  test('a status or conclusion that GitHub invents later is not taken for an end', async () => {
    const run = {
      id: 1,
      workflow_id: 2,
      path: 'a.yml',
      event: 'push',
      status: 'dreaming',
      conclusion: 'abducted',
      created_at: CREATED,
      updated_at: CREATED,
      html_url: 'https://github.test/1',
      actor: null,
    };
    await withServer(
      (_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(run)),
      async (url) => {
        expect(await connectTo(url).actions.run(1)).toMatchObject({
          status: 'pending',
          conclusion: null,
          attempt: 1,
          startedAt: CREATED,
          actor: null,
        });
      },
    );
  });

  test.each([
    ['a missing field', { id: 1 }, '`created_at` is no time'],
    ['a list', [], 'it is no object'],
    ['a number beyond what can be held', '{"id":12345678901234567890}', '`created_at`'],
  ])('%s in an answer is a failure, not an undefined', async (_name, body, reason) => {
    await withServer(
      (_request, response) =>
        response
          .setHeader('content-type', 'application/json')
          .end(typeof body === 'string' ? body : JSON.stringify(body)),
      async (url) => {
        const failure = await failureOfCall(() => connectTo(url).actions.run(1));
        expect(failure).toMatchObject({ kind: 'unreadable', retry: true });
        expect(failure.message).toContain(reason);
      },
    );
  });

  test('the next page is only followed on the host that the token is for', async () => {
    await withServer(
      (_request, response) =>
        response
          .setHeader('content-type', 'application/json')
          .setHeader('link', '<http://elsewhere.test/steal?page=2>; rel="next"')
          .end(JSON.stringify({ total_count: 1, workflows: [] })),
      async (url) => {
        const failure = await failureOfCall(() => connectTo(url).actions.workflows());
        expect(failure.message).toContain('next page lies on another host');
      },
    );
  });
});

describe('artifacts', () => {
  test('the redirect is followed without the token and the bytes arrive whole', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow, createdAt: CREATED });
    const artifact = fake.addArtifact(run, 'logs', { 'a.json': '[]' });
    const github = connect(fake);

    // The storage host of the fake refuses requests that carry an Authorization header.
    expect(Buffer.from(await github.actions.artifactZip(artifact.id, 10_000)).equals(Buffer.from(artifact.zip))).toBe(
      true,
    );
    expect(await github.actions.runArtifacts(run.id)).toEqual([
      {
        id: artifact.id,
        name: 'logs',
        bytes: artifact.zip.byteLength,
        digest: artifact.digest,
        expired: false,
        createdAt: artifact.createdAt,
        run: run.id,
      },
    ]);
    expect(github.usage().requests).toBe(3);
  });

  test('more bytes than allowed end the download, and an expired artifact is gone', async () => {
    await using fake = await startFakeGitHub();
    const workflow = await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const run = fake.addRun({ workflow, createdAt: CREATED });
    const large = fake.addArtifact(run, 'large', {}, { rawZip: new Uint8Array(50_000) });
    const expired = fake.addArtifact(run, 'old', { a: 'b' }, { expired: true });
    const { actions } = connect(fake);

    expect((await failureOfCall(() => actions.artifactZip(large.id, 49_999))).kind).toBe('too_large');
    expect((await failureOfCall(() => actions.artifactZip(expired.id, 50_000))).kind).toBe('gone');
  });

  test('a stream that does not announce its size is cut at the limit', async () => {
    let sent = 0;
    await withServer(
      (request, response) => {
        if (request.url?.startsWith('/repos')) return void response.writeHead(302, { location: '/blob' }).end();
        const more = setInterval(() => {
          sent += 1;
          response.write(Buffer.alloc(10_000));
        }, 1);
        response.on('close', () => clearInterval(more));
      },
      async (url) => {
        const failure = await failureOfCall(() => connectTo(url).actions.artifactZip(1, 100_000));
        expect(failure.kind).toBe('too_large');
        expect(sent).toBeLessThan(200);
      },
    );
  });

  test('a download that breaks off may be tried again', async () => {
    await withServer(
      (request, response) => {
        if (request.url?.startsWith('/repos')) return void response.writeHead(302, { location: '/blob' }).end();
        response.writeHead(200, { 'content-length': 1_000 }).write('half');
        setTimeout(() => response.destroy(), 5);
      },
      async (url) => {
        expect(await failureOfCall(() => connectTo(url).actions.artifactZip(1, 100_000))).toMatchObject({
          kind: 'unavailable',
          retry: true,
        });
      },
    );
  });
});

describe('files and git', () => {
  test('a folder lists its files, and one that is not there is empty', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    const { contents, git } = connect(fake);

    const files = await contents.folder('.github/workflows');
    expect(files).toMatchObject([{ path: '.github/workflows/fix.yml', bytes: 10 }]);
    expect(await contents.folder('nowhere')).toEqual([]);
    expect(await contents.file('nowhere.yml')).toBeNull();
    expect(Buffer.from((await contents.file('.github/workflows/fix.yml')) ?? []).toString()).toBe('name: Fix\n');
    expect(Buffer.from(await git.blob(files[0]?.blob ?? '')).toString()).toBe('name: Fix\n');
  });

  test.each([409, 422] as const)('a branch moves only from where it was read (GitHub answers %i)', async (status) => {
    await using fake = await startFakeGitHub({ nonFastForwardStatus: status });
    const { git } = connect(fake);
    expect(await git.branch('checkrein')).toBeNull();

    const blob = await git.createBlob(Buffer.from([0xff, 0x00, 0x0a]));
    const tree = await git.createTree(null, [
      { path: 'a/b.txt', content: { text: 'é' } },
      { path: 'raw', content: { blob } },
    ]);
    const first = await git.createCommit('first', tree, []);
    expect(await git.createBranch('checkrein', first)).toBe('created');
    expect(await git.createBranch('checkrein', first)).toBe('conflict');
    expect(await git.branch('checkrein')).toMatchObject({ commit: first, tree, message: 'first' });
    expect((await git.tree(tree)).map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a/b.txt', 2],
      ['raw', 3],
    ]);

    const ours = await git.createCommit('ours', tree, [first]);
    const rival = await git.createCommit('rival', tree, [first]);
    expect(await git.moveBranch('checkrein', rival)).toBe('moved');
    expect(await git.moveBranch('checkrein', ours)).toBe('conflict');
  });

  test('a repository without a commit has no branch and cannot get one', async () => {
    await using fake = await startFakeGitHub({ emptyRepository: true });
    const { git } = connect(fake);
    expect(await git.branch('checkrein')).toBeNull();
    const failure = await failureOfCall(() => git.createTree(null, [{ path: 'a', content: { text: 'a' } }]));
    expect(failure).toMatchObject({ kind: 'unsupported', remedy: expect.stringContaining('push a first commit') });
  });
});

describe('issues', () => {
  test('an issue is opened with new labels, found by them, changed, commented and closed', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connect(fake);

    const issue = await issues.create({ title: 'T', body: 'B', labels: ['checkrein'] });
    expect(issue).toMatchObject({ state: 'open', title: 'T', body: 'B', authorId: 41898282 });
    await issues.update(issue.number, { body: 'C', state: 'closed', stateReason: 'completed' });
    const { url } = await issues.comment(issue.number, 'over');

    expect(url).toContain(String(issue.number));
    expect(await issues.withLabel('checkrein')).toMatchObject([{ number: issue.number, body: 'C', state: 'closed' }]);
    expect(await issues.withLabel('other')).toEqual([]);
  });

  test('an issue that was transferred is gone, although GitHub leads on to it', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connect(fake);
    const { number } = await issues.create({ title: 'T', body: 'B', labels: [] });
    expect(await issues.get(number)).toMatchObject({ number, body: 'B' });

    const {
      issues: [own],
    } = fake.world;
    const there = { ...own, user: null, labels: [], html_url: 'https://github.com/octo/other/issues/1' };
    const location = `${fake.url}/repositories/9/issues/7`;
    fake.faults.add({ path: /issues\/1$/, fault: { kind: 'status', status: 301, headers: { location }, body: {} } });
    fake.faults.add({ path: /issues\/7$/, fault: { kind: 'status', status: 200, body: there } });
    const failure = await failureOfCall(() => issues.get(number));
    expect(failure).toMatchObject({ kind: 'gone', message: 'Issue 1 was moved to another repository' });
  });

  test('our own name comes without [bot] and is asked for once', async () => {
    await using fake = await startFakeGitHub();
    const github = connect(fake);
    expect(await github.issues.me()).toBe('github-actions');
    expect(await github.issues.me()).toBe('github-actions');
    expect(github.usage().requests).toBe(1);
  });

  test('an issue whose answer is lost is not opened a second time', async () => {
    await using fake = await startFakeGitHub();
    fake.faults.add({ method: 'POST', fault: { kind: 'lost' } });
    const { issues } = connect(fake, { retries: 3 });
    const failure = await failureOfCall(() => issues.create({ title: 'T', body: 'B', labels: [] }));
    expect(failure).toMatchObject({ kind: 'unavailable', retry: true });
    expect(fake.world.issues).toHaveLength(1);
  });

  test('issues that are switched off are named as such', async () => {
    await using fake = await startFakeGitHub();
    fake.world.repo.hasIssues = false;
    const failure = await failureOfCall(() => connect(fake).issues.create({ title: 'T', body: 'B', labels: [] }));
    expect(failure).toMatchObject({ kind: 'unsupported', remedy: expect.stringContaining('switch them on') });
  });
});

describe('failures', () => {
  test.each([
    ['actions: read', { contents: 'read' }, (github: GitHub) => github.actions.workflows()],
    [
      'issues: write',
      { issues: 'read' },
      (github: GitHub) => github.issues.create({ title: 'T', body: 'B', labels: [] }),
    ],
    ['contents: write', { contents: 'read' }, (github: GitHub) => github.git.createBlob(new Uint8Array([1]))],
  ] as const)('a missing permission is named: %s', async (permission, granted, call) => {
    await using fake = await startFakeGitHub();
    const failure = await failureOfCall(() => call(connect(fake, { token: fake.mintToken(granted) })));
    expect(failure).toMatchObject({ kind: 'forbidden', retry: false });
    expect(failure.remedy).toContain(`Add \`${permission}\` to the \`permissions:\` block`);
  });

  test.each([
    [401, {}, { kind: 'unauthorized', retry: false }],
    [404, {}, { kind: 'not_found', retry: false }],
    [409, {}, { kind: 'conflict', retry: true }],
    [410, {}, { kind: 'gone', retry: false }],
    [422, {}, { kind: 'invalid', retry: false }],
    [451, {}, { kind: 'invalid', retry: false }],
    [500, {}, { kind: 'unavailable', retry: true }],
    [503, {}, { kind: 'unavailable', retry: true }],
    [429, {}, { kind: 'rate_limited', retry: true, retryAfter: MINUTE }],
    [403, { 'retry-after': '120' }, { kind: 'rate_limited', retry: true, retryAfter: 2 * MINUTE }],
  ])('a %i with headers %o is %o', async (status, headers, expected) => {
    await using fake = await startFakeGitHub();
    fake.faults.add({
      fault: { kind: 'status', status, headers, body: { message: 'No' } },
      times: Number.POSITIVE_INFINITY,
    });
    const github = connect(fake, { retries: 0 });
    const failure = await failureOfCall(() => github.actions.workflows());
    expect(failure).toMatchObject(expected);
    expect(failure.message).toContain('list the workflows');
    expect(failure.remedy).not.toBe('');
  });

  test('a 404 says that the token may not see the repository', async () => {
    await using fake = await startFakeGitHub();
    const github = connect(fake, { repo: 'octo/other' });
    expect((await failureOfCall(() => github.actions.run(1))).remedy).toContain('may not see the repository');
  });

  test('a ruleset that forbids the branch is no conflict', async () => {
    await using fake = await startFakeGitHub();
    const body = { message: 'Repository rule violations found' };
    fake.faults.add({ method: 'PATCH', fault: { kind: 'status', status: 422, body } });
    const failure = await failureOfCall(() => connect(fake).git.moveBranch('main', 'a'.repeat(40)));
    expect(failure).toMatchObject({ kind: 'forbidden', remedy: expect.stringContaining('ruleset') });
  });

  test('a used up limit names when it is renewed and is not waited for', async () => {
    const now = fromMs(Math.ceil(Date.now() / 1_000) * 1_000);
    await using fake = await startFakeGitHub({ now: () => now });
    fake.rates.pool('github_token', 'core').used = 1_000;
    const github = connect(fake, { throttle: true });
    const failure = await failureOfCall(() => github.actions.workflows());
    expect(failure.kind).toBe('rate_limited');
    expect(failure.message).toContain(`used up until ${github.usage().resetsAt}`);
    expect(failure.retryAfter).toBeGreaterThan(50 * MINUTE);
    expect(fake.log).toHaveLength(1);
  });

  test('GraphQL says that its limit is used up in an answer of status 200', async () => {
    await using fake = await startFakeGitHub();
    fake.rates.pool('github_token', 'graphql').used = 1_000;
    for (const throttle of [false, true]) {
      const failure = await failureOfCall(() => connect(fake, { throttle }).issues.me());
      expect(failure).toMatchObject({ kind: 'rate_limited', retry: true });
    }
  });

  test('a short secondary limit is waited for, once', async () => {
    await using fake = await startFakeGitHub();
    const body = { message: 'You have exceeded a secondary rate limit.' };
    const fault = { kind: 'status', status: 403, body, headers: { 'retry-after': '30' } } as const;
    fake.faults.add({ fault });
    expect(await connect(fake, { throttle: true }).actions.workflows()).toEqual([]);
    fake.faults.add({ fault, times: 2 });
    const failure = await failureOfCall(() => connect(fake, { throttle: true }).actions.workflows());
    expect(failure).toMatchObject({ kind: 'rate_limited', retryAfter: 30_000 });
    expect(fake.log).toHaveLength(4);
  });

  test.each(['truncated', 'torn', 'reset'] as const)('a %s answer is asked for again', async (kind) => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    fake.faults.add({ fault: { kind }, times: 2 });
    const github = connect(fake, { retries: 2 });
    expect(await github.actions.workflows()).toHaveLength(1);
    expect(github.usage().requests).toBe(3);
  });

  test.each(['truncated', 'torn'] as const)('an answer that stays %s cannot be read', async (kind) => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n');
    fake.faults.add({ fault: { kind }, times: Number.POSITIVE_INFINITY });
    expect(await failureOfCall(() => connect(fake).actions.workflows())).toMatchObject({
      kind: 'unreadable',
      retry: true,
    });
  });

  test('a page of a proxy is not taken for an answer', async () => {
    await withServer(
      (_request, response) => response.setHeader('content-type', 'text/html').end('<h1>Sign in</h1>'),
      async (url) => {
        const failure = await failureOfCall(() => connectTo(url).actions.workflows());
        expect(failure).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('text/html, not JSON') });
        expect(failure.message).not.toContain('Sign in');
      },
    );
  });

  test('a server that never answers and one that is not there are told apart', async () => {
    await using fake = await startFakeGitHub();
    fake.faults.add({ fault: { kind: 'hang' }, times: Number.POSITIVE_INFINITY });
    const slow = await failureOfCall(() => connect(fake, { retries: 0, timeoutMs: 50 }).actions.workflows());
    expect(slow).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('did not answer in time') });

    let closed = '';
    await withServer(
      (_request, response) => response.end(),
      async (url) => {
        closed = url;
      },
    );
    const gone = await failureOfCall(() => connectTo(closed).actions.workflows());
    expect(gone).toMatchObject({ kind: 'unavailable', retry: true, message: expect.stringContaining('was refused') });
  });

  test('the requests that a process may send are counted with retries and end in a failure', async () => {
    await using fake = await startFakeGitHub();
    fake.faults.add({ fault: { kind: 'status', status: 502 }, times: 1 });
    for (const throttle of [false, true]) {
      const github = connect(fake, { budget: { maxRequests: 3 }, throttle });
      await github.actions.workflows();
      while (github.usage().requests < 3) await github.actions.workflows();
      expect((await failureOfCall(() => github.actions.workflows())).kind).toBe('budget_spent');
      expect(github.usage()).toMatchObject({ requests: 3 });
    }
    expect(fake.log).toHaveLength(6);
  });

  test('what is left of the limit is read from the answers', async () => {
    await using fake = await startFakeGitHub();
    const github = connect(fake);
    expect(github.usage()).toEqual({ requests: 0, remaining: null, resetsAt: null });
    await github.actions.workflows();
    expect(github.usage().remaining).toBe(999);
    await github.issues.me();
    expect(github.usage().remaining).toBe(999);
  });

  test('the token shows up in no message, even when GitHub repeats it', async () => {
    await withServer(
      (_request, response) =>
        response
          .writeHead(422, { 'content-type': 'application/json' })
          .end(JSON.stringify({ message: 'bad value plain-test-token and ghp_abcdefghijklmnopqrstuvwxyz0123456789' })),
      async (url) => {
        const failure = await failureOfCall(() => connectTo(url).actions.workflows());
        expect(failure.message).toContain('bad value');
        expect(JSON.stringify(failure)).not.toMatch(/plain-test-token|ghp_abc/);
      },
    );
  });

  test.each([
    ['', 'There is no GitHub token'],
    ['two\nlines', 'holds characters that no token has'],
  ])('a token like %j is refused before it is sent', (token, message) => {
    expect(() => connectTo('http://127.0.0.1:1', { token })).toThrow(message);
  });

  test.each(['octo', 'octo/a/b', 'octo/../x', ' /x'])('%j is no repository', (repo) => {
    expect(() => connectTo('http://127.0.0.1:1', { repo })).toThrow('OWNER/NAME');
  });
});
