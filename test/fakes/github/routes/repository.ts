import { type Call, param } from '../call.ts';
import type { GitEntry } from '../git.ts';
import { found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { commitShape } from '../shapes/git.ts';
import { repoShape } from '../shapes/repo.ts';
import { repoApi, repoPage } from '../shapes/urls.ts';

const R = '/repos/{owner}/{repo}';

/** Files above this size come without content, as from GitHub. */
const INLINE_LIMIT = 1_048_576;

export const repositoryRoutes: readonly Route[] = [
  route(`GET ${R}`, { needs: 'metadata:read' }, (call) => json(repoShape(call.baseUrl, call.world))),
  route(`GET ${R}/contents/{path}`, { needs: 'contents:read' }, contents),
  route(`GET ${R}/commits/{ref}`, { needs: 'contents:read' }, commit),
  route(`GET ${R}/branches/{branch}`, { needs: 'contents:read' }, branch),
];

async function contents(call: Call): Promise<Reply> {
  const path = param(call, 'path').replace(/\/+$/, '');
  const head = found(await call.git.resolve(call.query.get('ref') ?? call.world.repo.defaultBranch));
  if (path === '') return folder(call, head, '');
  const entry = found(await call.git.entryAt(head, path));
  if (entry.type === 'tree') return folder(call, entry.sha, `${path}/`);
  const size = entry.size ?? 0;
  if (size > 100 * INLINE_LIMIT) throw new Refusal(403, 'This file is too large to be shown.');
  const inline = size <= INLINE_LIMIT;
  const bytes = inline ? await call.git.readBlob(entry.sha) : new Uint8Array();
  return json({
    ...entryShape(call, entry, path),
    content: wrapped(bytes),
    encoding: inline ? 'base64' : 'none',
  });
}

async function folder(call: Call, tree: string, prefix: string): Promise<Reply> {
  const entries = await call.git.listTree(tree, false);
  return json(entries.map((child) => entryShape(call, child, prefix + child.path)));
}

function entryShape(call: Call, entry: GitEntry, path: string) {
  const ref = call.query.get('ref') ?? call.world.repo.defaultBranch;
  const url = `${repoApi(call.baseUrl, call.world)}/contents/${path}?ref=${ref}`;
  const gitUrl = `${repoApi(call.baseUrl, call.world)}/git/${entry.type}s/${entry.sha}`;
  const isFile = entry.type === 'blob';
  const page = `${repoPage(call.world)}/${isFile ? 'blob' : 'tree'}/${ref}/${path}`;
  return {
    name: path.split('/').at(-1) ?? path,
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: page,
    git_url: gitUrl,
    download_url: isFile ? `https://raw.githubusercontent.com/${call.world.repo.owner}/${path}` : null,
    type: isFile ? 'file' : 'dir',
    _links: { self: url, git: gitUrl, html: page },
  };
}

/** Base64 in lines of 60, as GitHub sends it. */
function wrapped(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/(.{60})/g, '$1\n');
}

async function commit(call: Call): Promise<Reply> {
  const revision = param(call, 'ref');
  const sha = await call.git.resolve(revision);
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${revision}`);
  return json({ ...commitShape(call.baseUrl, call.world, await call.git.readCommit(sha)), files: [] });
}

async function branch(call: Call): Promise<Reply> {
  const name = param(call, 'branch');
  const sha = await call.git.readRef(`refs/heads/${name}`);
  if (sha === null) throw new Refusal(404, 'Branch not found');
  const self = `${repoApi(call.baseUrl, call.world)}/branches/${name}`;
  return json({
    name,
    commit: commitShape(call.baseUrl, call.world, await call.git.readCommit(sha)),
    _links: { self, html: `${repoPage(call.world)}/tree/${name}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
  });
}
