import type { Instant } from '../../../src/core/time.ts';
import type { FakeComment, FakeIssue, FakeLabel, FakeUser, World } from './world.ts';

export interface NewIssue {
  readonly title: string;
  readonly body: string | null;
  readonly labels: readonly string[];
  readonly assignees: readonly FakeUser[];
  readonly author: FakeUser;
  readonly viaApp: string | null;
  readonly at: Instant;
  readonly isPullRequest?: boolean;
}

/** Puts an issue or a pull request into the world; both draw from one row of numbers. */
export function addIssue(world: World, issue: NewIssue): FakeIssue {
  const made: FakeIssue = {
    id: world.nextId(),
    number: world.issues.length + 1,
    author: issue.author,
    viaApp: issue.viaApp,
    title: issue.title,
    body: issue.body,
    state: 'open',
    stateReason: null,
    labels: issue.labels.map((name) => labelNamed(world, name)),
    assignees: [...issue.assignees],
    locked: false,
    gone: null,
    isPullRequest: issue.isPullRequest ?? false,
    createdAt: issue.at,
    updatedAt: issue.at,
    closedAt: null,
    closedBy: null,
    comments: [],
  };
  world.issues.push(made);
  return made;
}

/** The label of that name in any case; made when it is not there, as GitHub does. */
export function labelNamed(world: World, name: string): FakeLabel {
  const known = world.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const label: FakeLabel = { id: world.nextId(), name, color: 'ededed' };
  world.labels.push(label);
  return label;
}

export interface NewComment {
  readonly body: string;
  readonly author: FakeUser;
  readonly viaApp: string | null;
  readonly at: Instant;
}

export function addComment(world: World, issue: FakeIssue, comment: NewComment): FakeComment {
  const made: FakeComment = {
    id: world.nextId(),
    author: comment.author,
    viaApp: comment.viaApp,
    body: comment.body,
    createdAt: comment.at,
    updatedAt: comment.at,
    editor: null,
    lastEditedAt: null,
    isMinimized: false,
    reactions: [],
  };
  issue.comments.push(made);
  issue.updatedAt = comment.at;
  return made;
}
