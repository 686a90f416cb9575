import type { RunConclusion } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { Page, RemoteRun } from './remote.ts';

/** A step of a job; whole seconds, as GitHub stores them. */
export interface RemoteStep {
  readonly name: string;
  readonly conclusion: RunConclusion | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
}

/** A job with its steps, whether an agent ran in it or not. */
export interface RemoteBuildJob {
  readonly id: number;
  readonly name: string;
  readonly conclusion: RunConclusion | null;
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly steps: readonly RemoteStep[];
}

/** What a job reported about the commit or about itself. The text is hostile. */
export interface RemoteAnnotation {
  readonly level: 'failure' | 'warning' | 'notice';
  /** The file that it is about; `.github` for the job itself. */
  readonly path: string;
  readonly message: string;
}

/** How long the workflows of a repository take, and why they fail. */
export interface BuildsApi {
  /** Runs that have ended, of all workflows, created since: 100 a page, newest first. */
  ended(createdFrom: Instant, page: number): Promise<Page<RemoteRun>>;
  jobs(run: number, attempt: number): Promise<readonly RemoteBuildJob[]>;
  /** A job's annotations, at most 100. Needs `checks: read`. */
  annotations(job: number): Promise<readonly RemoteAnnotation[]>;
}
