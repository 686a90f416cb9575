import type { RunConclusion } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** What an app or a job found of a commit. Name and title are hostile. */
export interface RemoteCheckRun {
  readonly name: string;
  readonly completed: boolean;
  /** Null while it goes on, and for one that GitHub does not document. */
  readonly conclusion: RunConclusion | null;
  readonly completedAt: Instant | null;
  /** What it says of itself in a line; null where it says nothing. */
  readonly title: string | null;
}

/** The check runs of commits. */
export interface ChecksApi {
  /** The last of each name and app, at most a hundred of them; `total` says how many there are. Wants `checks: read`. */
  ofCommit(commit: string): Promise<{ readonly runs: readonly RemoteCheckRun[]; readonly total: number }>;
}
