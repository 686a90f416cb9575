import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { strFromU8, unzipSync } from 'fflate';
import { createFixture } from 'fs-fixture';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromMs, HOUR, type Instant, after as later, MINUTE, toMs } from '../../src/core/time.ts';
import { ROUTES } from './github/routes.ts';
import { describedOperations } from './github/schema.ts';
import type { Permissions } from './github/world.ts';
import { type FakeGitHub, startFakeGitHub } from './github.ts';

const START: Instant = '2026-11-20T12:00:00.000Z';
const ALL: Permissions = {
  actions: 'write',
  contents: 'write',
  issues: 'write',
  'pull-requests': 'write',
  statuses: 'write',
};
const AT = { owner: 'octo', repo: 'fleet' };

let fake: FakeGitHub;
let now: Instant;

beforeEach(async () => {
  now = START;
  fake = await startFakeGitHub({ now: () => now });
});

afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

function client(auth: string = fake.mintToken(ALL), baseUrl: string = fake.url): Octokit {
  return new Octokit({ auth, baseUrl, log });
}

/** The status and message of a call that must be refused. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; message: string; headers: Record<string, unknown> }> {
  try {
    await call;
  } catch (error) {
    const { status, message, response } = error as {
      status: number;
      message: string;
      response?: { headers: Record<string, unknown> };
    };
    return { status, message, headers: response?.headers ?? {} };
  }
  throw new Error('The call was answered, not refused');
}

describe('the description', () => {
  it('holds every endpoint of the fake', () => {
    expect(ROUTES.length).toBeGreaterThan(40);
    expect([...describedOperations()].sort()).toEqual(ROUTES.map((one) => `${one.method} ${one.template}`).sort());
  });

  it('makes the fake shout when it would break it', async () => {
    const run = await seedRun();
    Object.assign(run.attempts[0], { status: 5 });
    expect(await refusal(client().actions.getWorkflowRun({ ...AT, run_id: run.id }))).toMatchObject({ status: 599 });
    expect(fake.schemaErrors.splice(0)).toMatchObject([{ status: 200, errors: [expect.stringContaining('/status')] }]);
  });

  it('makes a fake that was wrong fail when it stops', async () => {
    const wrong = await startFakeGitHub();
    await refusal(client(wrong.mintToken(ALL), wrong.url).gists.list());
    await expect(wrong[Symbol.asyncDispose]()).rejects.toThrow('no such endpoint');
  });

  it('makes the fake shout about endpoints it does not have', async () => {
    expect(await refusal(client().gists.list())).toMatchObject({ status: 599 });
    expect(fake.schemaErrors.splice(0)).toMatchObject([{ request: 'GET /gists' }]);
  });

  it('refuses bodies that GitHub would refuse', async () => {
    const refused = await refusal(
      client().request('POST /repos/{owner}/{repo}/issues', { ...AT, title: null } as never),
    );
    expect(refused.status).toBe(422);
    const broken = await fetch(`${fake.url}/repos/octo/fleet/issues`, {
      method: 'POST',
      headers: { authorization: `token ${fake.mintToken(ALL)}` },
      body: '{"title":',
    });
    expect(broken.status).toBe(400);
  });
});

async function seedRun() {
  const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: "Nightly fixer"\non: push\n');
  return fake.addRun({ workflow, createdAt: START });
}

describe('tokens', () => {
  it('answers 401 to nobody and to strangers', async () => {
    expect(await refusal(new Octokit({ baseUrl: fake.url, log }).repos.get(AT))).toMatchObject({ status: 401 });
    expect(await refusal(client('ghs_unknown').repos.get(AT))).toMatchObject({ status: 401 });
  });

  it('refuses whatever was not granted and names what would be accepted', async () => {
    const reader = client(fake.mintToken({ contents: 'read' }));
    const refused = await refusal(reader.actions.listRepoWorkflows(AT));
    expect(refused).toMatchObject({ status: 403, headers: { 'x-accepted-github-permissions': 'actions=read' } });
    expect(refused.message).toContain('Resource not accessible by integration');
    expect(await refusal(reader.git.createBlob({ ...AT, content: 'x' }))).toMatchObject({ status: 403 });
    expect((await reader.repos.get(AT)).data.full_name).toBe('octo/fleet');
  });

  it('lets tokens of forks read only', async () => {
    const fork = client(fake.mintToken(ALL, 'github_token', { fork: true }));
    expect((await fork.issues.listForRepo(AT)).data).toEqual([]);
    expect(await refusal(fork.issues.create({ ...AT, title: 'x' }))).toMatchObject({ status: 403 });
  });

  it('tells a person, but no job, who it is', async () => {
    expect(await refusal(client().users.getAuthenticated())).toMatchObject({ status: 403 });
    expect(await refusal(client(fake.mintToken(ALL, 'app')).users.getAuthenticated())).toMatchObject({ status: 403 });
    expect((await client(fake.mintToken(ALL, 'user')).users.getAuthenticated()).data.login).toBe('octocat');
    expect(await client().graphql('query { viewer { login } }')).toEqual({ viewer: { login: 'github-actions[bot]' } });
  });

  it('knows one repository', async () => {
    expect(await refusal(client().repos.get({ owner: 'octo', repo: 'other' }))).toMatchObject({ status: 404 });
  });

  it('tells roles of collaborators, 404 for Copilot and strangers', async () => {
    const { data } = await client().repos.getCollaboratorPermissionLevel({ ...AT, username: 'octocat' });
    expect(data).toMatchObject({ permission: 'admin', role_name: 'admin' });
    fake.addUser({ login: 'triager', role: { permission: 'read', roleName: 'triage' } });
    const triager = await client().repos.getCollaboratorPermissionLevel({ ...AT, username: 'triager' });
    expect(triager.data).toMatchObject({ permission: 'read', role_name: 'triage' });
    for (const username of ['Copilot', 'nobody']) {
      expect(await refusal(client().repos.getCollaboratorPermissionLevel({ ...AT, username }))).toMatchObject({
        status: 404,
      });
    }
  });
});

describe('runs', () => {
  it('come newest first, page by page', async () => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    for (let n = 0; n < 7; n += 1) fake.addRun({ workflow, createdAt: later(START, n * MINUTE) });
    const octokit = client();
    const { data, headers } = await octokit.actions.listWorkflowRunsForRepo({ ...AT, per_page: 3, page: 2 });
    expect(data.total_count).toBe(7);
    expect(data.workflow_runs.map((run) => run.run_number)).toEqual([4, 3, 2]);
    expect(headers.link).toContain('rel="next"');
    const all = await octokit.paginate(octokit.actions.listWorkflowRuns, {
      ...AT,
      workflow_id: 'fixer.yml',
      per_page: 3,
    });
    expect(all.map((run) => run.run_number)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('stop at 1,000 when filtered, though the count tells the truth', async () => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    for (let n = 0; n < 1_050; n += 1) fake.addRun({ workflow, createdAt: later(START, n * MINUTE) });
    const octokit = client();
    const last = await octokit.actions.listWorkflowRunsForRepo({ ...AT, event: 'schedule', per_page: 100, page: 10 });
    expect(last.data).toMatchObject({ total_count: 1_050 });
    expect(last.data.workflow_runs).toHaveLength(100);
    expect(last.headers.link).not.toContain('rel="next"');
    const beyond = await octokit.actions.listWorkflowRunsForRepo({ ...AT, per_page: 100, page: 11 });
    expect(beyond.data.workflow_runs).toHaveLength(50);
  });

  it('can come in an empty page with more behind it', async () => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    for (let n = 0; n < 3; n += 1) fake.addRun({ workflow, createdAt: later(START, n * MINUTE) });
    fake.world.switches.emptyRunPages = [1, 3];
    const pages = [];
    const octokit = client();
    for await (const { data } of octokit.paginate.iterator(octokit.actions.listWorkflowRunsForRepo, {
      ...AT,
      per_page: 2,
    })) {
      pages.push(data.map((run) => run.run_number));
    }
    expect(pages).toEqual([[], [3, 2], [], [1]]);
  });

  it.each([
    ['>=2026-11-20T12:02:00Z', [4, 3]],
    ['<=2026-11-20T12:01:00Z', [2, 1]],
    ['<2026-11-20T12:01:00Z', [1]],
    ['>2026-11-20T12:02:00Z', [4]],
    ['2026-11-20T12:01:00Z..2026-11-20T12:02:00Z', [3, 2]],
    ['2026-11-20', [4, 3, 2, 1]],
    ['2026-11-19..*', [4, 3, 2, 1]],
    ['2026-11-21', []],
  ])('are filtered by creation: %s', async (created, numbers) => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    for (let n = 0; n < 4; n += 1) fake.addRun({ workflow, createdAt: later(START, n * MINUTE) });
    const { data } = await client().actions.listWorkflowRunsForRepo({ ...AT, created });
    expect(data.workflow_runs.map((run) => run.run_number)).toEqual(numbers);
  });

  it('are filtered by status, conclusion, branch and actor', async () => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    fake.addRun({ workflow, createdAt: START, conclusion: 'failure', branch: 'topic' });
    fake.addRun({ workflow, createdAt: START, status: 'in_progress' });
    const numbers = async (filter: object) =>
      (await client().actions.listWorkflowRunsForRepo({ ...AT, ...filter })).data.workflow_runs.map(
        (run) => run.run_number,
      );
    expect(await numbers({ status: 'failure' })).toEqual([1]);
    expect(await numbers({ status: 'in_progress' })).toEqual([2]);
    expect(await numbers({ branch: 'topic' })).toEqual([1]);
    expect(await numbers({ actor: 'octocat' })).toEqual([]);
  });

  it('keep their creation and earlier attempts when they are tried again', async () => {
    const run = await seedRun();
    fake.rerun(run, {
      startedAt: later(START, HOUR),
      conclusion: 'failure',
      jobs: [{ name: 'agent' }, { name: 'report' }],
    });
    const octokit = client();
    const latest = (await octokit.actions.getWorkflowRun({ ...AT, run_id: run.id })).data;
    expect(latest).toMatchObject({
      run_attempt: 2,
      conclusion: 'failure',
      created_at: '2026-11-20T12:00:00Z',
      run_started_at: '2026-11-20T13:00:00Z',
    });
    const first = (await octokit.actions.getWorkflowRunAttempt({ ...AT, run_id: run.id, attempt_number: 1 })).data;
    expect(first).toMatchObject({ run_attempt: 1, conclusion: 'success', run_started_at: '2026-11-20T12:00:00Z' });
    const jobs = async (filter: 'latest' | 'all') =>
      (await octokit.actions.listJobsForWorkflowRun({ ...AT, run_id: run.id, filter })).data.jobs.map(
        (job) => job.run_attempt,
      );
    expect(await jobs('latest')).toEqual([2, 2]);
    expect(await jobs('all')).toEqual([1, 2, 2]);
    const attempt = await octokit.actions.listJobsForWorkflowRunAttempt({ ...AT, run_id: run.id, attempt_number: 1 });
    expect(attempt.data.total_count).toBe(1);
  });

  it('carry a ref behind their path only where the switch says so', async () => {
    const run = await seedRun();
    const path = async () => (await client().actions.getWorkflowRun({ ...AT, run_id: run.id })).data.path;
    expect(await path()).toBe('.github/workflows/fixer.yml');
    fake.world.switches.runPathHasRef = true;
    expect(await path()).toBe('.github/workflows/fixer.yml@main');
  });

  it('obey a cancel but for jobs that always run, and a forced cancel wholly', async () => {
    const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
    const jobs = [{ name: 'agent' }, { name: 'cleanup', always: true }];
    const run = fake.addRun({ workflow, createdAt: START, status: 'in_progress', jobs });
    const octokit = client();
    const status = async () => (await octokit.actions.getWorkflowRun({ ...AT, run_id: run.id })).data.status;
    expect((await octokit.actions.cancelWorkflowRun({ ...AT, run_id: run.id })).status).toBe(202);
    expect(await status()).toBe('in_progress');
    await octokit.actions.forceCancelWorkflowRun({ ...AT, run_id: run.id });
    expect(await status()).toBe('completed');
    expect(await refusal(octokit.actions.cancelWorkflowRun({ ...AT, run_id: run.id }))).toMatchObject({ status: 409 });
  });

  it.each([false, true])(
    'go on when their workflow is disabled, unless the switch says otherwise: %s',
    async (ends) => {
      fake.world.switches.disableEndsRuns = ends;
      const workflow = await fake.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
      const run = fake.addRun({ workflow, createdAt: START, status: 'in_progress' });
      const octokit = client();
      await octokit.actions.disableWorkflow({ ...AT, workflow_id: workflow.id });
      expect((await octokit.actions.getWorkflow({ ...AT, workflow_id: 'fixer.yml' })).data.state).toBe(
        'disabled_manually',
      );
      expect(run.attempts[0].status).toBe(ends ? 'completed' : 'in_progress');
      expect(
        await refusal(octokit.actions.createWorkflowDispatch({ ...AT, workflow_id: workflow.id, ref: 'main' })),
      ).toMatchObject({ status: 422 });
      await octokit.actions.enableWorkflow({ ...AT, workflow_id: workflow.id });
      await octokit.actions.createWorkflowDispatch({ ...AT, workflow_id: workflow.id, ref: 'main' });
      expect(fake.world.runs.at(-1)).toMatchObject({ event: 'workflow_dispatch', runNumber: 2 });
    },
  );
});

describe('artifacts', () => {
  it('are fetched through a redirect that must not carry the token', async () => {
    const run = await seedRun();
    const made = fake.addArtifact(run, 'session', { 'deep/output.json': '[{"type":"result"}]' });
    const octokit = client();
    const list = (await octokit.actions.listWorkflowRunArtifacts({ ...AT, run_id: run.id })).data;
    expect(list).toMatchObject({ total_count: 1, artifacts: [{ id: made.id, size_in_bytes: made.zip.byteLength }] });
    const zip = await octokit.actions.downloadArtifact({ ...AT, artifact_id: made.id, archive_format: 'zip' });
    const files = unzipSync(new Uint8Array(zip.data as ArrayBuffer));
    expect(strFromU8(files['deep/output.json'] ?? new Uint8Array())).toBe('[{"type":"result"}]');

    const authorization = { authorization: `token ${fake.mintToken(ALL)}` };
    const link = `${fake.url}/repos/octo/fleet/actions/artifacts/${made.id}/zip`;
    const redirect = await fetch(link, { redirect: 'manual', headers: authorization });
    expect(redirect.status).toBe(302);
    const location = redirect.headers.get('location') ?? '';
    expect((await fetch(location, { headers: authorization })).status).toBe(403);
    expect((await fetch(location.replace(/sig=.*/, 'sig=wrong'))).status).toBe(404);
    expect((await fetch(location)).headers.get('content-type')).toBe('application/zip');
  });

  it('are gone after their time, immutable before it', async () => {
    const run = await seedRun();
    const { id } = fake.addArtifact(run, 'session', {}, { expired: true });
    expect(
      await refusal(client().actions.downloadArtifact({ ...AT, artifact_id: id, archive_format: 'zip' })),
    ).toMatchObject({ status: 410 });
    expect((await client().actions.getArtifact({ ...AT, artifact_id: id })).data.expired).toBe(true);
    expect(() => fake.addArtifact(run, 'session', {})).toThrow('already');
    fake.rerun(run, { startedAt: later(START, HOUR) });
    fake.addArtifact(run, 'session', {});
    expect((await client().actions.listArtifactsForRepo(AT)).data.total_count).toBe(2);
  });
});

describe('git', () => {
  /** Commits `files` on top of a branch as our ledger does, and answers the new commit. */
  async function commit(octokit: Octokit, parent: string, files: Record<string, string>): Promise<string> {
    const base = (await octokit.git.getCommit({ ...AT, commit_sha: parent })).data.tree.sha;
    const entries = Object.entries(files).map(
      ([path, content]) => ({ path, content, mode: '100644', type: 'blob' }) as const,
    );
    const tree = (await octokit.git.createTree({ ...AT, base_tree: base, tree: entries })).data.sha;
    return (await octokit.git.createCommit({ ...AT, message: 'Add', tree, parents: [parent] })).data.sha;
  }

  async function head(octokit: Octokit, branch = 'main'): Promise<string> {
    return (await octokit.git.getRef({ ...AT, ref: `heads/${branch}` })).data.object.sha;
  }

  it('is one repository behind REST and git over HTTP', async () => {
    const octokit = client();
    const made = await commit(octokit, await head(octokit), { 'ledger/day.ndjson': 'ä\n', 'state.json': '{}' });
    await octokit.git.createRef({ ...AT, ref: 'refs/heads/checkrein', sha: made });
    await using folder = await createFixture({});
    const basic = Buffer.from(`x-access-token:${fake.mintToken({ contents: 'read' })}`).toString('base64');
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', `http.extraheader=Authorization: Basic ${basic}`, ...args]);
    await git('clone', '--quiet', '--branch', 'checkrein', fake.cloneUrl, folder.getPath('clone'));
    expect(await readFile(join(folder.getPath('clone'), 'ledger/day.ndjson'), 'utf8')).toBe('ä\n');
    await expect(
      promisify(execFile)(
        'git',
        ['-c', 'core.askPass=true', 'clone', '--quiet', fake.cloneUrl, folder.getPath('other')],
        { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } },
      ),
    ).rejects.toThrow();
    await expect(git('-C', folder.getPath('clone'), 'push', 'origin', 'HEAD:refs/heads/new')).rejects.toThrow('403');
  });

  it.each([409, 422] as const)('moves a branch only forward, else %i', async (status) => {
    fake.world.switches.nonFastForwardStatus = status;
    const octokit = client();
    const base = await head(octokit);
    const [ours, theirs] = [await commit(octokit, base, { a: '1' }), await commit(octokit, base, { b: '2' })];
    await octokit.git.updateRef({ ...AT, ref: 'heads/main', sha: theirs });
    expect(await refusal(octokit.git.updateRef({ ...AT, ref: 'heads/main', sha: ours }))).toMatchObject({ status });
    expect(await head(octokit)).toBe(theirs);
    await octokit.git.updateRef({ ...AT, ref: 'heads/main', sha: ours, force: true });
    expect(await head(octokit)).toBe(ours);
  });

  it('lets exactly one of many win who move a branch at once', async () => {
    const octokit = client();
    const base = await head(octokit);
    const rivals = await Promise.all(Array.from({ length: 6 }, (_, n) => commit(octokit, base, { [`f${n}`]: 'x' })));
    const moves = await Promise.allSettled(
      rivals.map((sha) => octokit.git.updateRef({ ...AT, ref: 'heads/main', sha })),
    );
    expect(moves.filter((move) => move.status === 'fulfilled')).toHaveLength(1);
  });

  it('reads trees, blobs, files and folders as they were written', async () => {
    const octokit = client();
    const bytes = Buffer.from([0, 255, 10, 13]);
    const blob = (await octokit.git.createBlob({ ...AT, content: bytes.toString('base64'), encoding: 'base64' })).data
      .sha;
    const base = await head(octokit);
    const tree = (
      await octokit.git.createTree({ ...AT, tree: [{ path: 'd/raw', sha: blob, mode: '100644', type: 'blob' }] })
    ).data.sha;
    const sha = (await octokit.git.createCommit({ ...AT, message: 'Raw', tree, parents: [base] })).data.sha;
    await octokit.git.updateRef({ ...AT, ref: 'heads/main', sha });
    const listed = (await octokit.git.getTree({ ...AT, tree_sha: tree, recursive: '1' })).data;
    expect(listed.tree).toMatchObject([
      { path: 'd', type: 'tree' },
      { path: 'd/raw', sha: blob, size: 4 },
    ]);
    expect(Buffer.from((await octokit.git.getBlob({ ...AT, file_sha: blob })).data.content, 'base64')).toEqual(bytes);
    expect((await octokit.repos.getContent({ ...AT, path: 'd' })).data).toMatchObject([
      { path: 'd/raw', type: 'file', sha: blob },
    ]);
    expect((await octokit.repos.getContent({ ...AT, path: '' })).data).toMatchObject([{ path: 'd', type: 'dir' }]);
    expect((await octokit.repos.getContent({ ...AT, path: 'd/raw' })).data).toMatchObject({
      encoding: 'base64',
      size: 4,
    });
    expect(await refusal(octokit.repos.getContent({ ...AT, path: 'none' }))).toMatchObject({ status: 404 });
    expect((await octokit.repos.getBranch({ ...AT, branch: 'main' })).data.commit.sha).toBe(sha);
    expect((await octokit.repos.getCommit({ ...AT, ref: 'main' })).data.commit.message).toBe('Raw');
    expect((await octokit.git.listMatchingRefs({ ...AT, ref: 'heads/' })).data).toHaveLength(1);
  });

  it.each([
    ['a blob that is not there', { path: 'x', sha: 'f'.repeat(40) }],
    ['taking out what is not there', { path: 'none', sha: null }],
    ['a path that climbs', { path: '../x', content: 'x' }],
  ])('refuses %s', async (_, entry) => {
    const octokit = client();
    const tree = [{ mode: '100644', type: 'blob', ...entry } as const];
    const base_tree = await head(octokit);
    expect(await refusal(octokit.git.createTree({ ...AT, base_tree, tree }))).toMatchObject({ status: 422 });
  });

  it('refuses a second branch of a name, and anything in an empty repository', async () => {
    const octokit = client();
    const sha = await head(octokit);
    expect(await refusal(octokit.git.createRef({ ...AT, ref: 'refs/heads/main', sha }))).toMatchObject({ status: 422 });
    await using empty = await startFakeGitHub({ emptyRepository: true });
    const other = client(empty.mintToken(ALL), empty.url);
    expect(await refusal(other.git.createBlob({ ...AT, content: 'x' }))).toMatchObject({ status: 409 });
  });

  it('keeps workflow files from tokens without that permission', async () => {
    const octokit = client();
    const sha = await commit(octokit, await head(octokit), { '.github/workflows/evil.yml': 'on: push' });
    expect(await refusal(octokit.git.updateRef({ ...AT, ref: 'heads/main', sha }))).toMatchObject({ status: 403 });
    const app = client(fake.mintToken({ contents: 'write', workflows: 'write' }, 'app'));
    expect((await app.git.updateRef({ ...AT, ref: 'heads/main', sha })).status).toBe(200);
  });
});

describe('issues', () => {
  it('are opened, found by label with pull requests among them, edited, closed and opened again', async () => {
    const octokit = client();
    fake.addIssue({ title: 'A change', labels: ['checkrein'], isPullRequest: true });
    const opened = (await octokit.issues.create({ ...AT, title: 'Too much', body: 'x', labels: ['checkrein', 'new'] }))
      .data;
    expect(opened).toMatchObject({
      number: 2,
      user: { login: 'github-actions[bot]' },
      performed_via_github_app: { slug: 'github-actions' },
    });
    expect((await octokit.issues.getLabel({ ...AT, name: 'new' })).data.color).toBe('ededed');
    const closed = await octokit.issues.update({ ...AT, issue_number: 2, state: 'closed', state_reason: 'completed' });
    expect(closed.data).toMatchObject({
      state: 'closed',
      state_reason: 'completed',
      closed_at: '2026-11-20T12:00:00Z',
    });
    const numbers = async (state: 'open' | 'closed' | 'all') =>
      (await octokit.issues.listForRepo({ ...AT, labels: 'checkrein', state })).data.map((issue) => issue.number);
    expect([await numbers('open'), await numbers('closed'), await numbers('all')]).toEqual([[1], [2], [2, 1]]);
    const again = await octokit.issues.update({ ...AT, issue_number: 2, state: 'open' });
    expect(again.data).toMatchObject({ state: 'open', state_reason: 'reopened', closed_at: null });
  });

  it('refuse long bodies, strangers in locked ones, and everything when switched off', async () => {
    const octokit = client();
    await octokit.issues.create({ ...AT, title: 'x', body: 'x'.repeat(65_536) });
    expect(await refusal(octokit.issues.create({ ...AT, title: 'x', body: 'x'.repeat(65_537) }))).toMatchObject({
      status: 422,
    });
    const [issue] = fake.world.issues;
    if (issue) issue.locked = true;
    expect(await refusal(octokit.issues.createComment({ ...AT, issue_number: 1, body: 'x' }))).toMatchObject({
      status: 403,
    });
    fake.world.repo.hasIssues = false;
    expect(await refusal(octokit.issues.create({ ...AT, title: 'x' }))).toMatchObject({ status: 410 });
    expect(await refusal(octokit.issues.listForRepo(AT))).toMatchObject({ status: 410 });
  });

  it('carry comments; whether a job may edit those of others is a switch', async () => {
    const octokit = client();
    await octokit.issues.create({ ...AT, title: 'x' });
    const own = (await octokit.issues.createComment({ ...AT, issue_number: 1, body: 'ours' })).data;
    const [issue] = fake.world.issues;
    if (!issue) throw new Error('The issue was not made');
    const theirs = fake.addComment(issue, { body: 'theirs' });
    now = later(START, MINUTE);
    const edited = (await octokit.issues.updateComment({ ...AT, comment_id: own.id, body: 'edited' })).data;
    expect(edited).toMatchObject({
      body: 'edited',
      created_at: '2026-11-20T12:00:00Z',
      updated_at: '2026-11-20T12:01:00Z',
    });
    fake.world.switches.editsForeignComments = false;
    expect(await refusal(octokit.issues.updateComment({ ...AT, comment_id: theirs.id, body: 'x' }))).toMatchObject({
      status: 403,
    });
    const list = (await octokit.issues.listComments({ ...AT, issue_number: 1 })).data;
    expect(list.map((comment) => [comment.user?.type, comment.body])).toEqual([
      ['Bot', 'edited'],
      ['User', 'theirs'],
    ]);
    await octokit.reactions.createForIssueComment({ ...AT, comment_id: theirs.id, content: 'eyes' });
    expect(
      (await octokit.reactions.createForIssueComment({ ...AT, comment_id: theirs.id, content: 'eyes' })).status,
    ).toBe(200);
  });

  it('take and lose labels', async () => {
    const octokit = client();
    await octokit.issues.create({ ...AT, title: 'x' });
    await octokit.issues.createLabel({ ...AT, name: 'one' });
    expect(await refusal(octokit.issues.createLabel({ ...AT, name: 'ONE' }))).toMatchObject({ status: 422 });
    expect((await octokit.issues.addLabels({ ...AT, issue_number: 1, labels: ['one', 'two'] })).data).toHaveLength(2);
    expect((await octokit.issues.removeLabel({ ...AT, issue_number: 1, name: 'one' })).data).toHaveLength(1);
    expect((await octokit.issues.listLabelsForRepo(AT)).data.map((label) => label.name)).toEqual(['one', 'two']);
  });
});

describe('statuses', () => {
  it('are pending without any, red with one red, and read contexts in any case', async () => {
    const octokit = client();
    const sha = (await octokit.repos.getCommit({ ...AT, ref: 'main' })).data.sha;
    const combined = async () => (await octokit.repos.getCombinedStatusForRef({ ...AT, ref: sha })).data.state;
    expect(await combined()).toBe('pending');
    await octokit.repos.createCommitStatus({ ...AT, sha, state: 'failure', context: 'gate' });
    expect(await combined()).toBe('failure');
    await octokit.repos.createCommitStatus({ ...AT, sha, state: 'success', context: 'GATE' });
    expect(await combined()).toBe('success');
  });
});

describe('limits', () => {
  it('share one pool among all job tokens of the repository', async () => {
    await client().repos.get(AT);
    const { headers } = await client().repos.get(AT);
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '998',
      'x-ratelimit-resource': 'core',
    });
    fake.rates.pool('github_token', 'core').used = 1_000;
    const refused = await refusal(client().repos.get(AT));
    expect(refused).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } });
    expect(Number(refused.headers['x-ratelimit-reset'])).toBe(toMs(later(START, HOUR)) / 1000);
    expect((await client().rateLimit.get()).data.rate.remaining).toBe(0);
    expect((await client(fake.mintToken(ALL, 'app')).repos.get(AT)).status).toBe(200);
    now = later(START, HOUR);
    expect((await client().repos.get(AT)).status).toBe(200);
  });

  it('answer 200 with an error when GraphQL is exhausted', async () => {
    fake.rates.pool('github_token', 'graphql').used = 1_000;
    const response = await fetch(`${fake.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${fake.mintToken(ALL)}` },
      body: JSON.stringify({ query: '{ viewer { login } }' }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ errors: [{ type: 'RATE_LIMITED' }] });
  });

  it.each([
    [true, '60'],
    [false, undefined],
  ])('let 80 writes of content through in a minute; the refusal says how long to wait: %s', async (told, wait) => {
    fake.world.switches.secondaryRetryAfter = told;
    const octokit = client();
    for (let n = 0; n < 80; n += 1) await octokit.issues.create({ ...AT, title: `${n}` });
    const refused = await refusal(octokit.issues.create({ ...AT, title: 'one too many' }));
    expect(refused).toMatchObject({ status: 403 });
    expect(refused.headers['retry-after']).toBe(wait);
    expect(fake.world.issues).toHaveLength(80);
    now = later(START, MINUTE);
    expect((await octokit.issues.create({ ...AT, title: 'later' })).status).toBe(201);
  });

  it('make an unchanged answer free; whether for another token too is a switch', async () => {
    const used = () => fake.rates.pool('github_token', 'core').used;
    const etag = (await client().repos.get(AT)).headers.etag;
    const ask = () => refusal(client().repos.get({ ...AT, headers: { 'if-none-match': etag } }));
    expect(await ask()).toMatchObject({ status: 304 });
    expect(used()).toBe(1);
    fake.world.switches.etagsDieWithToken = true;
    expect((await client().repos.get({ ...AT, headers: { 'if-none-match': etag } })).status).toBe(200);
  });
});

describe('faults', () => {
  it('hit the call that was named, as often as was said', async () => {
    const fault = fake.faults.add({
      method: 'GET',
      path: /\/issues$/,
      nth: 2,
      times: 2,
      fault: { kind: 'status', status: 502, headers: { 'retry-after': '1' } },
    });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await client().repos.get(AT);
      const answer = client()
        .issues.listForRepo(AT)
        .then((reply) => reply.status);
      statuses.push(await answer.catch((error: { status: number }) => error.status));
    }
    expect(statuses).toEqual([200, 502, 502, 200]);
    expect(fault).toMatchObject({ seen: 4, hits: 2 });
  });

  it.each([
    ['reset', 0],
    ['lost', 1],
    ['torn', 1],
    ['truncated', 1],
  ] as const)('%s: the client sees a failure, the issue was written %i times', async (kind, written) => {
    fake.faults.add({ method: 'POST', fault: { kind } });
    const request = fetch(`${fake.url}/repos/octo/fleet/issues`, {
      method: 'POST',
      headers: { authorization: `token ${fake.mintToken(ALL)}` },
      body: JSON.stringify({ title: 'x' }),
    });
    await expect(request.then((response) => response.json())).rejects.toThrow();
    expect(fake.world.issues).toHaveLength(written);
  });

  it('hang until the client gives up', async () => {
    fake.faults.add({ fault: { kind: 'hang' } });
    const signal = AbortSignal.timeout(50);
    await expect(fetch(`${fake.url}/rate_limit`, { signal })).rejects.toThrow('timeout');
    expect(fake.log.at(-1)).toMatchObject({ path: '/rate_limit', status: null, fault: 'hang' });
  });

  it('let a rival write between two of our calls', async () => {
    fake.faults.add({
      method: 'PATCH',
      fault: { kind: 'meanwhile', happens: async () => void (await fake.commitFile('main', 'rival', 'x')) },
    });
    const octokit = client();
    const { data: head } = await octokit.git.getRef({ ...AT, ref: 'heads/main' });
    const { data: base } = await octokit.git.getCommit({ ...AT, commit_sha: head.object.sha });
    const made = await octokit.git.createCommit({ ...AT, message: 'Ours', tree: base.tree.sha, parents: [base.sha] });
    const move = octokit.git.updateRef({ ...AT, ref: 'heads/main', sha: made.data.sha });
    expect(await refusal(move)).toMatchObject({ status: 422 });
  });

  it('sweep over every call of a scenario once', async () => {
    const outcomes: string[] = [];
    for (const { nth } of fake.faults.everyCallOnce({ kind: 'status', status: 500 })) {
      const scenario = client()
        .repos.get(AT)
        .then(() => client().issues.listForRepo(AT));
      outcomes.push(
        `${nth} ${await scenario.then(
          () => 'done',
          () => 'failed',
        )}`,
      );
    }
    expect(outcomes).toEqual(['1 failed', '2 failed', '3 done']);
  });
});

describe('the log', () => {
  it('names every request', async () => {
    await client().issues.create({ ...AT, title: 'x' });
    await client().issues.listForRepo({ ...AT, state: 'all' });
    expect(fake.log).toMatchObject([
      { method: 'POST', path: '/repos/octo/fleet/issues', status: 201, body: { title: 'x' } },
      { method: 'GET', path: '/repos/octo/fleet/issues', status: 200, query: { state: 'all' } },
    ]);
  });
});

it('starts in a moment, because no schema is compiled before it is needed', async () => {
  const began = process.cpuUsage();
  await using quick = await startFakeGitHub({ now: () => fromMs(0) });
  const { user, system } = process.cpuUsage(began);
  // Some 25 ms of a processor; by the wall it depends on what else the machine does.
  expect((user + system) / 1_000, quick.url).toBeLessThan(1_000);
});
