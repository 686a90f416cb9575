import { isUtf8 } from 'node:buffer';
import { OutsideFailure } from '../core/failure.ts';
import type { GitDataApi, NewTreeEntry, RemoteCommit } from '../github/port.ts';
import type { CommitResult, Tree, TreeChange, TreeStore } from './tree-store.ts';

/** Where the branch is. */
export interface BranchAddress {
  /** OWNER/NAME. */
  readonly repo: string;
  readonly branch: string;
}

/** What a tree of the branch stands on. */
interface Ground {
  /** Null while there is no such branch. */
  readonly at: RemoteCommit | null;
  /** Blob ids by path. */
  readonly blobs: ReadonlyMap<string, string>;
  /** What was read or written: each file is read once. */
  readonly held: Map<string, Promise<Uint8Array>>;
}

interface BranchSite {
  readonly git: GitDataApi;
  readonly address: BranchAddress;
  readonly place: string;
  readonly grounds: WeakMap<Tree, Ground>;
  /** The tree that was opened or committed last: the same commit is not read twice. */
  last: Tree | null;
}

const NO_BRANCH = 'none';

/**
 * Files on a branch of their own, whose first commit has no parent. Each commit has the one before as its only parent and
 * the branch is moved by fast-forward alone, so "moved" means that nobody wrote in between.
 */
export function gitBranchStore(git: GitDataApi, address: BranchAddress): TreeStore {
  const site: BranchSite = {
    git,
    address,
    place: `branch:${address.repo}@${address.branch}`,
    grounds: new WeakMap(),
    last: null,
  };
  return {
    place: site.place,
    open: () => open(site),
    commit: (base, changes, message) => commit(site, base, changes, message),
  };
}

async function open(site: BranchSite): Promise<Tree> {
  const at = await site.git.branch(site.address.branch);
  if (site.last !== null && site.last.version === (at?.commit ?? NO_BRANCH)) return site.last;
  const entries = at === null ? [] : await site.git.tree(at.tree);
  const blobs = new Map(entries.map(({ path, blob }) => [path, blob]));
  const sizes = new Map(entries.map(({ path, bytes }) => [path, bytes]));
  return standOn(site, { at, blobs, held: new Map() }, sizes);
}

function standOn(site: BranchSite, ground: Ground, files: ReadonlyMap<string, number>): Tree {
  const version = ground.at?.commit ?? NO_BRANCH;
  const tree: Tree = { version, files, read: (path) => readFile(site, ground, path) };
  site.grounds.set(tree, ground);
  site.last = tree;
  return tree;
}

async function readFile(site: BranchSite, { blobs, held }: Ground, path: string): Promise<Uint8Array> {
  const known = held.get(path);
  if (known !== undefined) return await known;
  const blob = blobs.get(path);
  if (blob === undefined) throw noSuchFile(site, path);
  const content = site.git.blob(blob);
  held.set(path, content);
  try {
    return await content;
  } catch (error) {
    // A failure is not kept: the next try may succeed.
    held.delete(path);
    throw error;
  }
}

function noSuchFile({ place }: BranchSite, path: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'not_found',
    message: `There is no file ${path} in ${place}`,
    remedy: 'Check the ledger with `checkrein ledger verify`',
    retry: false,
  });
}

async function commit(
  site: BranchSite,
  base: Tree,
  changes: readonly TreeChange[],
  message: string,
): Promise<CommitResult> {
  const ground = site.grounds.get(base);
  if (ground === undefined) throw new Error(`the tree ${base.version} was not opened in ${site.place}`);
  const contents = new Map<string, Uint8Array>();
  for (const { path, keep, bytes } of changes) {
    contents.set(path, keep > 0 ? Buffer.concat([(await base.read(path)).subarray(0, keep), bytes]) : bytes);
  }
  const at = await makeCommit(site, ground.at, contents, message);
  if (!(await moveTo(site, ground.at, at.commit))) return { kind: 'conflict' };
  const sizes = new Map(base.files);
  const held = new Map(ground.held);
  for (const [path, bytes] of contents) {
    sizes.set(path, bytes.length);
    held.set(path, Promise.resolve(bytes));
  }
  return { kind: 'committed', tree: standOn(site, { at, blobs: ground.blobs, held }, sizes) };
}

async function makeCommit(
  { git }: BranchSite,
  at: RemoteCommit | null,
  contents: ReadonlyMap<string, Uint8Array>,
  message: string,
): Promise<RemoteCommit> {
  const entries: NewTreeEntry[] = [];
  for (const [path, bytes] of contents) entries.push({ path, content: await contentOf(git, bytes) });
  const tree = await git.createTree(at?.tree ?? null, entries);
  const commit = await git.createCommit(message, tree, at === null ? [] : [at.commit]);
  return { commit, tree, message };
}

/** Text travels inside the tree; what would not come back as the same bytes is sent as a blob first. */
async function contentOf(git: GitDataApi, bytes: Uint8Array): Promise<NewTreeEntry['content']> {
  const text = isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : null;
  return text === null || text.includes('\0') ? { blob: await git.createBlob(bytes) } : { text };
}

/** Moves the branch, or makes it. An answer that was lost, or given to a repeated request, is found out by looking. */
async function moveTo({ git, address }: BranchSite, at: RemoteCommit | null, commit: string): Promise<boolean> {
  const { branch } = address;
  const isOurs = async (): Promise<boolean> => (await git.branch(branch))?.commit === commit;
  try {
    const moved = at === null ? await git.createBranch(branch, commit) : await git.moveBranch(branch, commit);
    return moved !== 'conflict' || (await isOurs());
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    const landed = await isOurs().catch((second: unknown) => {
      if (second instanceof OutsideFailure) return false;
      throw second;
    });
    if (landed) return true;
    throw error;
  }
}
