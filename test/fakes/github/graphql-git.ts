import type { Call } from './call.ts';
import type { GitEntry } from './git.ts';
import { type GraphqlObject, GraphqlRefusal } from './graphql-language.ts';
import { holds } from './tokens.ts';

/** GraphQL shows at most so many bytes of the text of a blob. */
const SHOWN = 512_000;

/** What an expression such as `HEAD:README.md` names; null when there is none. */
export async function objectOf(call: Call, expression: string): Promise<GraphqlObject | null> {
  allow(call);
  const [revision = '', path = ''] = expression.split(/:(.*)/s);
  const commit = await call.git.resolve(revision === 'HEAD' ? `refs/heads/${call.world.repo.defaultBranch}` : revision);
  if (commit === null) return null;
  const { tree } = await call.git.readCommit(commit);
  const entry = path === '' ? null : await call.git.entryAt(tree, path);
  if (path === '') return treeObject(call, tree);
  return entry === null ? null : entryObject(call, entry);
}

/** A branch by its full name; null when there is none. */
export async function refOf(call: Call, qualifiedName: string): Promise<GraphqlObject | null> {
  allow(call);
  const sha = await call.git.readRef(qualifiedName);
  if (sha === null) return null;
  const { tree, message } = await call.git.readCommit(sha);
  const target = { __typename: 'Commit', oid: sha, message, tree: treeObject(call, tree) };
  return { __typename: 'Ref', name: qualifiedName.replace(/^refs\/heads\//, ''), target };
}

/** Starting git is what takes time, so all folders below are listed at once. */
function treeObject(call: Call, sha: string): GraphqlObject {
  const listing = call.git.listTree(sha, true);
  listing.catch(() => undefined);
  return folderObject(call, sha, '', listing);
}

function folderObject(call: Call, sha: string, folder: string, listing: Promise<readonly GitEntry[]>): GraphqlObject {
  const entries = async (): Promise<readonly GraphqlObject[]> =>
    (await listing)
      .filter(({ path }) => path.startsWith(folder) && !path.slice(folder.length).includes('/'))
      .map((entry) => ({
        __typename: 'TreeEntry',
        name: entry.path.slice(folder.length),
        type: entry.type,
        oid: entry.sha,
        size: entry.size ?? 0,
        object: () =>
          entry.type === 'tree' ? folderObject(call, entry.sha, `${entry.path}/`, listing) : entryObject(call, entry),
      }));
  return { __typename: 'Tree', oid: sha, entries };
}

async function entryObject(call: Call, { type, sha }: GitEntry): Promise<GraphqlObject | null> {
  if (type === 'tree') return treeObject(call, sha);
  if (type !== 'blob') return null;
  // Read only when one of its fields is asked for.
  const bytes = async (): Promise<Buffer> => Buffer.from(await call.git.readBlob(sha));
  const isBinary = async (): Promise<boolean> => (await bytes()).includes(0);
  return {
    __typename: 'Blob',
    oid: sha,
    byteSize: async () => (await bytes()).length,
    isBinary,
    isTruncated: async () => (await bytes()).length > SHOWN,
    text: async () => ((await isBinary()) ? null : (await bytes()).subarray(0, SHOWN).toString('utf8')),
  };
}

/** Without the permission the repository looks empty; GitHub names the reason beside it. */
function allow(call: Call): void {
  if (!holds(call.token, 'contents:read'))
    throw new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by integration');
}
