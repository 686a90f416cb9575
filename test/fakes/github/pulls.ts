import type { Instant } from '../../../src/core/time.ts';
import { addIssue } from './issues.ts';
import type { FakeIssue, FakeUser, World } from './world.ts';

/** What a pull request has beyond the issue that it is. */
export interface FakePull {
  readonly issue: FakeIssue;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  isDraft: boolean;
  /** Merges by itself when it may; null: it does not. */
  autoMerge: { readonly enabledAt: Instant; readonly by: FakeUser } | null;
  isInMergeQueue: boolean;
  /** Its head lies in a fork. */
  readonly fromFork: boolean;
  mergedAt: Instant | null;
}

export interface PullSpec {
  readonly headRef: string;
  readonly headSha: string;
  readonly title: string;
  readonly author: FakeUser;
  readonly viaApp: string | null;
  readonly at: Instant;
  readonly isDraft: boolean;
  readonly autoMerge: boolean;
  readonly isInMergeQueue: boolean;
  readonly fromFork?: boolean;
}

/** Opens a pull request against the default branch. */
export function addPull(world: World, spec: PullSpec): FakePull {
  const { title, author, viaApp, at } = spec;
  const issue = addIssue(world, {
    title,
    author,
    viaApp,
    at,
    body: null,
    labels: [],
    assignees: [],
    isPullRequest: true,
  });
  const pull: FakePull = {
    issue,
    headRef: spec.headRef,
    headSha: spec.headSha,
    baseRef: world.repo.defaultBranch,
    isDraft: spec.isDraft,
    autoMerge: spec.autoMerge ? { enabledAt: at, by: author } : null,
    isInMergeQueue: spec.isInMergeQueue,
    fromFork: spec.fromFork === true,
    mergedAt: null,
  };
  world.pulls.push(pull);
  return pull;
}
