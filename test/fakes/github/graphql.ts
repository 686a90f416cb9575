import type { Call } from './call.ts';
import { objectOf, refOf } from './graphql-git.ts';
import { type GraphqlObject, GraphqlRefusal, parseOperation, project } from './graphql-language.ts';
import type { FakePull } from './pulls.ts';
import { json, type Reply } from './reply.ts';
import { pullNode } from './shapes/pulls.ts';
import { nodeId, stamp } from './shapes/urls.ts';
import { holds } from './tokens.ts';
import type { FakeComment, FakeUser } from './world.ts';

/** GraphQL says no with HTTP 200. */
export function graphqlError(type: string | null, message: string): Reply {
  return json({ data: null, errors: [{ ...(type === null ? {} : { type }), message }] });
}

/** Null when the fake does not know what is asked for. */
export async function graphqlReply(call: Call): Promise<Reply | null> {
  const { query, variables } = (call.body ?? {}) as { query?: unknown; variables?: Record<string, unknown> };
  if (typeof query !== 'string')
    return json({ message: 'A query attribute must be specified and must be a string.' }, 400);
  try {
    const operation = parseOperation(query, variables ?? {});
    const root = operation.kind === 'mutation' ? mutationsOf(call) : queriesOf(call);
    if (operation.selections.some((one) => one.kind === 'on' || root[one.name] === undefined)) return null;
    if (operation.kind === 'mutation') call.rates.writeContent(call.token, call.world.switches, call.now);
    return json({ data: await project(root, operation.selections) });
  } catch (error) {
    if (error instanceof GraphqlRefusal) return graphqlError(error.type, error.message);
    throw error;
  }
}

function queriesOf(call: Call): GraphqlObject {
  return {
    __typename: 'Query',
    // The viewer of a job's token keeps `[bot]`; authors of content lose it.
    viewer: { __typename: 'User', login: call.token.user.login },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const { repo } = call.world;
      if (`${owner}/${name}`.toLowerCase() !== `${repo.owner}/${repo.name}`.toLowerCase()) {
        throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
      return {
        __typename: 'Repository',
        id: nodeId('R', repo.id),
        pullRequests: (args: PullArgs) => pullsOf(call, args),
        object: ({ expression }: { expression: string }) => objectOf(call, expression),
        ref: ({ qualifiedName }: { qualifiedName: string }) => refOf(call, qualifiedName),
      };
    },
    node: ({ id }: { id: string }) => nodeOf(call, id),
  };
}

interface PullArgs {
  readonly states?: string;
  readonly first?: number;
  readonly after?: string | null;
}

function pullsOf(call: Call, { states, first = 0, after }: PullArgs): GraphqlObject {
  allow(holds(call.token, 'pull-requests:read'));
  if (first < 1 || first > 100) throw new GraphqlRefusal('EXCESSIVE_PAGINATION', 'Requesting too many records');
  const all = call.world.pulls.map(pullObject).filter((pull) => states === undefined || pull['state'] === states);
  const start = after ? Number(Buffer.from(after, 'base64url').toString()) : 0;
  const end = start + first;
  const pageInfo = {
    __typename: 'PageInfo',
    hasNextPage: end < all.length,
    endCursor: all.length > start ? Buffer.from(String(end)).toString('base64url') : null,
  };
  return { __typename: 'PullRequestConnection', totalCount: all.length, pageInfo, nodes: all.slice(start, end) };
}

function pullObject(pull: FakePull): GraphqlObject {
  const { issue, autoMerge } = pull;
  return {
    __typename: 'PullRequest',
    id: pullNode(pull),
    number: issue.number,
    state: pull.mergedAt === null ? issue.state.toUpperCase() : 'MERGED',
    isDraft: pull.isDraft,
    headRefOid: pull.headSha,
    headRefName: pull.headRef,
    isInMergeQueue: pull.isInMergeQueue,
    autoMergeRequest:
      autoMerge === null ? null : { __typename: 'AutoMergeRequest', enabledAt: stamp(autoMerge.enabledAt) },
    author: authorObject(issue.author),
  };
}

/** Bots lose their `[bot]` here; Copilot has another name altogether. */
function authorObject(user: FakeUser): GraphqlObject {
  const login = user.login === 'Copilot' ? 'copilot-swe-agent' : user.login.replace(/\[bot\]$/, '');
  return { __typename: user.type, login, databaseId: user.id };
}

function nodeOf(call: Call, id: string): GraphqlObject {
  const pull = call.world.pulls.find((one) => pullNode(one) === id);
  if (pull) {
    allow(holds(call.token, 'pull-requests:read'));
    return pullObject(pull);
  }
  const comment = call.world.issues.flatMap(({ comments }) => comments).find((one) => nodeId('IC', one.id) === id);
  if (!comment) throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
  allow(holds(call.token, 'issues:read') || holds(call.token, 'pull-requests:read'));
  return commentObject(comment);
}

function commentObject(comment: FakeComment): GraphqlObject {
  return {
    __typename: 'IssueComment',
    author: authorObject(comment.author),
    editor: comment.editor === null ? null : authorObject(comment.editor),
    lastEditedAt: comment.lastEditedAt === null ? null : stamp(comment.lastEditedAt),
    includesCreatedEdit: comment.lastEditedAt !== null,
    isMinimized: comment.isMinimized,
  };
}

function mutationsOf(call: Call): GraphqlObject {
  const { autoMergeOff, dequeues } = call.world.switches;
  return {
    __typename: 'Mutation',
    disablePullRequestAutoMerge: ({ input }: { input: { pullRequestId: string } }) => {
      const pull = writablePull(call, input.pullRequestId, autoMergeOff);
      if (pull.autoMerge === null || pull.issue.state !== 'open') {
        throw new GraphqlRefusal('UNPROCESSABLE', "Can't disable auto-merge for this pull request");
      }
      pull.autoMerge = null;
      return { __typename: 'DisablePullRequestAutoMergePayload', pullRequest: pullObject(pull) };
    },
    updateRefs: ({ input }: { input: RefsInput }) => updateRefs(call, input),
    dequeuePullRequest: ({ input }: { input: { id: string } }) => {
      const pull = writablePull(call, input.id, dequeues);
      if (!pull.isInMergeQueue) throw new GraphqlRefusal('UNPROCESSABLE', 'The pull request is not in the merge queue');
      pull.isInMergeQueue = false;
      const mergeQueueEntry = { __typename: 'MergeQueueEntry', id: nodeId('MQE', pull.issue.id) };
      return { __typename: 'DequeuePullRequestPayload', mergeQueueEntry };
    },
  };
}

interface RefsInput {
  readonly repositoryId: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly beforeOid?: string | null;
    readonly afterOid: string;
    readonly force?: boolean | null;
  }[];
}

/** One ref at a time, which is all that is asked for here. What GitHub's refusals say exactly is not documented. */
async function updateRefs(call: Call, { repositoryId, refUpdates }: RefsInput): Promise<GraphqlObject> {
  allow(holds(call.token, 'contents:write'));
  if (repositoryId !== nodeId('R', call.world.repo.id)) {
    throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${repositoryId}'`);
  }
  if (refUpdates.length !== 1) throw new GraphqlRefusal(null, 'the fake updates one ref at a time');
  for (const { name, beforeOid, afterOid, force } of refUpdates) {
    const there = await call.git.readRef(name);
    const isAt = beforeOid === undefined || beforeOid === null || beforeOid === (there ?? '0'.repeat(40));
    if (!isAt) throw new GraphqlRefusal('UNPROCESSABLE', `Reference ${name} is not at ${beforeOid}`);
    if (!(await call.git.hasObject(afterOid, 'commit')))
      throw new GraphqlRefusal('UNPROCESSABLE', 'Object does not exist');
    const follows = there === null || (await call.git.isAncestor(there, afterOid));
    if (!follows && force !== true) throw new GraphqlRefusal('UNPROCESSABLE', 'Update is not a fast forward');
    if (!follows && !call.world.switches.forcePushes) {
      throw new GraphqlRefusal('UNPROCESSABLE', 'Repository rule violations found\n\nCannot force-push to this branch');
    }
    if (!(await call.git.moveRef(name, there, afterOid))) {
      throw new GraphqlRefusal('UNPROCESSABLE', `Reference ${name} is not at ${there}`);
    }
  }
  return { __typename: 'UpdateRefsPayload', clientMutationId: null };
}

/** Merging wants both keys; whether the token of a job is enough at all is open. */
function writablePull(call: Call, id: string, mayAtAll: boolean): FakePull {
  const pull = call.world.pulls.find((one) => pullNode(one) === id);
  if (!pull) throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
  const { token } = call;
  allow(mayAtAll && holds(token, 'contents:write') && holds(token, 'pull-requests:write'));
  return pull;
}

function allow(isAllowed: boolean): void {
  if (!isAllowed) throw new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by integration');
}
