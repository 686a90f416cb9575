import { isUtf8 } from 'node:buffer';
import { OutsideFailure } from '../core/failure.ts';
import { gitBlobId } from '../core/hash.ts';
import type { GitDataApi, NewTreeEntry } from '../github/port.ts';
import type { RemoteCommit } from '../github/remote.ts';
import type { CommitResult, Tree, TreeChange, TreeStore } from './tree-store.ts';

/** Where the branch is. */
export interface BranchAddress {
  /** OWNER/NAME. */
  readonly repo: string;
  readonly branch: string;
}

/** What a tree of the branch is based on. */
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
  /** The tree last opened or committed: the same commit is not read twice. */
  last: Tree | null;
}

const NO_BRANCH = 'none';

/**
 * Files on a branch of their own, whose first commit has no parent. Each commit has the previous one as its only parent and
 * the branch only moves by fast-forward, so "moved" means that nobody wrote in between. The commit of a compaction has no
 * parent either: the branch is set to it only if it is still where it was read, and GitHub forgets what came before.
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
    commit: (base, changes, message) => commit(site, base, changes, message, moveTo),
    commitAfresh: (base, changes, message) => commit(site, base, changes, message, startAnew),
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
    // A failure is not cached: the next try may succeed.
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
  land: Landing,
): Promise<CommitResult> {
  const ground = site.grounds.get(base);
  if (ground === undefined) throw new Error(`the tree ${base.version} was not opened in ${site.place}`);
  const contents = new Map<string, Uint8Array | null>();
  for (const { path, keep, bytes } of changes) {
    const kept = keep > 0 && bytes !== null ? (await base.read(path)).subarray(0, keep) : null;
    contents.set(path, kept === null || bytes === null ? bytes : Buffer.concat([kept, bytes]));
  }
  const at = await makeCommit(site, ground, contents, message, land === startAnew ? [] : parentsOf(ground));
  if (!(await land(site, ground.at, at.commit))) return { kind: 'conflict' };
  return { kind: 'committed', tree: standAfter(site, base, { ...ground, at }, contents) };
}

/** The tree after a commit. What it wrote is in memory, so it is not read back. */
function standAfter(
  site: BranchSite,
  base: Tree,
  ground: Ground,
  contents: ReadonlyMap<string, Uint8Array | null>,
): Tree {
  const sizes = new Map(base.files);
  const held = new Map(ground.held);
  const blobs = new Map(ground.blobs);
  for (const [path, bytes] of contents) {
    if (bytes === null) {
      for (const known of [sizes, held, blobs]) known.delete(path);
      continue;
    }
    sizes.set(path, bytes.length);
    held.set(path, Promise.resolve(bytes));
    blobs.set(path, gitBlobId(bytes));
  }
  return standOn(site, { ...ground, blobs, held }, sizes);
}

async function makeCommit(
  { git }: BranchSite,
  { at, blobs }: Ground,
  contents: ReadonlyMap<string, Uint8Array | null>,
  message: string,
  parents: readonly string[],
): Promise<RemoteCommit> {
  const known = new Set(blobs.values());
  const entries: NewTreeEntry[] = [];
  for (const [path, bytes] of contents) {
    // GitHub refuses to delete what does not exist.
    if (bytes === null && !blobs.has(path)) continue;
    entries.push({ path, content: bytes === null ? null : await contentOf(git, bytes, known) });
  }
  const tree = await git.createTree(at?.tree ?? null, entries);
  const commit = await git.createCommit(message, tree, parents);
  return { commit, tree, message };
}

function parentsOf({ at }: Ground): readonly string[] {
  return at === null ? [] : [at.commit];
}

/**
 * Blobs that git has already are only named, text is sent inside the tree, and whatever would not survive that byte for byte
 * is uploaded first.
 */
async function contentOf(
  git: GitDataApi,
  bytes: Uint8Array,
  known: ReadonlySet<string>,
): Promise<NewTreeEntry['content']> {
  const blob = gitBlobId(bytes);
  if (known.has(blob)) return { blob };
  const text = isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : null;
  return text === null || text.includes('\0') ? { blob: await git.createBlob(bytes) } : { text };
}

/** Moves the branch to a new commit; false when somebody was faster. */
type Landing = (site: BranchSite, at: RemoteCommit | null, commit: string) => Promise<boolean>;

/** Moves or creates the branch. If the answer was lost, or belongs to a repeated request, the branch is read to find out. */
function moveTo(site: BranchSite, at: RemoteCommit | null, commit: string): Promise<boolean> {
  const { git, address } = site;
  return landed(site, commit, () =>
    at === null ? git.createBranch(address.branch, commit) : git.moveBranch(address.branch, commit),
  );
}

/** Sets the branch to a commit that does not descend from the previous one, provided that one is still the last. */
function startAnew(site: BranchSite, at: RemoteCommit | null, commit: string): Promise<boolean> {
  const { git, address } = site;
  return landed(site, commit, () =>
    at === null
      ? git.createBranch(address.branch, commit)
      : git.replaceBranch(address.branch, { from: at.commit, to: commit }),
  );
}

async function landed(
  { git, address }: BranchSite,
  commit: string,
  land: () => Promise<'moved' | 'created' | 'conflict'>,
): Promise<boolean> {
  const isOurs = async (): Promise<boolean> => (await git.branch(address.branch))?.commit === commit;
  try {
    return (await land()) !== 'conflict' || (await isOurs());
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    const done = await isOurs().catch((second: unknown) => {
      if (second instanceof OutsideFailure) return false;
      throw second;
    });
    if (done) return true;
    throw error;
  }
}
