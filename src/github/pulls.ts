import { OutsideFailure } from '../core/failure.ts';
import type { Actor } from '../core/run.ts';
import { actorOf } from './actions.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import type { CommitStatus, PullsApi, RemotePull } from './port.ts';
import { type Raw, rawObject } from './raw.ts';

const R = '/repos/{owner}/{repo}';

const LIST: Purpose = { doing: 'list the open pull requests', permission: 'pull-requests: read' };
const AUTO_MERGE: Purpose = {
  doing: 'switch auto-merge of a pull request off',
  permission: 'contents: write',
  alsoNeeds: 'pull-requests: write',
};
const DEQUEUE: Purpose = {
  doing: 'take a pull request out of the merge queue',
  permission: 'contents: write',
  alsoNeeds: 'pull-requests: write',
};
const STATUS: Purpose = { doing: 'set the status of a commit', permission: 'statuses: write' };

const READ_STATUS: Purpose = { doing: 'read the status of a commit', permission: 'statuses: read' };

/** GitHub refuses longer ones; a shortened status is better than none. */
const DESCRIPTION_LIMIT = 140;

/** Ten thousand pull requests; a misbehaving server must not keep us paging forever. */
const MAX_PAGES = 100;

const OPEN_QUERY = `query ($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, first: 100, after: $cursor, orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id number headRefOid headRefName isInMergeQueue
        autoMergeRequest { enabledAt }
        author { __typename login ... on Bot { databaseId } ... on User { databaseId } ... on Organization { databaseId } }
      }
    }
  }
}`;

const STATE_QUERY = `query ($id: ID!) {
  node(id: $id) { ... on PullRequest { state isInMergeQueue autoMergeRequest { enabledAt } } }
}`;

const AUTO_MERGE_OFF = `mutation ($id: ID!) {
  disablePullRequestAutoMerge(input: { pullRequestId: $id }) { pullRequest { id } }
}`;

const TAKE_OUT = `mutation ($id: ID!) {
  dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { id } }
}`;

/** Open pull requests and the status of their heads. Everything here may be sent twice without harm. */
export function pullsApi(connection: Connection, repo: string): PullsApi {
  const bringAbout = async (
    purpose: Purpose,
    mutation: string,
    id: string,
    isSo: (pull: Raw) => boolean,
  ): Promise<void> => {
    try {
      await askGraphql(connection, purpose, mutation, { id });
    } catch (error) {
      // GitHub refuses to turn off what is off. After a lost answer, the first try may have done it.
      if (!(error instanceof OutsideFailure) || error.failure.kind !== 'invalid') throw error;
      const pull = (await askGraphql(connection, purpose, STATE_QUERY, { id })).objectOrNull('node');
      // What was merged got through, so it must not be reported as held back.
      if (pull === null || pull.text('state') === 'MERGED' || !isSo(pull)) throw error;
    }
  };
  return {
    open: async () => {
      try {
        return await openByGraphql(connection, repo);
      } catch (error) {
        if (!(error instanceof OutsideFailure) || HOPELESS.has(error.failure.kind)) throw error;
        return await openByRest(connection);
      }
    },
    disableAutoMerge: (node) => bringAbout(AUTO_MERGE, AUTO_MERGE_OFF, node, (pull) => !pull.has('autoMergeRequest')),
    dequeue: (node) => bringAbout(DEQUEUE, TAKE_OUT, node, (pull) => !pull.flag('isInMergeQueue')),
    setStatus: async (sha, status) =>
      void (await connection.send(STATUS, `POST ${R}/statuses/{sha}`, { sha, ...statusFields(status) })),
    status: async (sha, context) => {
      // The combined status has the last one of each context, at most a hundred in one answer.
      const answer = await connection.send(READ_STATUS, `GET ${R}/commits/{ref}/status`, { ref: sha, per_page: 100 });
      const found = rawObject(answer.data, 'a status')
        .list('statuses')
        .find((one) => one.text('context') === context);
      return found?.text('state') ?? null;
    },
  };
}

/** If GraphQL fails for one of these reasons, REST will too. */
const HOPELESS: ReadonlySet<string> = new Set(['unauthorized', 'budget_spent']);

async function openByGraphql(connection: Connection, repo: string): Promise<readonly RemotePull[]> {
  const [owner, name] = repo.split('/');
  const found = new Map<string, RemotePull>();
  let cursor: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const data = await askGraphql(connection, LIST, OPEN_QUERY, { owner, name, cursor });
    const pulls = data.object('repository').object('pullRequests');
    for (const raw of pulls.list('nodes')) found.set(raw.text('id'), pullOfGraphql(raw));
    const info = pulls.object('pageInfo');
    if (!info.flag('hasNextPage')) return [...found.values()];
    cursor = info.text('endCursor');
  }
  throw new OutsideFailure({
    kind: 'too_large',
    message: `Could not ${LIST.doing}: there are more than ${MAX_PAGES * 100}`,
    remedy: 'Close what nobody works on any more',
    retry: false,
  });
}

function pullOfGraphql(raw: Raw): RemotePull {
  return {
    number: raw.number('number'),
    node: raw.text('id'),
    author: actorOfGraphql(raw.objectOrNull('author')),
    head: raw.text('headRefOid'),
    headRef: raw.text('headRefName'),
    autoMerge: raw.has('autoMergeRequest'),
    queued: raw.flag('isInMergeQueue'),
  };
}

/** The one bot whose login in REST has no suffix, and is a different name. */
const BOT_LOGINS: Readonly<Record<string, string>> = { 'copilot-swe-agent': 'Copilot', Copilot: 'Copilot' };

/** The actor as REST would give it: GraphQL leaves `[bot]` out of logins. Null for an author without a number. */
export function actorOfGraphql(raw: Raw | null): Actor | null {
  if (raw === null || !raw.has('databaseId')) return null;
  const kind = raw.text('__typename');
  const login = raw.text('login');
  const id = raw.number('databaseId');
  if (kind === 'Bot') return { id, login: BOT_LOGINS[login] ?? `${login.replace(/\[bot\]$/, '')}[bot]`, type: 'Bot' };
  return { id, login, type: kind === 'User' || kind === 'Organization' ? kind : 'unknown' };
}

/** REST has no data on merge queues. */
async function openByRest({ sendAll }: Connection): Promise<readonly RemotePull[]> {
  const order = { state: 'open', sort: 'created', direction: 'asc' };
  const pulls = await sendAll(LIST, `GET ${R}/pulls`, order, 'a pull request');
  return [...new Map(pulls.map((raw) => [raw.number('number'), pullOfRest(raw)])).values()];
}

function pullOfRest(raw: Raw): RemotePull {
  const head = raw.object('head');
  return {
    number: raw.number('number'),
    node: raw.text('node_id'),
    author: actorOf(raw.objectOrNull('user')),
    head: head.text('sha'),
    headRef: head.text('ref'),
    autoMerge: raw.has('auto_merge'),
    queued: null,
  };
}

function statusFields({ context, state, description, url }: CommitStatus): Readonly<Record<string, unknown>> {
  return {
    context,
    state,
    description: [...description].slice(0, DESCRIPTION_LIMIT).join(''),
    ...(url === null ? {} : { target_url: url }),
  };
}
