import { type Call, param } from '../call.ts';
import { changedFiles } from '../diff.ts';
import { paginate } from '../paging.ts';
import type { FakePull } from '../pulls.ts';
import { found, json, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { diffEntryShape, pullCommitShape } from '../shapes/review.ts';
import { repoApi, repoPage } from '../shapes/urls.ts';

const R = '/repos/{owner}/{repo}';

/** GitHub ends the lists here. */
const FILES_CAP = 3_000;
const COMMITS_CAP = 250;
const COMPARED_CAP = 300;

export const reviewRoutes: readonly Route[] = [
  route(`GET ${R}/pulls/{pull_number}/files`, { needs: 'pull-requests:read' }, files),
  route(`GET ${R}/pulls/{pull_number}/commits`, { needs: 'pull-requests:read' }, commits),
  route(`GET ${R}/compare/{basehead}`, { needs: 'contents:read' }, compare),
  route(`GET ${R}/commits`, { needs: 'contents:read' }, history),
];

function pullOf(call: Call): FakePull {
  const number = Number(param(call, 'pull_number'));
  return found(call.world.pulls.find((one) => one.issue.number === number));
}

async function baseOf(call: Call, { baseRef, headSha }: FakePull): Promise<string> {
  const base = found(await call.git.readRef(`refs/heads/${baseRef}`));
  // A branch that a test made from nothing changes all that there is.
  return (await call.git.mergeBase(base, headSha)) ?? base;
}

async function files(call: Call): Promise<Reply> {
  const pull = pullOf(call);
  const all = await changedFiles(call.git, await baseOf(call, pull), pull.headSha);
  const { items, headers } = paginate(call, all, { cap: FILES_CAP });
  return json(
    items.map((file) => diffEntryShape(call.baseUrl, call.world, pull.headSha, file)),
    200,
    headers,
  );
}

async function commits(call: Call): Promise<Reply> {
  const pull = pullOf(call);
  const ids = await call.git.commitsBetween(await baseOf(call, pull), pull.headSha);
  const { items, headers } = paginate(call, ids, { cap: COMMITS_CAP });
  return json(await Promise.all(items.map((sha) => shapeOf(call, sha))), 200, headers);
}

async function shapeOf(call: Call, sha: string) {
  return pullCommitShape(call.baseUrl, call.world, await call.git.readCommit(sha));
}

async function history(call: Call): Promise<Reply> {
  const start = found(await call.git.resolve(call.query.get('sha') ?? call.world.repo.defaultBranch));
  const until = call.query.get('until');
  const all = [];
  for (const sha of [...(await call.git.commitsBetween(null, start))].reverse()) {
    const commit = await call.git.readCommit(sha);
    if (until === null || Date.parse(commit.committer.date) <= Date.parse(until)) all.push(sha);
  }
  const { items, headers } = paginate(call, all);
  return json(await Promise.all(items.map((sha) => shapeOf(call, sha))), 200, headers);
}

async function compare(call: Call): Promise<Reply> {
  const [from = '', to = ''] = param(call, 'basehead').split('...');
  const base = found(await call.git.resolve(from));
  const head = found(await call.git.resolve(to));
  const mergeBase = found(await call.git.mergeBase(base, head));
  const ahead = await call.git.commitsBetween(mergeBase, head);
  const behind = await call.git.commitsBetween(mergeBase, base);
  const changed = await changedFiles(call.git, mergeBase, head);
  const address = `${repoApi(call.baseUrl, call.world)}/compare/${from}...${to}`;
  const page = `${repoPage(call.world)}/compare/${from}...${to}`;
  const { items, headers } = paginate(call, ahead);
  return json(
    {
      url: address,
      html_url: page,
      permalink_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      base_commit: await shapeOf(call, base),
      merge_base_commit: await shapeOf(call, mergeBase),
      status: standing(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all(items.map((sha) => shapeOf(call, sha))),
      files: changed.slice(0, COMPARED_CAP).map((file) => diffEntryShape(call.baseUrl, call.world, head, file)),
    },
    200,
    headers,
  );
}

function standing(ahead: number, behind: number): 'diverged' | 'ahead' | 'behind' | 'identical' {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}
