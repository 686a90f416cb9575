import type { CommitSign } from '../core/authorship-signs.ts';
import type { ChangedFile } from '../core/passport.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { RemoteComment } from './remote.ts';

/** A pull request as one look tells it. Titles, names and texts are a stranger's. */
export interface RemoteChange {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: Actor | null;
  readonly headRef: string;
  readonly head: string;
  /** Whether its head lies in another repository, or in one that is gone. */
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
  /** What GitHub counts; null where it says nothing, as in lists. */
  readonly counts: { readonly files: number; readonly commits: number } | null;
}

/** Files of a change; `mode` is not told with them. */
export type RemoteFileChange = Omit<ChangedFile, 'mode'>;

/** A part of a list that may have more. */
export interface Part<T> {
  readonly items: readonly T[];
  /** False where GitHub ends the list before its end. */
  readonly whole: boolean;
}

/** One commit of a pull request. */
export interface RemoteCommitSign extends CommitSign {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** How two commits stand to each other. */
export interface Comparison {
  readonly mergeBase: string;
  /** Commits that the base has and the head has not. */
  readonly behind: number;
  /** What changed from the merge base to the head; GitHub names at most 300 files. */
  readonly files: Part<RemoteFileChange>;
}

/** What lies at a path of a commit. */
export interface PathEntry {
  readonly mode: string;
  readonly blob: string;
}

/** What is read of a pull request to judge it, and what is said under it. */
export interface ReviewApi {
  /** Null when there is no such pull request. */
  pull(number: number): Promise<RemoteChange | null>;
  /** Slug of the app that opened it on somebody's behalf; null when none did. */
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
  /** What lies at these paths in a commit, or at paths that differ from them in capitals alone; absent where nothing does. Null where the repository is too large to tell. */
  entries(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, PathEntry> | null>;
  /** All comments under it, oldest first. */
  comments(number: number): Promise<readonly RemoteComment[]>;
}
