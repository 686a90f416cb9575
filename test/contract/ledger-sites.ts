import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Instant } from '../../src/core/time.ts';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { type MemoryFiles, memoryStore } from '../../src/ledger/memory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { bareRepository, deleteBranch, forceBranch, localGitData } from './git-data.ts';
import { happened, NOW, type Tally, tallyFold } from './happened.ts';
import { postgresSite } from './postgres-site.ts';

export { happened, NOW, type Tally, tallyFold };

export type Files = ReadonlyMap<string, Uint8Array>;

/** A place for a ledger, as somebody with access to it can look at it and change it past Checkrein. */
export interface Site {
  /** A store as another process would open it. */
  store(): TreeStore;
  files(): Promise<Files>;
  /** Changes one file, or removes it, past the ledger. */
  put(path: string, bytes: Uint8Array | null): Promise<void>;
  /** Puts all of another site in the place of this one: a forced push, a folder that was swapped. */
  become(other: Site): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
  readonly at: string;
}

export interface SiteKind {
  readonly name: string;
  make(): Promise<Site & AsyncDisposable>;
}

export const BRANCH = 'checkrein';

/** A place in memory: the quickest to fill. */
export function memorySite(): Site & AsyncDisposable {
  const memory: MemoryFiles = { version: 0, files: new Map() };
  return {
    at: 'memory',
    store: () => memoryStore(memory),
    files: async () => new Map(memory.files),
    put: async (path, bytes) => {
      if (bytes === null) memory.files.delete(path);
      else memory.files.set(path, bytes);
      memory.version++;
    },
    become: async (other) => {
      memory.files.clear();
      for (const [path, bytes] of await other.files()) memory.files.set(path, bytes);
      memory.version++;
    },
    clear: async () => {
      memory.files.clear();
      memory.version++;
    },
    [Symbol.asyncDispose]: async () => memory.files.clear(),
  };
}

async function directorySite(): Promise<Site & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'ledger-'));
  const folder = join(root, 'ledger');
  const put: Site['put'] = async (path, bytes) => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (bytes === null) await rm(target);
    else await writeFile(target, bytes);
  };
  return {
    at: folder,
    store: () => directoryStore(folder),
    files: () => filesBelow(folder),
    put,
    become: async (other) => {
      await rm(folder, { recursive: true, force: true });
      for (const [path, bytes] of await other.files()) await put(path, bytes);
    },
    clear: () => rm(folder, { recursive: true }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function filesBelow(folder: string): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (entry.isFile() && !path.startsWith('journal')) files.set(path, await readFile(join(folder, path)));
  }
  return files;
}

async function branchSite(): Promise<Site & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  await bareRepository(folder);
  const git = localGitData(folder);
  const store = (): TreeStore => gitBranchStore(git, { repo: 'octo/repo', branch: BRANCH });
  const write = async (files: Files, parent: string | null): Promise<string> => {
    const entries = [];
    for (const [path, bytes] of files) entries.push({ path, content: { blob: await git.createBlob(bytes) } });
    return git.createCommit('By hand', await git.createTree(null, entries), parent === null ? [] : [parent]);
  };
  const files = async (): Promise<Files> => {
    const tree = await store().open();
    const all = new Map<string, Uint8Array>();
    for (const path of tree.files.keys()) all.set(path, await tree.read(path));
    return all;
  };
  return {
    at: folder,
    store,
    files,
    put: async (path, bytes) => {
      const all = new Map(await files());
      if (bytes === null) all.delete(path);
      else all.set(path, bytes);
      const parent = await git.branch(BRANCH);
      await forceBranch(folder, BRANCH, await write(all, parent?.commit ?? null));
    },
    become: async (other) => forceBranch(folder, BRANCH, await write(await other.files(), null)),
    clear: () => deleteBranch(folder, BRANCH),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Every store that a ledger can stand on. */
export const SITES: readonly SiteKind[] = [
  { name: 'memory', make: async () => memorySite() },
  { name: 'directory', make: directorySite },
  { name: 'git branch', make: branchSite },
  { name: 'PostgreSQL', make: postgresSite },
];

/** A ledger as one process would open it, at a fixed moment and without real waiting. */
export function ledgerOn(store: TreeStore, now: () => Instant = () => NOW): Ledger<Tally> {
  return treeLedger(store, tallyFold, {
    repo: 'octo/repo',
    now,
    sleep: (duration) =>
      new Promise((resolve) => {
        setTimeout(resolve, Math.min(duration, 50));
      }),
  });
}

/** A ledger that waits as it does in earnest when it meets other writers. */
export function patientLedgerOn(store: TreeStore): Ledger<Tally> {
  return treeLedger(store, tallyFold, { repo: 'octo/repo', now: () => NOW });
}

/** All ids in the order of the ledger. */
export async function idsIn(ledger: Ledger<Tally>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const event of ledger.events()) ids.push(event.id);
  return ids;
}

/** A file as text. */
export async function textOf(site: Site, path: string): Promise<string> {
  return Buffer.from((await site.files()).get(path) ?? '').toString('utf8');
}
