import type { Actor, RunConclusion, RunStatus } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** A comment on an issue or a pull request. */
export interface RemoteComment {
  readonly id: number;
  /** Number of its issue or pull request. */
  readonly issue: number;
  readonly body: string;
  readonly author: Actor | null;
  /** Slug of the app that wrote it on somebody's behalf; null when a person did. */
  readonly app: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly url: string;
}

export interface RemoteCommit {
  readonly commit: string;
  readonly tree: string;
  readonly message: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly blob: string;
  readonly bytes: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The total that GitHub reports; filtered run lists end at 1,000 regardless. */
  readonly total: number;
  /** Taken from the Link header only: an empty page may have a next one. */
  readonly hasNext: boolean;
}

export interface RemoteRun {
  readonly id: number;
  readonly attempt: number;
  readonly workflowId: number;
  readonly path: string;
  readonly trigger: string;
  readonly actor: Actor | null;
  readonly status: RunStatus;
  readonly conclusion: RunConclusion | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant;
  readonly updatedAt: Instant;
  readonly url: string;
  /** Numbers of the open pull requests of its head; left out if there are none, as for those from forks. */
  readonly pulls?: readonly number[];
}
