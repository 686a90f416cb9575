import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { GitCommit, GitEntry } from '../git.ts';
import type { World } from '../world.ts';
import { nodeId, repoApi, repoPage } from './urls.ts';

type Git = RestEndpointMethodTypes['git'];
export type RefPayload = Git['getRef']['response']['data'];
export type GitCommitPayload = Git['getCommit']['response']['data'];
export type TreePayload = Git['getTree']['response']['data'];
export type CommitPayload = RestEndpointMethodTypes['repos']['getCommit']['response']['data'];

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** A branch or tag; `name` is the full one, `refs/heads/main`. */
export function refShape(baseUrl: string, world: World, name: string, sha: string): RefPayload {
  const api = repoApi(baseUrl, world);
  return {
    ref: name,
    node_id: nodeId('REF', name),
    url: `${api}/git/${name}`,
    object: { type: 'commit', sha, url: `${api}/git/commits/${sha}` },
  };
}

export function gitCommitShape(baseUrl: string, world: World, commit: GitCommit): GitCommitPayload {
  const api = repoApi(baseUrl, world);
  const page = repoPage(world);
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: UNSIGNED,
  };
}

/** A commit as the pages of GitHub see it, without the list of changed files. */
export function commitShape(baseUrl: string, world: World, commit: GitCommit): CommitPayload {
  const api = repoApi(baseUrl, world);
  const { sha, node_id, html_url, parents, author, committer, message, tree } = gitCommitShape(baseUrl, world, commit);
  const url = `${api}/commits/${sha}`;
  return {
    sha,
    node_id,
    url,
    html_url,
    comments_url: `${url}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author,
      committer,
      message,
      tree,
      comment_count: 0,
      verification: UNSIGNED,
    },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({ ...parent, url: `${api}/commits/${parent.sha}` })),
  };
}

/** GitHub cuts listings of trees at this many entries and says `truncated`. */
const TREE_LIMIT = 100_000;

export function treeShape(baseUrl: string, world: World, sha: string, entries: readonly GitEntry[]): TreePayload {
  const api = repoApi(baseUrl, world);
  return {
    sha,
    url: `${api}/git/trees/${sha}`,
    tree: entries.slice(0, TREE_LIMIT).map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === null ? {} : { size: entry.size }),
      url: `${api}/git/${entry.type}s/${entry.sha}`,
    })),
    truncated: entries.length > TREE_LIMIT,
  };
}
