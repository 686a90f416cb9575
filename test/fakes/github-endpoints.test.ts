import { afterAll, beforeAll, expect, it } from 'vitest';
import { after, type Instant, MINUTE } from '../../src/core/time.ts';
import { ROUTES } from './github/routes.ts';
import { type FakeGitHub, startFakeGitHub } from './github.ts';

const NOW: Instant = '2026-11-20T12:00:00.000Z';

interface Example {
  /** `METHOD TEMPLATE` of the endpoint. */
  readonly endpoint: string;
  /** In place of the parameters of the template, but for owner and repo. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly status: number;
}

let fake: FakeGitHub;
let examples: readonly Example[];

beforeAll(async () => {
  fake = await startFakeGitHub({ now: () => NOW });
  examples = await seededExamples(fake);
});

afterAll(() => fake[Symbol.asyncDispose]());

it('answers every endpoint as GitHub describes it', async () => {
  const token = fake.mintToken(
    {
      actions: 'write',
      checks: 'read',
      administration: 'write',
      contents: 'write',
      environments: 'write',
      issues: 'write',
      'pull-requests': 'write',
      statuses: 'write',
      variables: 'write',
    },
    'user',
  );
  for (const example of examples) {
    const [method = '', template = ''] = example.endpoint.split(' ');
    const path = fill(template, { owner: 'octo', repo: 'fleet', ...example.params });
    const response = await fetch(fake.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `token ${token}` },
      ...(example.body === undefined ? {} : { body: JSON.stringify(example.body) }),
    });
    expect(response.status, `${method} ${path}: ${await response.text()}`).toBe(example.status);
  }
  expect(fake.schemaErrors).toEqual([]);
});

it('has an example of every endpoint', () => {
  const shown = new Set(examples.map((example) => example.endpoint));
  expect([...shown].sort()).toEqual(ROUTES.map((one) => `${one.method} ${one.template}`).sort());
});

function fill(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

/** A world with one of everything, and a call of each endpoint in an order in which all succeed. */
async function seededExamples(github: FakeGitHub): Promise<readonly Example[]> {
  const workflow = await github.addWorkflowFile('.github/workflows/fixer.yml', 'name: Fixer\n');
  const steps = [
    { name: 'done', conclusion: 'success' },
    { name: 'going', conclusion: null },
  ];
  const jobs = [
    { name: 'agent', steps, annotations: [{ level: 'failure' as const, message: 'exit code 1' }] },
    { name: 'later', status: 'queued' as const },
  ];
  const run = github.addRun({ workflow, createdAt: NOW, status: 'in_progress', jobs, branch: null, fromFork: true });
  const other = github.addRun({ workflow, createdAt: NOW, status: 'waiting', jobs: [] });
  github.rerun(run, { startedAt: after(NOW, MINUTE), status: 'in_progress', jobs });
  const artifact = github.addArtifact(run, 'session', { 'a.json': '[]' });
  const pull = github.addIssue({ isPullRequest: true, labels: ['checkrein'] });
  const opened = await github.addPull({ autoMerge: true });
  const comment = github.addComment(pull, { viaApp: 'github-actions' });
  const head = (await github.git.readRef('refs/heads/main')) ?? '';
  const { tree } = await github.git.readCommit(head);
  const blob = await github.git.writeBlob(Buffer.from('x'));
  return [
    ...ofGit(head, tree, blob),
    ...ofActions(workflow.id, run.id, other.id, artifact.id),
    ...ofIssues(comment.id),
    ...ofRest(head),
    {
      endpoint: `GET ${R}/commits/{ref}/check-runs`,
      params: { ref: head },
      status: 200,
    },
    {
      endpoint: `GET ${R}/check-runs/{check_run_id}/annotations`,
      params: { check_run_id: run.attempts[0].jobs[0]?.id ?? 0 },
      status: 200,
    },
    ...ofPulls(opened.issue.number),
    ...ofAdministration(),
  ];
}

const R = '/repos/{owner}/{repo}';

function ofGit(head: string, tree: string, blob: string): readonly Example[] {
  const entry = { path: 'd/x', mode: '100644', type: 'blob', sha: blob };
  const commit = {
    message: 'm',
    tree,
    parents: [head],
    author: { name: 'a', email: 'a@b.c', date: '2026-01-01T00:00:00Z' },
  };
  return [
    { endpoint: `GET ${R}/git/ref/{ref}`, params: { ref: 'heads/main' }, status: 200 },
    { endpoint: `GET ${R}/git/matching-refs/{ref}`, params: { ref: 'heads/' }, status: 200 },
    { endpoint: `POST ${R}/git/refs`, body: { ref: 'refs/heads/a/b', sha: head }, status: 201 },
    { endpoint: `PATCH ${R}/git/refs/{ref}`, params: { ref: 'heads/a/b' }, body: { sha: head }, status: 200 },
    { endpoint: `DELETE ${R}/git/refs/{ref}`, params: { ref: 'heads/a/b' }, status: 204 },
    { endpoint: `GET ${R}/git/trees/{tree_sha}`, params: { tree_sha: 'main' }, status: 200 },
    { endpoint: `POST ${R}/git/trees`, body: { base_tree: tree, tree: [entry] }, status: 201 },
    { endpoint: `GET ${R}/git/commits/{commit_sha}`, params: { commit_sha: head }, status: 200 },
    { endpoint: `POST ${R}/git/commits`, body: commit, status: 201 },
    { endpoint: `GET ${R}/git/blobs/{file_sha}`, params: { file_sha: blob }, status: 200 },
    { endpoint: `POST ${R}/git/blobs`, body: { content: 'ä' }, status: 201 },
  ];
}

function ofActions(workflow: number, run: number, other: number, artifact: number): readonly Example[] {
  const A = `${R}/actions`;
  const attempt = { run_id: run, attempt_number: 1 };
  const dispatch = { ref: 'main', return_run_details: true };
  return [
    { endpoint: `GET ${A}/workflows`, status: 200 },
    { endpoint: `GET ${A}/workflows/{workflow_id}`, params: { workflow_id: 'fixer.yml' }, status: 200 },
    { endpoint: `GET ${A}/workflows/{workflow_id}/runs`, params: { workflow_id: workflow }, status: 200 },
    { endpoint: `GET ${A}/runs`, status: 200 },
    { endpoint: `GET ${A}/runs/{run_id}`, params: { run_id: run }, status: 200 },
    { endpoint: `GET ${A}/runs/{run_id}/attempts/{attempt_number}`, params: attempt, status: 200 },
    { endpoint: `GET ${A}/runs/{run_id}/attempts/{attempt_number}/jobs`, params: attempt, status: 200 },
    { endpoint: `GET ${A}/runs/{run_id}/jobs`, params: { run_id: run }, status: 200 },
    { endpoint: `GET ${A}/runs/{run_id}/artifacts`, params: { run_id: run }, status: 200 },
    { endpoint: `GET ${A}/artifacts`, status: 200 },
    { endpoint: `GET ${A}/artifacts/{artifact_id}`, params: { artifact_id: artifact }, status: 200 },
    {
      endpoint: `GET ${A}/artifacts/{artifact_id}/{archive_format}`,
      params: { artifact_id: artifact, archive_format: 'zip' },
      status: 302,
    },
    { endpoint: `PUT ${A}/workflows/{workflow_id}/disable`, params: { workflow_id: workflow }, status: 204 },
    { endpoint: `PUT ${A}/workflows/{workflow_id}/enable`, params: { workflow_id: workflow }, status: 204 },
    {
      endpoint: `POST ${A}/workflows/{workflow_id}/dispatches`,
      params: { workflow_id: workflow },
      body: { ref: 'main' },
      status: 204,
    },
    {
      endpoint: `POST ${A}/workflows/{workflow_id}/dispatches`,
      params: { workflow_id: workflow },
      body: dispatch,
      status: 200,
    },
    { endpoint: `POST ${A}/runs/{run_id}/cancel`, params: { run_id: run }, status: 202 },
    { endpoint: `POST ${A}/runs/{run_id}/force-cancel`, params: { run_id: other }, status: 202 },
    { endpoint: `POST ${A}/runs/{run_id}/rerun`, params: { run_id: other }, status: 201 },
    { endpoint: `POST ${A}/runs/{run_id}/rerun-failed-jobs`, params: { run_id: run }, status: 201 },
  ];
}

function ofIssues(comment: number): readonly Example[] {
  const I = `${R}/issues`;
  const one = { issue_number: 1 };
  return [
    { endpoint: `POST ${I}`, body: { title: 'x', labels: [{ name: 'new' }], assignees: ['octocat'] }, status: 201 },
    { endpoint: `GET ${I}`, status: 200 },
    { endpoint: `GET ${I}/{issue_number}`, params: one, status: 200 },
    { endpoint: `PATCH ${I}/{issue_number}`, params: { issue_number: 2 }, body: { state: 'closed' }, status: 200 },
    { endpoint: `GET ${I}/{issue_number}/comments`, params: one, status: 200 },
    { endpoint: `POST ${I}/{issue_number}/comments`, params: one, body: { body: 'x' }, status: 201 },
    { endpoint: `GET ${I}/comments`, status: 200 },
    { endpoint: `GET ${I}/comments/{comment_id}`, params: { comment_id: comment }, status: 200 },
    { endpoint: `PATCH ${I}/comments/{comment_id}`, params: { comment_id: comment }, body: { body: 'y' }, status: 200 },
    {
      endpoint: `POST ${I}/comments/{comment_id}/reactions`,
      params: { comment_id: comment },
      body: { content: 'eyes' },
      status: 201,
    },
    { endpoint: `POST ${I}/{issue_number}/labels`, params: one, body: { labels: ['more'] }, status: 200 },
    { endpoint: `DELETE ${I}/{issue_number}/labels/{name}`, params: { ...one, name: 'more' }, status: 200 },
    { endpoint: `GET ${R}/labels`, status: 200 },
    { endpoint: `POST ${R}/labels`, body: { name: 'own', color: 'ffffff' }, status: 201 },
    { endpoint: `GET ${R}/labels/{name}`, params: { name: 'own' }, status: 200 },
  ];
}

function ofRest(head: string): readonly Example[] {
  return [
    { endpoint: 'GET /rate_limit', status: 200 },
    { endpoint: 'GET /user', status: 200 },
    { endpoint: `GET ${R}`, status: 200 },
    { endpoint: `GET ${R}/contents/{path}`, params: { path: '.github/workflows' }, status: 200 },
    { endpoint: `GET ${R}/contents/{path}`, params: { path: '.github/workflows/fixer.yml' }, status: 200 },
    { endpoint: `GET ${R}/commits/{ref}`, params: { ref: 'main' }, status: 200 },
    { endpoint: `GET ${R}/branches/{branch}`, params: { branch: 'main' }, status: 200 },
    { endpoint: `GET ${R}/collaborators/{username}/permission`, params: { username: 'octocat' }, status: 200 },
    { endpoint: `POST ${R}/statuses/{sha}`, params: { sha: head }, body: { state: 'pending' }, status: 201 },
    { endpoint: `GET ${R}/commits/{ref}/status`, params: { ref: 'main' }, status: 200 },
  ];
}

function ofPulls(number: number): readonly Example[] {
  return [
    { endpoint: `GET ${R}/pulls`, status: 200 },
    { endpoint: `GET ${R}/pulls/{pull_number}`, params: { pull_number: number }, status: 200 },
    { endpoint: `GET ${R}/pulls/{pull_number}/files`, params: { pull_number: number }, status: 200 },
    { endpoint: `GET ${R}/pulls/{pull_number}/commits`, params: { pull_number: number }, status: 200 },
    { endpoint: `GET ${R}/compare/{basehead}`, params: { basehead: 'main...main' }, status: 200 },
    { endpoint: `GET ${R}/commits`, status: 200 },
  ];
}

function ofAdministration(): readonly Example[] {
  const V = `${R}/actions/variables`;
  return [
    { endpoint: `POST ${V}`, body: { name: 'HALTED', value: 'no' }, status: 201 },
    { endpoint: `GET ${V}`, status: 200 },
    { endpoint: `GET ${V}/{name}`, params: { name: 'halted' }, status: 200 },
    { endpoint: `PATCH ${V}/{name}`, params: { name: 'HALTED' }, body: { value: 'yes' }, status: 204 },
    { endpoint: `DELETE ${V}/{name}`, params: { name: 'HALTED' }, status: 204 },
    { endpoint: `PUT ${R}/environments/{environment_name}`, params: { environment_name: 'agents' }, status: 200 },
    { endpoint: `PUT ${R}/actions/permissions`, body: { enabled: true }, status: 204 },
  ];
}
