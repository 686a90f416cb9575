import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitDataApi, NewTreeEntry } from '../../src/github/port.ts';

const WHO = {
  GIT_AUTHOR_NAME: 'checkrein',
  GIT_AUTHOR_EMAIL: 'checkrein@example.invalid',
  GIT_COMMITTER_NAME: 'checkrein',
  GIT_COMMITTER_EMAIL: 'checkrein@example.invalid',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

interface Ran {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/** Runs git; never throws for its exit code. */
function tryGit(folder: string, args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ran> {
  return runGit(folder, args, Buffer.from(input), env);
}

function runGit(folder: string, args: readonly string[], input: Uint8Array, env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: folder, env: { ...process.env, ...WHO, ...env } });
    const out: Buffer[] = [];
    let err = '';
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => {
      err += bytes.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out: Buffer.concat(out), err }));
    // Some commands end without reading what they are given; whether that is well is told by their exit code.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input);
  });
}

async function git(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  env = {},
): Promise<string> {
  return (await gitBytes(folder, args, input, env)).toString('utf8').trim();
}

async function gitBytes(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Record<string, string> = {},
): Promise<Buffer> {
  const { code, out, err } = await runGit(folder, args, Buffer.from(input), env);
  if (code !== 0) throw new Error(`git ${args.join(' ')} exited with ${code}: ${err}`);
  return out;
}

/** Makes a bare repository in `folder` with one commit on `main`. */
export async function bareRepository(folder: string): Promise<void> {
  await git(folder, ['init', '--bare', '--quiet', '--initial-branch=main', '.']);
  const api = localGitData(folder);
  const tree = await api.createTree(null, [{ path: 'README.md', content: { text: 'hello\n' } }]);
  await api.createBranch('main', await api.createCommit('First', tree, []));
}

/** The git data of a real repository on disk: what GitHub's endpoints do, without HTTP. */
export function localGitData(folder: string): GitDataApi {
  const ref = (name: string): string => `refs/heads/${name}`;
  return {
    branch: async (name) => {
      const found = await tryGit(folder, ['rev-parse', '--verify', '--quiet', `${ref(name)}^{commit}`]);
      if (found.code !== 0) return null;
      const commit = found.out.toString('utf8').trim();
      const [tree = '', message = ''] = (await git(folder, ['show', '-s', '--format=%T%n%s', commit])).split('\n');
      return { commit, tree, message };
    },
    tree: async (tree) => {
      const listed = await git(folder, ['ls-tree', '-r', '-l', '-z', tree]);
      return listed
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => {
          const [meta = '', path = ''] = line.split('\t');
          const [, , blob = '', bytes = ''] = meta.split(/ +/);
          return { path, blob, bytes: Number(bytes) };
        });
    },
    blob: (blob) => gitBytes(folder, ['cat-file', 'blob', blob]),
    createBlob: (bytes) => git(folder, ['hash-object', '-w', '--stdin'], bytes),
    createTree: (base, entries) => createTree(folder, base, entries),
    createCommit: (message, tree, parents) =>
      git(folder, ['commit-tree', tree, '-m', message, ...parents.flatMap((parent) => ['-p', parent])]),
    moveBranch: async (name, commit) => {
      const found = await tryGit(folder, ['rev-parse', '--verify', '--quiet', ref(name)]);
      if (found.code !== 0) return 'conflict';
      const before = found.out.toString('utf8').trim();
      const ancestor = await tryGit(folder, ['merge-base', '--is-ancestor', before, commit]);
      if (ancestor.code !== 0) return 'conflict';
      return (await tryGit(folder, ['update-ref', ref(name), commit, before])).code === 0 ? 'moved' : 'conflict';
    },
    replaceBranch: async (name, { from, to }) =>
      (await tryGit(folder, ['update-ref', ref(name), to, from])).code === 0 ? 'moved' : 'conflict',
    createBranch: async (name, commit) => {
      const made = await tryGit(folder, ['update-ref', ref(name), commit, '0'.repeat(40)]);
      return made.code === 0 ? 'created' : 'conflict';
    },
  };
}

async function createTree(folder: string, base: string | null, entries: readonly NewTreeEntry[]): Promise<string> {
  const index = join(folder, `index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git(folder, base === null ? ['read-tree', '--empty'] : ['read-tree', base], '', env);
    const lines: string[] = [];
    for (const { path, content } of entries) {
      if (content === null) {
        lines.push(`0 ${'0'.repeat(40)}\t${path}\0`);
        continue;
      }
      const blob = 'blob' in content ? content.blob : await git(folder, ['hash-object', '-w', '--stdin'], content.text);
      lines.push(`100644 ${blob}\t${path}\0`);
    }
    await git(folder, ['update-index', '-z', '--index-info'], lines.join(''), env);
    return await git(folder, ['write-tree'], '', env);
  } finally {
    await rm(index, { force: true });
  }
}

/** Sets a branch to a commit, whatever it was before: what a forced push does. */
export async function forceBranch(folder: string, name: string, commit: string): Promise<void> {
  await git(folder, ['update-ref', `refs/heads/${name}`, commit]);
}

/** Removes a branch. */
export async function deleteBranch(folder: string, name: string): Promise<void> {
  await git(folder, ['update-ref', '-d', `refs/heads/${name}`]);
}

/** The commits of a branch, newest first, each with its parents. */
export async function commitsOf(folder: string, name: string): Promise<readonly string[]> {
  const log = await git(folder, ['log', '--format=%s|%P', `refs/heads/${name}`]);
  return log.split('\n');
}

/** What git itself thinks of the repository: empty when all is well. */
export async function gitComplaints(folder: string): Promise<string> {
  return (await tryGit(folder, ['fsck', '--strict'])).err.replace(/^notice:.*$/gm, '').trim();
}
