import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instant, toMs } from '../../../src/core/time.ts';

/** The environment of every git here: no settings of whoever runs the tests reach it. */
export const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C',
};

/** A file or folder in a tree, as `git ls-tree` tells it. */
export interface GitEntry {
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  readonly path: string;
  /** Null for folders. */
  readonly size: number | null;
}

/** A change to a tree: `sha: null` takes the path out. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  readonly date: Instant;
}

/** A real bare repository, driven by git's own plumbing, so that a clone sees what REST wrote. */
export interface BareRepository {
  /** The folder of the repository. */
  readonly dir: string;
  hasObject(sha: string, type: 'blob' | 'tree' | 'commit'): Promise<boolean>;
  readBlob(sha: string): Promise<Uint8Array>;
  writeBlob(bytes: Uint8Array): Promise<string>;
  listTree(treeish: string, recursive: boolean): Promise<readonly GitEntry[]>;
  /** Null when there is nothing at that path. */
  entryAt(treeish: string, path: string): Promise<GitEntry | null>;
  writeTree(base: string | null, changes: readonly TreeChange[]): Promise<string>;
  readCommit(sha: string): Promise<GitCommit>;
  writeCommit(
    tree: string,
    parents: readonly string[],
    message: string,
    author: GitPerson,
    committer?: GitPerson,
  ): Promise<string>;
  /** The commit of a full ref name such as `refs/heads/main`; null when there is none. */
  readRef(name: string): Promise<string | null>;
  listRefs(prefix: string): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  /** Moves a ref only when it still is at `from` (null: does not exist); false when somebody was faster. */
  moveRef(name: string, from: string | null, to: string): Promise<boolean>;
  deleteRef(name: string): Promise<void>;
  isAncestor(ancestor: string, of: string): Promise<boolean>;
  changedPaths(from: string | null, to: string): Promise<readonly string[]>;
  /** What `git diff` says of two commits in one of its forms, renames found. */
  diff(from: string, to: string, form: readonly string[]): Promise<string>;
  /** Null for histories that have nothing in common. */
  mergeBase(a: string, b: string): Promise<string | null>;
  /** The commits that `to` has and `from` has not, oldest first; all of them without `from`. */
  commitsBetween(from: string | null, to: string): Promise<readonly string[]>;
  /** Any revision git understands (a branch, a short sha) as a full commit id; null when it names none. */
  resolve(revision: string): Promise<string | null>;
  remove(): Promise<void>;
}

/** Makes an empty bare repository in a folder of its own. */
export async function makeBareRepository(defaultBranch: string): Promise<BareRepository> {
  const root = await mkdtemp(join(tmpdir(), 'fake-github-'));
  const dir = join(root, 'repo.git');
  const init = await runGit(root, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, dir]);
  if (init.code !== 0) throw new Error(`git init failed: ${init.stderr}`);
  const read = objectReader(dir);
  return {
    dir,
    ...objects(dir, read),
    ...trees(dir, root, read),
    ...commits(dir, read),
    ...refs(dir),
    remove: () => removeFolder(root),
  };
}

/** Runs a git command that reads an object by its id. */
type ReadObject = (args: readonly string[], sha: string) => Promise<GitResult>;

/** An object never changes under its id, so that each is read once: starting git is what takes the time of a test. */
function objectReader(dir: string): ReadObject {
  const known = new Map<string, GitResult>();
  return async (args, sha) => {
    const key = [...args, sha].join(' ');
    const result = known.get(key) ?? (await runGit(dir, [...args, sha]));
    if (result.code === 0 && /^[0-9a-f]{40}$/.test(sha)) known.set(key, result);
    return result;
  };
}

function objects(dir: string, read: ReadObject): Pick<BareRepository, 'hasObject' | 'readBlob' | 'writeBlob'> {
  return {
    async hasObject(sha, type) {
      if (!/^[0-9a-f]{40}$/.test(sha)) return false;
      const result = await read(['cat-file', '-t'], sha);
      return result.code === 0 && text(result).trim() === type;
    },
    async readBlob(sha) {
      return must(await read(['cat-file', 'blob'], sha)).stdout;
    },
    async writeBlob(bytes) {
      return line(await mustGit(dir, ['hash-object', '-w', '--stdin'], { input: bytes }));
    },
  };
}

function trees(
  dir: string,
  root: string,
  read: ReadObject,
): Pick<BareRepository, 'listTree' | 'entryAt' | 'writeTree'> {
  let indexes = 0;
  return {
    async listTree(treeish, recursive) {
      const flags = recursive ? ['-r', '-t'] : [];
      return parseEntries(text(must(await read(['ls-tree', '-l', '-z', ...flags], treeish))));
    },
    async entryAt(treeish, path) {
      const result = await mustGit(dir, ['ls-tree', '-l', '-z', treeish, '--', path]);
      return parseEntries(text(result))[0] ?? null;
    },
    async writeTree(base, changes) {
      indexes += 1;
      const index = join(root, `index-${indexes}`);
      const env = { GIT_INDEX_FILE: index };
      await mustGit(dir, base === null ? ['read-tree', '--empty'] : ['read-tree', base], { env });
      await mustGit(dir, ['update-index', '-z', '--index-info'], { env, input: indexInfo(changes) });
      const sha = line(await mustGit(dir, ['write-tree'], { env }));
      await rm(index, { force: true });
      return sha;
    },
  };
}

function commits(
  dir: string,
  read: ReadObject,
): Pick<
  BareRepository,
  'readCommit' | 'writeCommit' | 'isAncestor' | 'changedPaths' | 'resolve' | 'diff' | 'mergeBase' | 'commitsBetween'
> {
  return {
    async diff(from, to, form) {
      // Between two commits it is always the same, and lists ask for it page by page.
      return text(must(await read(['-c', 'core.quotePath=false', 'diff', '--no-color', '-M', ...form, from], to)));
    },
    async mergeBase(a, b) {
      const result = await read(['merge-base', a], b);
      return result.code === 0 ? line(result) : null;
    },
    async commitsBetween(from, to) {
      return text(
        must(await read(['rev-list', '--reverse', '--topo-order', ...(from === null ? [] : [`^${from}`])], to)),
      )
        .split('\n')
        .filter((sha) => sha !== '');
    },
    async readCommit(sha) {
      return parseCommit(sha, text(must(await read(['cat-file', 'commit'], sha))));
    },
    async writeCommit(tree, parents, message, author, committer = author) {
      const flags = parents.flatMap((parent) => ['-p', parent]);
      const env = { ...identity('AUTHOR', author), ...identity('COMMITTER', committer) };
      return line(await mustGit(dir, ['commit-tree', tree, ...flags], { env, input: Buffer.from(message) }));
    },
    async isAncestor(ancestor, of) {
      return (await runGit(dir, ['merge-base', '--is-ancestor', ancestor, of])).code === 0;
    },
    async changedPaths(from, to) {
      const flags = ['diff-tree', '-r', '-z', '--name-only', '--no-commit-id'];
      const range = from === null ? ['--root', to] : [from, to];
      return text(await mustGit(dir, [...flags, ...range]))
        .split('\0')
        .filter((path) => path !== '');
    },
    async resolve(revision) {
      const result = await runGit(dir, [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ]);
      return result.code === 0 ? line(result) : null;
    },
  };
}

function refs(dir: string): Pick<BareRepository, 'readRef' | 'listRefs' | 'moveRef' | 'deleteRef'> {
  return {
    async readRef(name) {
      const result = await runGit(dir, ['show-ref', '--verify', '--hash', '--', name]);
      return result.code === 0 ? line(result) : null;
    },
    async listRefs(prefix) {
      const result = await mustGit(dir, ['for-each-ref', '--format=%(objectname) %(refname)']);
      return text(result)
        .split('\n')
        .filter((row) => row.slice(41).startsWith(prefix))
        .map((row) => ({ sha: row.slice(0, 40), name: row.slice(41) }));
    },
    async moveRef(name, from, to) {
      return (await runGit(dir, ['update-ref', name, to, from ?? '0'.repeat(40)])).code === 0;
    },
    async deleteRef(name) {
      await mustGit(dir, ['update-ref', '-d', name]);
    },
  };
}

function indexInfo(changes: readonly TreeChange[]): Buffer {
  const rows = changes.map(({ mode, sha, path }) => `${sha === null ? '0' : mode} ${sha ?? '0'.repeat(40)}\t${path}\0`);
  return Buffer.from(rows.join(''));
}

function parseEntries(listing: string): GitEntry[] {
  return listing
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => {
      const [meta = '', path = ''] = row.split('\t');
      const [mode = '', type = '', sha = '', size = '-'] = meta.split(/ +/);
      return { mode, type: type as GitEntry['type'], sha, path, size: size === '-' ? null : Number(size) };
    });
}

function parseCommit(sha: string, raw: string): GitCommit {
  const end = raw.indexOf('\n\n');
  const headers = raw.slice(0, end).split('\n');
  const values = (name: string) =>
    headers.filter((row) => row.startsWith(`${name} `)).map((row) => row.slice(name.length + 1));
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parsePerson(values('author')[0] ?? ''),
    committer: parsePerson(values('committer')[0] ?? ''),
    message: raw.slice(end + 2),
  };
}

function parsePerson(row: string): GitPerson {
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(row) ?? [];
  return { name, email, date: `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` };
}

function identity(role: 'AUTHOR' | 'COMMITTER', person: GitPerson): Record<string, string> {
  return {
    [`GIT_${role}_NAME`]: person.name,
    [`GIT_${role}_EMAIL`]: person.email,
    [`GIT_${role}_DATE`]: `@${Math.floor(toMs(person.date) / 1000)} +0000`,
  };
}

interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface GitInput {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
}

function text(result: GitResult): string {
  return result.stdout.toString('utf8');
}

function line(result: GitResult): string {
  return text(result).trim();
}

async function mustGit(dir: string, args: readonly string[], extra: GitInput = {}): Promise<GitResult> {
  return must(await runGit(dir, args, extra));
}

function must(result: GitResult): GitResult {
  if (result.code !== 0) throw new Error(`git failed: ${result.stderr}`);
  return result;
}

function runGit(dir: string, args: readonly string[], { env = {}, input }: GitInput = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: dir, env: { ...GIT_ENV, ...env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }),
    );
    // Git may end before it has read everything; its exit code tells then.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input ?? '');
  });
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
