import type { RunConclusion } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** What an app or a job reported about a commit. Name and title are hostile. */
export interface RemoteCheckRun {
  readonly name: string;
  readonly completed: boolean;
  /** Null while it is in progress, and for a conclusion that GitHub does not document. */
  readonly conclusion: RunConclusion | null;
  readonly completedAt: Instant | null;
  /** Its one-line summary; null without one. */
  readonly title: string | null;
}

/** The check runs of commits. */
export interface ChecksApi {
  /** The last of each name and app, at most a hundred of them; `total` says how many there are. Needs `checks: read`. */
  ofCommit(commit: string): Promise<{ readonly runs: readonly RemoteCheckRun[]; readonly total: number }>;
}
