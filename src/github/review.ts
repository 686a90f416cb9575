import { trailerNames } from '../core/authorship-signs.ts';
import type { ChangedFile } from '../core/passport.ts';
import type { Actor } from '../core/run.ts';
import { actorOf } from './actions.ts';
import { type Connection, ELSEWHERE, nextPage } from './connection.ts';
import { orNull } from './contents.ts';
import type { Purpose } from './failure.ts';
import { commentOf } from './people.ts';
import { type Raw, rawList, rawObject } from './raw.ts';
import type { Comparison, Part, RemoteChange, RemoteCommitSign, RemoteFileChange, ReviewApi } from './review-port.ts';
import { entriesAt } from './tree-entries.ts';

const R = '/repos/{owner}/{repo}';

const reading = (doing: string): Purpose => ({ doing, permission: 'pull-requests: read' });
const READ = reading('read a pull request');
const LIST = reading('list the open pull requests');
const FILES = reading('list the files of a pull request');
const COMMITS = reading('list the commits of a pull request');
const APP = reading('read who opened a pull request');
const COMMENTS = reading('list the comments under a pull request');
const COMPARE: Purpose = { doing: 'compare a pull request with its base', permission: 'contents: read' };
const HISTORY: Purpose = { doing: 'list the commits of a branch', permission: 'contents: read' };

/** GitHub truncates the lists here without saying so. */
const MOST_FILES = 3_000;
const MOST_COMMITS = 250;
const MOST_COMPARED = 300;

/** The account that signs what is made by GitHub's pages and API. */
const GITHUB_ITSELF = 19_864_447;

/** Reads what is needed to judge pull requests. */
export function reviewApi(connection: Connection): ReviewApi {
  const { send, sendAll } = connection;
  return {
    pull: async (number) => {
      const found = await orNull(send(READ, `GET ${R}/pulls/{number}`, { number }));
      return found === null ? null : changeOf(rawObject(found.data, 'a pull request'));
    },
    appOf: async (number) => {
      const { data } = await send(APP, `GET ${R}/issues/{number}`, { number });
      return rawObject(data, 'a pull request').objectOrNull('performed_via_github_app')?.textOrNull('slug') ?? null;
    },
    open: async () => {
      const order = { state: 'open', sort: 'created', direction: 'asc' };
      const pulls = await sendAll(LIST, `GET ${R}/pulls`, order, 'a pull request');
      return [...new Map(pulls.map((raw) => [raw.number('number'), changeOf(raw)])).values()];
    },
    files: async (number) => {
      const files = (await listed(connection, FILES, `GET ${R}/pulls/{number}/files`, { number }, MOST_FILES)).map(
        fileOf,
      );
      return { items: files, whole: files.length < MOST_FILES };
    },
    commits: async (number) => {
      const route = `GET ${R}/pulls/{number}/commits`;
      const commits = (await listed(connection, COMMITS, route, { number }, MOST_COMMITS)).map(commitSignOf);
      return { items: commits, whole: commits.length < MOST_COMMITS };
    },
    compare: async (base, head) => {
      const answer = await send(COMPARE, `GET ${R}/compare/{basehead}`, { basehead: `${base}...${head}` });
      return comparisonOf(rawObject(answer.data, 'a comparison'));
    },
    commitBefore: async (ref, moment) => {
      const { data } = await send(HISTORY, `GET ${R}/commits`, { sha: ref, until: moment, per_page: 1 });
      return rawList(data, 'a commit')[0]?.text('sha') ?? null;
    },
    entries: (commit, paths) => entriesAt(connection, commit, paths),
    comments: async (number) =>
      (await sendAll(COMMENTS, `GET ${R}/issues/{number}/comments`, { number }, 'a comment')).map(commentOf),
  };
}

/** A list that GitHub truncates at a number; no pages beyond that are requested. */
async function listed(
  { send, baseUrl }: Connection,
  purpose: Purpose,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  most: number,
): Promise<readonly Raw[]> {
  const items: Raw[] = [];
  let answer = await send(purpose, route, { ...parameters, per_page: 100 });
  for (;;) {
    items.push(...rawList(answer.data, 'an entry of a pull request'));
    const next = nextPage(answer.headers, baseUrl);
    if (next === null || items.length >= most) return items;
    answer = await send(purpose, `GET ${next}`, ELSEWHERE);
  }
}

function changeOf(raw: Raw): RemoteChange {
  const head = raw.object('head');
  const base = raw.object('base');
  const place = base.objectOrNull('repo');
  const home = place?.number('id') ?? null;
  return {
    number: raw.number('number'),
    title: raw.text('title'),
    body: raw.textOrNull('body'),
    author: actorOf(raw.objectOrNull('user')),
    headRef: head.text('ref'),
    head: head.text('sha'),
    fromFork: home === null || head.objectOrNull('repo')?.number('id') !== home,
    baseRef: base.text('ref'),
    intoDefault: place?.text('default_branch') === base.text('ref'),
    assignees: raw.has('assignees') ? raw.list('assignees').map((one) => one.text('login')) : [],
    draft: raw.has('draft') && raw.flag('draft'),
    open: raw.text('state') === 'open',
    createdAt: raw.instant('created_at'),
    updatedAt: raw.instant('updated_at'),
    counts: raw.has('changed_files') ? { files: raw.number('changed_files'), commits: raw.number('commits') } : null,
  };
}

const STATUSES: ReadonlySet<string> = new Set<ChangedFile['status']>([
  ...(['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged'] as const),
]);

function fileOf(raw: Raw): RemoteFileChange {
  const status = raw.text('status');
  return {
    path: raw.text('filename'),
    from: raw.textOrNull('previous_filename'),
    // A status that we do not know is a change of some kind.
    status: STATUSES.has(status) ? (status as ChangedFile['status']) : 'changed',
    additions: raw.number('additions'),
    deletions: raw.number('deletions'),
    blob: raw.textOrNull('sha'),
    patch: raw.textOrNull('patch'),
  };
}

function commitSignOf(raw: Raw): RemoteCommitSign {
  const commit = raw.object('commit');
  const people = [commit.objectOrNull('author'), commit.objectOrNull('committer')];
  const committer = accountOf(raw.objectOrNull('committer'));
  const proof = commit.objectOrNull('verification');
  return {
    sha: raw.text('sha'),
    parents: raw.list('parents').map((parent) => parent.text('sha')),
    author: accountOf(raw.objectOrNull('author')),
    committer: committer?.id === GITHUB_ITSELF ? null : committer,
    signedByGitHub: committer?.id === GITHUB_ITSELF && proof !== null && proof.flag('verified'),
    names: [
      ...people.flatMap((person) => [person?.textOrNull('name') ?? '', person?.textOrNull('email') ?? '']),
      ...trailerNames(commit.text('message')),
    ].filter((name) => name !== ''),
  };
}

/** GitHub returns an empty object for an address that matches no account. */
function accountOf(raw: Raw | null): Actor | null {
  return raw?.has('id') === true ? actorOf(raw) : null;
}

function comparisonOf(raw: Raw): Comparison {
  const files: Part<RemoteFileChange>['items'] = raw.has('files') ? raw.list('files').map(fileOf) : [];
  return {
    mergeBase: raw.object('merge_base_commit').text('sha'),
    behind: raw.number('behind_by'),
    files: { items: files, whole: raw.has('files') && files.length < MOST_COMPARED },
  };
}
