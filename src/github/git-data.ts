import { OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import { base64Content, orNull } from './contents.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import type { GitDataApi, NewTreeEntry } from './port.ts';
import { rawObject } from './raw.ts';
import type { RemoteCommit, TreeEntry } from './remote.ts';

const G = '/repos/{owner}/{repo}/git';

const reading = (doing: string): Purpose => ({ doing, permission: 'contents: read' });
const writing = (doing: string): Purpose => ({ doing, permission: 'contents: write' });

const READ_BRANCH = reading('read a branch');
const READ_TREE = reading('list the files of a commit');
const READ_BLOB = reading('read a file of a commit');
const WRITE_BLOB = writing('write a file');
const WRITE_TREE = writing('write a list of files');
const WRITE_COMMIT = writing('write a commit');
const MOVE_BRANCH = writing('move a branch to a new commit');
const CREATE_BRANCH = writing('create a branch');
const REPLACE_BRANCH = writing('set a branch to a commit without history');

/** Git objects and refs through the API. */
export function gitDataApi(connection: Connection, repo: string): GitDataApi {
  const { send } = connection;
  const sha = async (purpose: Purpose, route: string, parameters: Readonly<Record<string, unknown>>): Promise<string> =>
    rawObject((await send(purpose, route, parameters)).data, 'a git object').text('sha');
  return {
    branch: async (name) => {
      const found = await orNull(unlessEmpty(send(READ_BRANCH, `GET ${G}/ref/{ref}`, { ref: `heads/${name}` })));
      if (found === null) return null;
      const commit = rawObject(found.data, 'a branch').object('object').text('sha');
      return commitOf(rawObject((await send(READ_BRANCH, `GET ${G}/commits/{commit}`, { commit })).data, 'a commit'));
    },
    tree: async (tree) =>
      treeOf(rawObject((await send(READ_TREE, `GET ${G}/trees/{tree}`, { tree, recursive: '1' })).data, 'a tree')),
    blob: async (blob) =>
      base64Content(rawObject((await send(READ_BLOB, `GET ${G}/blobs/{blob}`, { blob })).data, 'a file')),
    createBlob: (bytes) =>
      sha(WRITE_BLOB, `POST ${G}/blobs`, { content: Buffer.from(bytes).toString('base64'), encoding: 'base64' }),
    createTree: (base, entries) =>
      sha(WRITE_TREE, `POST ${G}/trees`, {
        ...(base === null ? {} : { base_tree: base }),
        tree: entries.map(newEntry),
      }),
    createCommit: (message, tree, parents) => sha(WRITE_COMMIT, `POST ${G}/commits`, { message, tree, parents }),
    moveBranch: async (name, commit) => {
      const parameters = { ref: `heads/${name}`, sha: commit, force: false };
      return (await unlessConflict(send(MOVE_BRANCH, `PATCH ${G}/refs/{ref}`, parameters))) ? 'moved' : 'conflict';
    },
    replaceBranch: (name, { from, to }) => replaceBranch(connection, repo, { name: `refs/heads/${name}`, from, to }),
    createBranch: async (name, commit) => {
      const parameters = { ref: `refs/heads/${name}`, sha: commit };
      return (await unlessConflict(send(CREATE_BRANCH, `POST ${G}/refs`, parameters))) ? 'created' : 'conflict';
    },
  };
}

const REPOSITORY_QUERY = 'query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }';
const MOVE_REF = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';

/** REST can force a ref but not compare it; GraphQL does both in one step. */
async function replaceBranch(
  connection: Connection,
  repo: string,
  { name: ref, from, to }: { readonly name: string; readonly from: string; readonly to: string },
): Promise<'moved' | 'conflict'> {
  const [owner, name] = repo.split('/');
  const found = await askGraphql(connection, REPLACE_BRANCH, REPOSITORY_QUERY, { owner, name });
  const repositoryId = found.object('repository').text('id');
  const refUpdates = [{ name: ref, beforeOid: from, afterOid: to, force: true }];
  try {
    await askGraphql(connection, REPLACE_BRANCH, MOVE_REF, { input: { repositoryId, refUpdates } });
    return 'moved';
  } catch (error) {
    // Only GitHub's words say that the ref is not where it should be, so its position is looked up.
    if (!(error instanceof OutsideFailure) || error.failure.kind !== 'invalid') throw error;
    const head = await connection.send(READ_BRANCH, `GET ${G}/ref/{ref}`, { ref: ref.slice('refs/'.length) });
    if (rawObject(head.data, 'a branch').object('object').text('sha') !== from) return 'conflict';
    throw error;
  }
}

/** A repository without any commits answers 409 instead of 404: either way, it has no branch. */
async function unlessEmpty<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OutsideFailure && error.failure.kind === 'unsupported') return null;
    throw error;
  }
}

/** False when GitHub answers 409 or 422: it is not documented which of them means "not a fast-forward". */
async function unlessConflict(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const kind = error instanceof OutsideFailure ? error.failure.kind : null;
    if (kind === 'conflict' || kind === 'invalid') return false;
    throw error;
  }
}

function commitOf(raw: ReturnType<typeof rawObject>): RemoteCommit {
  return { commit: raw.text('sha'), tree: raw.object('tree').text('sha'), message: raw.text('message') };
}

function treeOf(raw: ReturnType<typeof rawObject>): readonly TreeEntry[] {
  if (raw.has('truncated') && raw.flag('truncated')) {
    throw new OutsideFailure({
      kind: 'too_large',
      message: 'GitHub cut the list of files of a commit short: there are too many',
      remedy: 'Clone the branch and work on the clone',
      retry: false,
    });
  }
  return raw
    .list('tree')
    .filter((entry) => entry.text('type') === 'blob')
    .map((entry) => ({ path: entry.text('path'), blob: entry.text('sha'), bytes: entry.number('size') }));
}

function newEntry({ path, content }: NewTreeEntry): Readonly<Record<string, string | null>> {
  const base = { path, mode: '100644', type: 'blob' };
  if (content === null) return { ...base, sha: null };
  return 'text' in content ? { ...base, content: content.text } : { ...base, sha: content.blob };
}
