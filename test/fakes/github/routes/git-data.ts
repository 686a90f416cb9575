import type { RestEndpointMethodTypes } from '@octokit/rest';
import { parseInstant } from '../../../../src/core/time.ts';
import { actorOf, bodyOf, type Call, param } from '../call.ts';
import type { GitPerson, TreeChange } from '../git.ts';
import { empty, found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { gitCommitShape, refShape, treeShape } from '../shapes/git.ts';
import { nodeId, repoApi, stamp } from '../shapes/urls.ts';

const R = '/repos/{owner}/{repo}/git';
type Git = RestEndpointMethodTypes['git'];

export const gitDataRoutes: readonly Route[] = [
  route(`GET ${R}/ref/{ref}`, { needs: 'contents:read' }, getRef),
  route(`GET ${R}/matching-refs/{ref}`, { needs: 'contents:read' }, matchingRefs),
  route(`POST ${R}/refs`, { needs: 'contents:write' }, createRef),
  route(`PATCH ${R}/refs/{ref}`, { needs: 'contents:write' }, updateRef),
  route(`DELETE ${R}/refs/{ref}`, { needs: 'contents:write' }, deleteRef),
  route(`GET ${R}/trees/{tree_sha}`, { needs: 'contents:read' }, getTree),
  route(`POST ${R}/trees`, { needs: 'contents:write' }, createTree),
  route(`GET ${R}/commits/{commit_sha}`, { needs: 'contents:read' }, getCommit),
  route(`POST ${R}/commits`, { needs: 'contents:write' }, createCommit),
  route(`GET ${R}/blobs/{file_sha}`, { needs: 'contents:read' }, getBlob),
  route(`POST ${R}/blobs`, { needs: 'contents:write' }, createBlob),
];

async function getRef(call: Call): Promise<Reply> {
  const name = `refs/${param(call, 'ref')}`;
  return json(refShape(call.baseUrl, call.world, name, found(await call.git.readRef(name))));
}

async function matchingRefs(call: Call): Promise<Reply> {
  const refs = await call.git.listRefs(`refs/${param(call, 'ref')}`);
  return json(refs.map(({ name, sha }) => refShape(call.baseUrl, call.world, name, sha)));
}

async function createRef(call: Call): Promise<Reply> {
  const { ref, sha } = bodyOf<Git['createRef']['parameters']>(call);
  await refuseEmptyRepository(call);
  if (!/^refs\/[^/]+\/.+/.test(ref))
    throw new Refusal(422, 'Reference name must start with refs/ and hold two slashes');
  if (!(await call.git.hasObject(sha, 'commit'))) throw new Refusal(422, 'Object does not exist');
  await refuseWorkflowChange(call, null, sha);
  if (!(await call.git.moveRef(ref, null, sha))) throw new Refusal(422, 'Reference already exists');
  return json(refShape(call.baseUrl, call.world, ref, sha), 201);
}

async function updateRef(call: Call): Promise<Reply> {
  const { sha, force = false } = bodyOf<Git['updateRef']['parameters']>(call);
  const name = `refs/${param(call, 'ref')}`;
  const before = await call.git.readRef(name);
  if (before === null) throw new Refusal(422, 'Reference does not exist');
  if (!(await call.git.hasObject(sha, 'commit'))) throw new Refusal(422, 'Object does not exist');
  await refuseWorkflowChange(call, before, sha);
  const allowed = force || (await call.git.isAncestor(before, sha));
  // The second reason: somebody moved the ref while we looked.
  if (!allowed || !(await call.git.moveRef(name, before, sha))) {
    throw new Refusal(call.world.switches.nonFastForwardStatus, 'Update is not a fast forward');
  }
  return json(refShape(call.baseUrl, call.world, name, sha));
}

async function deleteRef(call: Call): Promise<Reply> {
  const name = `refs/${param(call, 'ref')}`;
  if ((await call.git.readRef(name)) === null) throw new Refusal(422, 'Reference does not exist');
  await call.git.deleteRef(name);
  return empty();
}

/** Only tokens with the `workflows` permission, which `GITHUB_TOKEN` cannot have, may change workflow files. */
async function refuseWorkflowChange(call: Call, before: string | null, sha: string): Promise<void> {
  if (call.token.permissions.workflows === 'write') return;
  const base = before ?? (await call.git.readRef(`refs/heads/${call.world.repo.defaultBranch}`));
  const parents = (await call.git.readCommit(sha)).parents;
  const changed = await call.git.changedPaths(before ?? (parents.length > 0 ? base : null), sha);
  const file = changed.find((path) => path.startsWith('.github/workflows/'));
  if (file !== undefined) {
    throw new Refusal(
      403,
      `refusing to allow a GitHub App to create or update workflow \`${file}\` without \`workflows\` permission`,
    );
  }
}

async function refuseEmptyRepository(call: Call): Promise<void> {
  if ((await call.git.listRefs('refs/heads/')).length === 0) throw new Refusal(409, 'Git Repository is empty.');
}

async function getTree(call: Call): Promise<Reply> {
  const revision = param(call, 'tree_sha');
  const isTree = await call.git.hasObject(revision, 'tree');
  const sha = isTree ? revision : (await call.git.readCommit(found(await call.git.resolve(revision)))).tree;
  const recursive = call.query.has('recursive');
  const entries = await call.git.listTree(sha, recursive);
  const cut = recursive && call.world.switches.truncatedTrees;
  const shape = treeShape(call.baseUrl, call.world, sha, cut ? entries.slice(0, 1) : entries);
  return json(cut ? { ...shape, truncated: true } : shape);
}

async function createTree(call: Call): Promise<Reply> {
  const body = bodyOf<Git['createTree']['parameters']>(call);
  await refuseEmptyRepository(call);
  const base = body.base_tree === undefined ? null : await treeOf(call, body.base_tree);
  const deletes = body.tree.some((entry) => entry.sha === null);
  const present = base !== null && deletes ? await pathsOf(call, base) : new Set<string>();
  const changes: TreeChange[] = [];
  for (const entry of body.tree) changes.push(await changeOf(call, entry, present));
  const sha = await call.git.writeTree(base, changes);
  return json(treeShape(call.baseUrl, call.world, sha, await call.git.listTree(sha, false)), 201);
}

async function treeOf(call: Call, sha: string): Promise<string> {
  if (await call.git.hasObject(sha, 'tree')) return sha;
  if (await call.git.hasObject(sha, 'commit')) return (await call.git.readCommit(sha)).tree;
  throw new Refusal(422, 'base_tree is not a valid tree oid');
}

async function pathsOf(call: Call, tree: string): Promise<Set<string>> {
  return new Set((await call.git.listTree(tree, true)).map((entry) => entry.path));
}

type NewEntry = Git['createTree']['parameters']['tree'][number];

async function changeOf(call: Call, entry: NewEntry, present: ReadonlySet<string>): Promise<TreeChange> {
  const { path = '', mode = '100644', sha, content } = entry;
  if (path === '' || path.startsWith('/') || path.split('/').some((part) => ['', '.', '..', '.git'].includes(part))) {
    throw new Refusal(422, 'tree.path contains a malformed path component');
  }
  if (content !== undefined) return { path, mode, sha: await call.git.writeBlob(Buffer.from(content)) };
  if (sha === null && !present.has(path)) throw new Refusal(422, 'GitRPC::BadObjectState');
  if (sha === null) return { path, mode, sha };
  if (sha === undefined || !(await call.git.hasObject(sha, 'blob'))) {
    throw new Refusal(422, 'tree.sha does not exist: every entry needs content or the id of a blob');
  }
  return { path, mode, sha };
}

async function getCommit(call: Call): Promise<Reply> {
  const sha = param(call, 'commit_sha');
  if (!(await call.git.hasObject(sha, 'commit'))) throw new Refusal(404, 'Not Found');
  return json(gitCommitShape(call.baseUrl, call.world, await call.git.readCommit(sha)));
}

async function createCommit(call: Call): Promise<Reply> {
  const { message, tree, parents = [], author, committer } = bodyOf<Git['createCommit']['parameters']>(call);
  if (!(await call.git.hasObject(tree, 'tree'))) throw new Refusal(422, 'Tree SHA does not exist');
  for (const parent of parents) {
    if (!(await call.git.hasObject(parent, 'commit')))
      throw new Refusal(422, 'Parent SHA does not exist or is not a commit');
  }
  const writer = author ? personOf(call, author) : tokenPerson(call);
  const by =
    committer?.name && committer.email
      ? personOf(call, { ...committer, name: committer.name, email: committer.email })
      : writer;
  const sha = await call.git.writeCommit(tree, parents, message, writer, by);
  return json(gitCommitShape(call.baseUrl, call.world, await call.git.readCommit(sha)), 201);
}

function personOf(call: Call, given: { name: string; email: string; date?: string }): GitPerson {
  return { name: given.name, email: given.email, date: parseInstant(given.date) ?? stamp(call.now) };
}

function tokenPerson(call: Call): GitPerson {
  const { id, login } = actorOf(call);
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, date: stamp(call.now) };
}

async function getBlob(call: Call): Promise<Reply> {
  const sha = param(call, 'file_sha');
  if (!(await call.git.hasObject(sha, 'blob'))) throw new Refusal(404, 'Not Found');
  const bytes = await call.git.readBlob(sha);
  return json({
    sha,
    node_id: nodeId('B', sha),
    size: bytes.byteLength,
    url: `${repoApi(call.baseUrl, call.world)}/git/blobs/${sha}`,
    content: Buffer.from(bytes).toString('base64'),
    encoding: 'base64',
  });
}

async function createBlob(call: Call): Promise<Reply> {
  const { content, encoding = 'utf-8' } = bodyOf<Git['createBlob']['parameters']>(call);
  await refuseEmptyRepository(call);
  const sha = await call.git.writeBlob(Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'));
  return json({ sha, url: `${repoApi(call.baseUrl, call.world)}/git/blobs/${sha}` }, 201);
}
