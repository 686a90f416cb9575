import type { CommitSign } from '../core/authorship-signs.ts';
import type { ChangedFile } from '../core/passport.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { RemoteComment } from './remote.ts';

/** A pull request as of one look. Titles, names and texts are a stranger's. */
export interface RemoteChange {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: Actor | null;
  readonly headRef: string;
  readonly head: string;
  /** Whether its head is in another repository, or in one that is gone. */
  readonly fromFork: boolean;
  readonly baseRef: string;
  /** Whether its base is the default branch. */
  readonly intoDefault: boolean;
  /** Logins. */
  readonly assignees: readonly string[];
  readonly draft: boolean;
  readonly open: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** GitHub's counts; null where it gives none, as in lists. */
  readonly counts: { readonly files: number; readonly commits: number } | null;
}

/** Files of a change; GitHub does not include their `mode`. */
export type RemoteFileChange = Omit<ChangedFile, 'mode'>;

/** A part of a list that may have more. */
export interface Part<T> {
  readonly items: readonly T[];
  /** False if GitHub truncates the list. */
  readonly whole: boolean;
}

/** One commit of a pull request. */
export interface RemoteCommitSign extends CommitSign {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** How two commits relate. */
export interface Comparison {
  readonly mergeBase: string;
  /** Commits that the base has and the head does not. */
  readonly behind: number;
  /** What changed from the merge base to the head; GitHub lists at most 300 files. */
  readonly files: Part<RemoteFileChange>;
}

/** What is at a path of a commit. */
export interface PathEntry {
  readonly mode: string;
  readonly blob: string;
}

/** Reads what is needed to judge a pull request, and its comments. */
export interface ReviewApi {
  /** Null when there is no such pull request. */
  pull(number: number): Promise<RemoteChange | null>;
  /** Slug of the app that opened it on somebody's behalf; null if there is none. */
  appOf(number: number): Promise<string | null>;
  /** All open ones, oldest first. */
  open(): Promise<readonly RemoteChange[]>;
  /** At most 3,000. */
  files(number: number): Promise<Part<RemoteFileChange>>;
  /** At most 250, oldest first. */
  commits(number: number): Promise<Part<RemoteCommitSign>>;
  compare(base: string, head: string): Promise<Comparison>;
  /** The newest commit of a branch or commit from before a moment; null when all its commits are later. */
  commitBefore(ref: string, moment: Instant): Promise<string | null>;
  /**
   * What is at these paths in a commit, or at paths that differ only in case; absent if there is nothing. Null if the
   * repository is too large to find out.
   */
  entries(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, PathEntry> | null>;
  /** All comments under it, oldest first. */
  comments(number: number): Promise<readonly RemoteComment[]>;
}
