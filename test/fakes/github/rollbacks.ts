import { createHash } from 'node:crypto';
import type { Call } from './call.ts';
import { type GraphqlObject, GraphqlRefusal } from './graphql-language.ts';
import { lifeOf } from './pull-life.ts';
import { addPull, type FakePull } from './pulls.ts';
import { pullNode } from './shapes/pulls.ts';
import { nodeId, repoPage } from './shapes/urls.ts';
import { holds } from './tokens.ts';

/** What checks and statuses of its head say together; null where there are none. Change it freely. */
const rollups = new WeakMap<FakePull, string>();

export function setChecks(pull: FakePull, state: 'SUCCESS' | 'FAILURE' | 'PENDING'): void {
  rollups.set(pull, state);
}

/** `pullRequest(number)` of a repository. */
export function onePull(call: Call, number: number, object: (pull: FakePull) => GraphqlObject): GraphqlObject {
  allow(holds(call.token, 'pull-requests:read'));
  const pull = call.world.pulls.find(({ issue }) => issue.number === number);
  if (!pull) throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
  return {
    ...object(pull),
    assignees: () => ({
      __typename: 'UserConnection',
      nodes: pull.issue.assignees.map(({ login }) => ({ __typename: 'User', login })),
    }),
    commits: () => ({ __typename: 'PullRequestCommitConnection', totalCount: 1, nodes: [commitOf(call, pull)] }),
  };
}

function commitOf(call: Call, pull: FakePull): GraphqlObject {
  const state = rollups.get(pull) ?? null;
  const rollup = () => {
    allow(holds(call.token, 'checks:read') && holds(call.token, 'statuses:read'));
    return state === null ? null : { __typename: 'StatusCheckRollup', state };
  };
  return { __typename: 'PullRequestCommit', commit: { __typename: 'Commit', statusCheckRollup: rollup } };
}

interface NewPull {
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
}

/** Merged ones only, and where the repository lets Actions open pull requests. A revert that conflicts is refused. */
export function revertPull(
  call: Call,
  { pullRequestId, title, body, draft = false }: NewPull & { readonly pullRequestId: string },
): GraphqlObject {
  const { world } = call;
  mayOpen(call);
  const pull = world.pulls.find((one) => pullNode(one) === pullRequestId);
  if (!pull)
    throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${pullRequestId}'`);
  if (pull.mergedAt === null) throw new GraphqlRefusal('UNPROCESSABLE', 'Pull request must be merged to be reverted');
  if (!world.switches.cleanReverts) {
    throw new GraphqlRefusal('UNPROCESSABLE', 'Sorry, this pull request couldn’t be reverted automatically');
  }
  const number = pull.issue.number;
  const headRef = `revert-${number}-${pull.headRef}`;
  const headSha = createHash('sha1').update(`${headRef} ${call.now}`).digest('hex');
  const opened = open(call, { headRef, headSha, title: title ?? `Revert "${pull.issue.title}"`, body, draft });
  return { __typename: 'RevertPullRequestPayload', revertPullRequest: opened };
}

/** Opens one for a branch that is there. */
export async function createPull(
  call: Call,
  { headRefName, title = '', body, draft = false }: NewPull & { readonly headRefName: string },
): Promise<GraphqlObject> {
  mayOpen(call);
  const headSha = await call.git.readRef(`refs/heads/${headRefName}`);
  if (headSha === null) throw new GraphqlRefusal('UNPROCESSABLE', 'Head sha can not be blank');
  const opened = open(call, { headRef: headRefName, headSha, title, body, draft });
  return { __typename: 'CreatePullRequestPayload', pullRequest: opened };
}

function mayOpen({ token, world }: Call): void {
  allow(holds(token, 'contents:write') && holds(token, 'pull-requests:write'));
  // A setting of the repository, for the token of a job alone (U13).
  allow(world.switches.actionsOpenPulls || token.kind !== 'github_token');
}

interface Opening {
  readonly headRef: string;
  readonly headSha: string;
  readonly title: string;
  readonly body: string | undefined;
  readonly draft: boolean;
}

function open(call: Call, { headRef, headSha, title, body, draft }: Opening): GraphqlObject {
  const pull = addPull(call.world, {
    ...{ headRef, headSha, title, author: call.token.user, viaApp: null, at: call.now },
    ...{ isDraft: draft, autoMerge: false, isInMergeQueue: false },
  });
  Object.assign(pull.issue, { body: body ?? null });
  lifeOf(pull);
  const { number } = pull.issue;
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', pull.issue.id),
    number,
    url: `${repoPage(call.world)}/pull/${number}`,
  };
}

function allow(isAllowed: boolean): void {
  if (!isAllowed) throw new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by integration');
}
