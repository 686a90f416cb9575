import { OutsideFailure } from '../core/failure.ts';
import { type Instant, toMs } from '../core/time.ts';
import { actorOf } from './actions.ts';
import type { Connection } from './connection.ts';
import { orNull } from './contents.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import type { CommentHistory, PeopleApi, RemoteRole } from './port.ts';
import { type Raw, rawObject, unreadable } from './raw.ts';
import type { RemoteComment } from './remote.ts';

const R = '/repos/{owner}/{repo}';
const C = `${R}/issues/comments`;

const LIST: Purpose = { doing: 'list the comments', permission: 'issues: read' };
const HISTORY: Purpose = { doing: 'read whether a comment was edited', permission: 'issues: read' };
const ROLE: Purpose = { doing: 'read the role of a person', permission: 'contents: read' };
const ANSWER: Purpose = { doing: 'answer a comment', permission: 'issues: write' };
const EDIT: Purpose = { doing: 'edit our answer', permission: 'issues: write' };
const REACT: Purpose = { doing: 'react to a comment', permission: 'issues: write' };

const HISTORY_QUERY = `query ($id: ID!) {
  node(id: $id) {
    __typename
    ... on IssueComment { includesCreatedEdit lastEditedAt editor { login } isMinimized }
  }
}`;

/** People's comments and roles. Only `answer` must not happen twice. */
export function peopleApi(connection: Connection): PeopleApi {
  const { send, sendAll } = connection;
  /** GraphQL has its own ids for comments; those seen in lists need not be looked up. */
  const nodes = new Map<number, string>();
  const nodeOf = async (comment: number): Promise<string> =>
    nodes.get(comment) ??
    rawObject((await send(HISTORY, `GET ${C}/{comment}`, { comment })).data, 'a comment').text('node_id');
  return {
    comments: async (since) => {
      // Sorted by creation, so an edit during paging moves nothing. Sorting by change could make us skip a comment.
      const order = { since: wholeSecond(since), sort: 'created', direction: 'asc' };
      const found = new Map<number, RemoteComment>();
      for (const raw of await sendAll(LIST, `GET ${C}`, order, 'a comment')) {
        const comment = commentOf(raw);
        nodes.set(comment.id, raw.text('node_id'));
        found.set(comment.id, comment);
      }
      return [...found.values()].sort(oldestFirst);
    },
    commentsUnder: async (issue) =>
      (await sendAll(LIST, `GET ${R}/issues/{issue}/comments`, { issue }, 'a comment')).map(commentOf),
    history: async (comment) =>
      historyOf(await askGraphql(connection, HISTORY, HISTORY_QUERY, { id: await nodeOf(comment) })),
    role: async (login) => {
      if (!/^[\w-]+(\[bot\])?$/.test(login)) return NO_ROLE;
      // GitHub answers 404 for strangers, and for bots and apps that it does not treat as users.
      const found = await orNull(send(ROLE, `GET ${R}/collaborators/{login}/permission`, { login }));
      return found === null ? NO_ROLE : roleOf(rawObject(found.data, 'the role of a person'));
    },
    answer: async (issue, body) => {
      // A lost answer may hide a comment that was made: a second try would make another.
      const parameters = { issue, body, request: { retries: 0 } };
      const { data } = await send(ANSWER, `POST ${R}/issues/{issue}/comments`, parameters);
      const made = rawObject(data, 'a comment');
      return { id: made.number('id'), url: made.text('html_url') };
    },
    editAnswer: async (comment, body) => void (await send(EDIT, `PATCH ${C}/{comment}`, { comment, body })),
    react: async (comment, reaction) =>
      void (await send(REACT, `POST ${C}/{comment}/reactions`, { comment, content: reaction })),
  };
}

/** GitHub has a resolution of seconds, and changes within the second of `since` are wanted too. */
function wholeSecond(since: Instant): string {
  return `${new Date(toMs(since)).toISOString().slice(0, 19)}Z`;
}

function oldestFirst(a: RemoteComment, b: RemoteComment): number {
  return toMs(a.createdAt) - toMs(b.createdAt) || a.id - b.id;
}

/** A comment in the REST API. */
export function commentOf(raw: Raw): RemoteComment {
  return {
    id: raw.number('id'),
    issue: issueNumber(raw.text('issue_url')),
    body: raw.textOrNull('body') ?? '',
    author: actorOf(raw.objectOrNull('user')),
    app: raw.objectOrNull('performed_via_github_app')?.text('slug') ?? null,
    createdAt: raw.instant('created_at'),
    updatedAt: raw.instant('updated_at'),
    url: raw.text('html_url'),
  };
}

function issueNumber(url: string): number {
  const number = Number(/\/issues\/(\d+)$/.exec(url)?.[1]);
  if (Number.isSafeInteger(number)) return number;
  throw new OutsideFailure(unreadable('a comment', '`issue_url` names no issue'));
}

function historyOf(data: Raw): CommentHistory {
  const node = data.objectOrNull('node');
  if (node?.text('__typename') !== 'IssueComment') {
    throw new OutsideFailure({
      kind: 'gone',
      message: 'Could not read whether a comment was edited: it is not there any more',
      remedy: 'Nothing to do: what it said has no effect',
      retry: false,
    });
  }
  const edited = node.flag('includesCreatedEdit') || node.has('lastEditedAt') || node.has('editor');
  return { edited, minimized: node.flag('isMinimized') };
}

const NO_ROLE: RemoteRole = { permission: 'none', role: 'none' };

const PERMISSIONS: ReadonlySet<string> = new Set<RemoteRole['permission']>(['admin', 'write', 'read', 'none']);

/** A permission that we do not know allows nothing. */
function roleOf(raw: Raw): RemoteRole {
  const permission = raw.text('permission');
  if (!PERMISSIONS.has(permission)) return NO_ROLE;
  return { permission: permission as RemoteRole['permission'], role: raw.textOrNull('role_name') ?? permission };
}
