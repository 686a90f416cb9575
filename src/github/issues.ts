import { type Failure, OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import type { IssueEdit, IssuesApi, RemoteIssue } from './port.ts';
import { type Raw, rawObject } from './raw.ts';

const I = '/repos/{owner}/{repo}/issues';
const LIST: Purpose = { doing: 'list the issues with our label', permission: 'issues: write' };
const READ: Purpose = { doing: 'read an issue of ours', permission: 'issues: write' };
const CREATE: Purpose = { doing: 'open an issue', permission: 'issues: write' };
const UPDATE: Purpose = { doing: 'update an issue', permission: 'issues: write' };
const COMMENT: Purpose = { doing: 'comment on an issue', permission: 'issues: write' };
const ME: Purpose = { doing: 'ask GitHub whom our token acts for', permission: 'contents: read' };

/** A lost answer to one of these may hide a success: a second try would do it twice. */
const ONCE = { request: { retries: 0 } } as const;

/** Issues of the repository `owner/name`, and our own login. */
export function issuesApi(connection: Connection, repo: string): IssuesApi {
  const { send, sendAll } = connection;
  let login: string | null = null;
  return {
    withLabel: async (label) =>
      (await sendAll(LIST, `GET ${I}`, { labels: label, state: 'all' }, 'an issue'))
        .filter((raw) => !raw.has('pull_request'))
        .map(issueOf),
    get: async (number) => {
      const issue = issueOf(rawObject((await send(READ, `GET ${I}/{number}`, { number })).data, 'an issue'));
      if (isIn(repo, issue)) return issue;
      throw new OutsideFailure(moved(number));
    },
    create: async (issue) =>
      issueOf(rawObject((await send(CREATE, `POST ${I}`, { ...issue, ...ONCE })).data, 'an issue')),
    update: async (number, edit) =>
      issueOf(rawObject((await send(UPDATE, `PATCH ${I}/{number}`, { number, ...editFields(edit) })).data, 'an issue')),
    comment: async (number, body) => {
      const { data } = await send(COMMENT, `POST ${I}/{number}/comments`, { number, body, ...ONCE });
      return { url: rawObject(data, 'a comment').text('html_url') };
    },
    me: async () => {
      login ??= await viewer(connection);
      return login;
    },
  };
}

/** GitHub follows transferred issues, so an answer may be about another repository. */
function isIn(repo: string, { url }: RemoteIssue): boolean {
  return new URL(url).pathname.toLowerCase().includes(`/${repo.toLowerCase()}/issues/`);
}

function moved(number: number): Failure {
  const message = `Issue ${number} was moved to another repository`;
  return { kind: 'gone', message, remedy: 'Nothing needs to be done: a new issue says the same', retry: false };
}

/** A workflow's token is refused `GET /user`, but not GraphQL's viewer. */
async function viewer(connection: Connection): Promise<string> {
  const data = await askGraphql(connection, ME, '{ viewer { login } }');
  const login = data.object('viewer').text('login');
  return login.replace(/\[bot\]$/, '');
}

function editFields(edit: IssueEdit): Readonly<Record<string, unknown>> {
  const { stateReason, ...fields } = edit;
  return stateReason === undefined ? fields : { ...fields, state_reason: stateReason };
}

function issueOf(raw: Raw): RemoteIssue {
  const author = raw.objectOrNull('user');
  return {
    number: raw.number('number'),
    url: raw.text('html_url'),
    state: raw.text('state') === 'closed' ? 'closed' : 'open',
    title: raw.text('title'),
    body: raw.textOrNull('body') ?? '',
    authorId: author?.number('id') ?? null,
    authorLogin: author?.text('login') ?? null,
    labels: raw.names('labels'),
  };
}
