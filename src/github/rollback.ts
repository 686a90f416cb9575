import { OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import { actorOfGraphql } from './pulls.ts';
import { type Raw, rawObject } from './raw.ts';
import type { Checks, OpenedPull, PullToDecide, RollbackApi, TreeEdit } from './rollback-port.ts';

const READ: Purpose = { doing: 'read a pull request', permission: 'pull-requests: read' };
const CHECKS: Purpose = {
  doing: 'read the checks of a pull request',
  permission: 'checks: read',
  alsoNeeds: 'statuses: read',
};
const REVERT: Purpose = {
  doing: 'open a pull request that takes another back',
  permission: 'contents: write',
  alsoNeeds: 'pull-requests: write',
};
const READ_COMMIT: Purpose = { doing: 'read a commit', permission: 'contents: read' };
const WRITE_TREE: Purpose = { doing: 'write a list of files', permission: 'contents: write' };

const AUTHOR =
  'author { __typename login ... on Bot { databaseId } ... on User { databaseId } ... on Organization { databaseId } }';

const PULL_QUERY = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id number title state headRefOid baseRefName
      ${AUTHOR}
      mergeCommit { oid }
      assignees(first: 20) { nodes { login } }
      commits { totalCount }
    }
  }
}`;

const CHECKS_QUERY = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { commits(last: 1) { nodes { commit { statusCheckRollup { state } } } } }
  }
}`;

const REPOSITORY_QUERY = 'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }';

const REVERT_PULL = `mutation ($input: RevertPullRequestInput!) {
  revertPullRequest(input: $input) { revertPullRequest { number url } }
}`;

const OPEN_PULL = `mutation ($input: CreatePullRequestInput!) {
  createPullRequest(input: $input) { pullRequest { number url } }
}`;

/** REST has no revert. The rest uses GraphQL too, so that there is only one way to open a draft. */
export function rollbackApi(connection: Connection, repo: string): RollbackApi {
  const [owner, name] = repo.split('/');
  return {
    pull: async (number) => {
      const found = await unlessMissing(askGraphql(connection, READ, PULL_QUERY, { owner, name, number }));
      const pull = found?.object('repository').objectOrNull('pullRequest') ?? null;
      return pull === null ? null : pullOf(pull);
    },
    checks: async (number) => {
      const data = await askGraphql(connection, CHECKS, CHECKS_QUERY, { owner, name, number });
      const [last] = data.object('repository').object('pullRequest').object('commits').list('nodes');
      return checksOf(last?.object('commit').objectOrNull('statusCheckRollup')?.text('state') ?? null);
    },
    revert: async (node, { title, body }) => {
      const input = { pullRequestId: node, title, body, draft: true };
      const data = await askGraphql(connection, REVERT, REVERT_PULL, { input });
      return openedOf(data.object('revertPullRequest').object('revertPullRequest'));
    },
    commit: async (commit) => {
      const route = 'GET /repos/{owner}/{repo}/git/commits/{commit}';
      const raw = rawObject((await connection.send(READ_COMMIT, route, { commit })).data, 'a commit');
      return { tree: raw.object('tree').text('sha'), parents: raw.list('parents').map((parent) => parent.text('sha')) };
    },
    tree: async (base, edits) => {
      const route = 'POST /repos/{owner}/{repo}/git/trees';
      const { data } = await connection.send(WRITE_TREE, route, { base_tree: base, tree: edits.map(treeEntry) });
      return rawObject(data, 'a tree').text('sha');
    },
    draft: async ({ head, base, title, body }) => {
      const home = await askGraphql(connection, REVERT, REPOSITORY_QUERY, { owner, name });
      const repositoryId = home.object('repository').text('id');
      const input = { repositoryId, headRefName: head, baseRefName: base, title, body, draft: true };
      const data = await askGraphql(connection, REVERT, OPEN_PULL, { input });
      return openedOf(data.object('createPullRequest').object('pullRequest'));
    },
  };
}

/** GraphQL reports a missing item as an error. */
async function unlessMissing(call: Promise<Raw>): Promise<Raw | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OutsideFailure && error.failure.kind === 'not_found') return null;
    throw error;
  }
}

function pullOf(raw: Raw): PullToDecide {
  return {
    number: raw.number('number'),
    node: raw.text('id'),
    title: raw.text('title'),
    state: stateOf(raw.text('state')),
    author: actorOfGraphql(raw.objectOrNull('author')),
    assignees: raw
      .object('assignees')
      .list('nodes')
      .map((one) => one.text('login')),
    head: raw.text('headRefOid'),
    base: raw.text('baseRefName'),
    commits: raw.object('commits').number('totalCount'),
    mergeCommit: raw.objectOrNull('mergeCommit')?.text('oid') ?? null,
  };
}

function stateOf(state: string): PullToDecide['state'] {
  if (state === 'MERGED') return 'merged';
  return state === 'OPEN' ? 'open' : 'closed';
}

function checksOf(state: string | null): Checks {
  switch (state) {
    case null:
      return 'none';
    case 'SUCCESS':
      return 'passed';
    case 'PENDING':
    case 'EXPECTED':
      return 'pending';
    default:
      return 'failed';
  }
}

function openedOf(raw: Raw): OpenedPull {
  return { number: raw.number('number'), url: raw.text('url') };
}

const SUBMODULE = '160000';

function treeEntry({ path, entry }: TreeEdit): Readonly<Record<string, string | null>> {
  if (entry === null) return { path, mode: '100644', type: 'blob', sha: null };
  return { path, mode: entry.mode, type: entry.mode === SUBMODULE ? 'commit' : 'blob', sha: entry.blob };
}
