import type { FileDiff } from '../diff.ts';
import type { GitCommit, GitPerson } from '../git.ts';
import type { World } from '../world.ts';
import { type CommitPayload, commitShape } from './git.ts';
import { userShape } from './people.ts';
import { repoApi, repoPage } from './urls.ts';

/** A file of a change, as lists of pull requests and comparisons hold it. */
export function diffEntryShape(baseUrl: string, world: World, head: string, file: FileDiff): Record<string, unknown> {
  const path = encodeURIComponent(file.path);
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoPage(world)}/blob/${head}/${path}`,
    raw_url: `${repoPage(world)}/raw/${head}/${path}`,
    contents_url: `${repoApi(baseUrl, world)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.from === null ? {} : { previous_filename: file.from }),
  };
}

/** A commit with the accounts that GitHub knows its people by: by their `ID+LOGIN@users.noreply.github.com`. */
export function pullCommitShape(baseUrl: string, world: World, commit: GitCommit): CommitPayload {
  const account = ({ email }: GitPerson) => {
    const id = Number(/^(\d+)\+.*@users\.noreply\.github\.com$/.exec(email)?.[1]);
    const user = world.users.find((one) => one.id === id || email === `${one.login}@users.noreply.github.com`);
    return user === undefined ? null : userShape(baseUrl, user);
  };
  return {
    ...commitShape(baseUrl, world, commit),
    author: account(commit.author),
    committer: account(commit.committer),
  };
}
