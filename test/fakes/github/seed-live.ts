import { createHash } from 'node:crypto';
import type { Instant } from '../../../src/core/time.ts';
import type { BareRepository } from './git.ts';
import { addComment, addIssue } from './issues.ts';
import { addPull, type FakePull, type PullSpec } from './pulls.ts';
import type { Start } from './runs.ts';
import { commitFile } from './seed.ts';
import { ACTIONS_BOT, type FakeComment, type FakeIssue, type FakeUser, userNamed, type World } from './world.ts';

/** How a run starts where nothing else is said: now, by the schedule, on the default branch. */
export function ordinaryStart(world: World, now: Instant, start: Partial<Start>): Start {
  return {
    event: 'schedule',
    branch: world.repo.defaultBranch,
    headSha: createHash('sha1').update(now).digest('hex'),
    actor: ACTIONS_BOT,
    at: now,
    ...start,
  };
}

/** Opens a pull request with one commit on a branch of its own; by `claude[bot]` where nothing else is said. */
export async function openPull(
  world: World,
  git: BareRepository,
  now: Instant,
  spec: Partial<PullSpec>,
): Promise<FakePull> {
  const headRef = spec.headRef ?? `claude/change-${world.issues.length + 1}`;
  const headSha = spec.headSha ?? (await commitFile(git, now, headRef, 'change.txt', `${headRef}\n`));
  return addPull(world, {
    title: 'A change',
    author: userNamed(world, 'claude[bot]'),
    viaApp: null,
    at: now,
    isDraft: false,
    autoMerge: false,
    isInMergeQueue: false,
    ...spec,
    headRef,
    headSha,
  });
}

export interface CommentSpec {
  readonly body: string;
  /** A new one by default. */
  readonly issue?: FakeIssue;
  /** `octocat` by default. */
  readonly author?: FakeUser;
  /** Slug of the app that wrote it for its author. */
  readonly viaApp?: string | null;
  readonly at?: Instant;
  /** Whoever changed it afterwards. */
  readonly editedBy?: FakeUser;
  readonly isMinimized?: boolean;
}

/** Writes a comment under an issue. */
export function openComment(
  world: World,
  now: Instant,
  spec: CommentSpec,
): { readonly issue: FakeIssue; readonly comment: FakeComment } {
  const author = spec.author ?? userNamed(world, 'octocat');
  const at = spec.at ?? now;
  const ofIssue = { author, viaApp: null, at, body: null, labels: [], assignees: [] };
  const issue = spec.issue ?? addIssue(world, { ...ofIssue, title: 'An issue' });
  const comment = addComment(world, issue, { body: spec.body, author, viaApp: spec.viaApp ?? null, at });
  comment.isMinimized = spec.isMinimized ?? false;
  if (spec.editedBy !== undefined) {
    comment.editor = spec.editedBy;
    comment.lastEditedAt = at;
  }
  return { issue, comment };
}
