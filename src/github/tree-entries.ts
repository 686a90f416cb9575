import { foldedPath } from '../core/text.ts';
import type { Connection } from './connection.ts';
import { orNull } from './contents.ts';
import type { Purpose } from './failure.ts';
import { type Raw, rawObject } from './raw.ts';
import type { PathEntry } from './review-port.ts';

const READ_TREE: Purpose = { doing: 'list the files of a commit', permission: 'contents: read' };
const ROUTE = 'GET /repos/{owner}/{repo}/git/trees/{tree}';

/** A change in more folders than this is too wide to look up one by one. */
const MOST_FOLDERS = 40;

/**
 * What is at these paths in a commit, or at paths that differ only in case: in one request, or folder by folder if GitHub
 * truncates the whole list. Null if that would take too many.
 */
export async function entriesAt(
  connection: Connection,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PathEntry> | null> {
  if (paths.length === 0) return new Map();
  const { data } = await connection.send(READ_TREE, ROUTE, { tree: commit, recursive: '1' });
  const whole = rawObject(data, 'a list of files');
  if (!(whole.has('truncated') && whole.flag('truncated'))) return chosen(whole, '', new Set(paths.map(foldedPath)));
  return await folderByFolder(connection, commit, paths);
}

async function folderByFolder(
  connection: Connection,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PathEntry> | null> {
  const folders = new Set(paths.map(folderOf));
  if (folders.size > MOST_FOLDERS) return null;
  const wanted = new Set(paths.map(foldedPath));
  const trees = new Map<string, Raw | null>([['', await listing(connection, commit)]]);
  const found = new Map<string, PathEntry>();
  for (const folder of folders) {
    const tree = await walk(connection, trees, folder);
    if (tree === null) continue;
    if (tree.has('truncated') && tree.flag('truncated')) return null;
    for (const [path, entry] of chosen(tree, folder, wanted)) found.set(path, entry);
  }
  return found;
}

/** `src/` of `src/a.ts`; empty for the top level. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The tree of a folder, found from the top; null if there is no such folder. */
async function walk(connection: Connection, trees: Map<string, Raw | null>, folder: string): Promise<Raw | null> {
  const known = trees.get(folder);
  if (known !== undefined) return known;
  const above = folderOf(folder.slice(0, -1));
  const name = folder.slice(above.length, -1);
  const parent = await walk(connection, trees, above);
  const entry = parent?.list('tree').find((one) => one.text('type') === 'tree' && one.text('path') === name);
  const tree = entry === undefined ? null : await listing(connection, entry.text('sha'));
  trees.set(folder, tree);
  return tree;
}

async function listing(connection: Connection, tree: string): Promise<Raw | null> {
  const answer = await orNull(connection.send(READ_TREE, ROUTE, { tree }));
  return answer === null ? null : rawObject(answer.data, 'a list of files');
}

function chosen(tree: Raw, folder: string, wanted: ReadonlySet<string>): ReadonlyMap<string, PathEntry> {
  const entries = tree.list('tree').filter((entry) => entry.text('type') !== 'tree');
  return new Map(
    entries
      .map(
        (entry) => [`${folder}${entry.text('path')}`, { mode: entry.text('mode'), blob: entry.text('sha') }] as const,
      )
      .filter(([path]) => wanted.has(foldedPath(path))),
  );
}
