import type { TreeChange } from '../fakes/github/git.ts';
import type { FakeUser } from '../fakes/github/world.ts';
import type { FakeGitHub } from '../fakes/github.ts';

/** What stands at a path: a text, bytes, something special, or null for nothing any more. */
export type Content =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly run: string }
  | { readonly submodule: string }
  | null;

export interface CommitSpec {
  readonly files: Readonly<Record<string, Content>>;
  readonly message?: string;
  readonly at?: string;
  /** Whose commit GitHub takes it for; octocat's by default. */
  readonly author?: Pick<FakeUser, 'id' | 'login'>;
  /** What it follows; the head of the branch, or of the default branch for a new one. */
  readonly parents?: readonly string[];
}

/** Commits many files of any kind at once to a branch, and answers the id of the commit. */
export async function commitAll(fake: FakeGitHub, branch: string, spec: CommitSpec): Promise<string> {
  const { git, world } = fake;
  const ref = `refs/heads/${branch}`;
  const before = await git.readRef(ref);
  const head = before ?? (await git.readRef(`refs/heads/${world.repo.defaultBranch}`));
  const parents = spec.parents ?? (head === null ? [] : [head]);
  const [base] = parents;
  const changes: TreeChange[] = [];
  const texts = new Map<string, TreeChange>();
  for (const [path, content] of Object.entries(spec.files)) {
    // Starting git is what takes the time: equal texts are written once.
    const known = typeof content === 'string' ? texts.get(content) : undefined;
    const change = known === undefined ? await changeOf(fake, path, content) : { ...known, path };
    if (typeof content === 'string') texts.set(content, change);
    changes.push(change);
  }
  const tree = await git.writeTree(base === undefined ? null : (await git.readCommit(base)).tree, changes);
  const { id, login } = spec.author ?? { id: 583_231, login: 'octocat' };
  const person = {
    name: login,
    email: `${id}+${login}@users.noreply.github.com`,
    date: spec.at ?? '2026-11-20T08:00:00Z',
  };
  const sha = await git.writeCommit(tree, parents, spec.message ?? 'Change things', person);
  if (!(await git.moveRef(ref, before, sha))) throw new Error(`${branch} moved meanwhile`);
  return sha;
}

async function changeOf({ git }: FakeGitHub, path: string, content: Content): Promise<TreeChange> {
  if (content === null) return { path, mode: '100644', sha: null };
  if (typeof content === 'string' || content instanceof Uint8Array) {
    return { path, mode: '100644', sha: await git.writeBlob(Buffer.from(content)) };
  }
  if ('link' in content) return { path, mode: '120000', sha: await git.writeBlob(Buffer.from(content.link)) };
  if ('run' in content) return { path, mode: '100755', sha: await git.writeBlob(Buffer.from(content.run)) };
  return { path, mode: '160000', sha: content.submodule };
}
