import type { Actor, RunConclusion, RunStatus } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { BuildsApi } from './builds-port.ts';
import type { ChecksApi } from './checks-port.ts';
import type { GlanceApi } from './glance-port.ts';
import type { ItemsApi } from './items-port.ts';
import type { PullReviewsApi } from './pull-reviews-port.ts';
import type { Page, RemoteComment, RemoteCommit, RemoteRun, TreeEntry } from './remote.ts';
import type { RerunAnswer } from './rerun-port.ts';
import type { ReviewApi } from './review-port.ts';
import type { RollbackApi } from './rollback-port.ts';
import type { VariablesApi } from './variables-port.ts';

/** What has been requested from GitHub so far, and what it still allows. */
export interface ApiUsage {
  readonly requests: number;
  /** Left in the REST pool as of the last answer; null before the first. */
  readonly remaining: number | null;
  readonly resetsAt: Instant | null;
}

export interface RemoteWorkflow {
  readonly id: number;
  readonly name: string;
  /** Without a `@ref` tail. */
  readonly path: string;
  readonly state: string;
}

export interface RemoteJob {
  readonly name: string;
  readonly status: RunStatus;
  readonly conclusion: RunConclusion | null;
  /** When it was queued; null if GitHub does not say. */
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  /** False for a job that was skipped, or cancelled before any of its steps began. */
  readonly began: boolean;
  /** Whether its runner finished all steps; null if GitHub does not say. A lost runner leaves them open. */
  readonly whole: boolean | null;
  readonly steps: readonly { readonly name: string; readonly conclusion: RunConclusion | null }[];
}

export interface RemoteArtifact {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** `sha256:` and the hash of its zip; null for artifacts from before digests. */
  readonly digest: string | null;
  readonly expired: boolean;
  readonly createdAt: Instant;
  readonly run: number | null;
}

export interface RemoteFile {
  readonly path: string;
  readonly blob: string;
  readonly bytes: number;
}

export interface RunQuery {
  readonly workflowId?: number;
  /** Filters on creation, both ends inclusive. */
  readonly createdFrom?: Instant;
  readonly createdTo?: Instant;
  readonly page: number;
}

/** The state and the end of workflows and runs, which a stop consists of. Needs `actions: write`. */
export interface ControlApi {
  /** 204 whether or not it was active. */
  disable(workflow: number): Promise<void>;
  enable(workflow: number): Promise<void>;
  /** `refused` when GitHub says that the run cannot be cancelled (409), for example because it has ended. */
  cancel(run: number): Promise<'accepted' | 'refused'>;
  /** Also ends jobs that continue after a cancel. */
  forceCancel(run: number): Promise<'accepted' | 'refused'>;
  /** Every run of a workflow in one of the non-terminal states, all pages. */
  unfinished(workflow: number): Promise<readonly RemoteRun[]>;
  /**
   * Every run of the repository in one of the non-terminal states, all pages: five requests, however many workflows there
   * are. Null when a list reached 1,000, where GitHub ends filtered lists, so that something may be missing.
   */
  unfinishedOfAll(): Promise<readonly RemoteRun[] | null>;
  /** Runs all jobs of a finished run again. */
  rerun(run: number): Promise<RerunAnswer>;
  /** Runs its failed jobs again, and those that depend on them. */
  rerunFailed(run: number): Promise<RerunAnswer>;
  /** Starts a workflow on a branch. */
  dispatch(workflow: number, ref: string, inputs: Readonly<Record<string, string>>): Promise<void>;
}

/** A person's role in the API; `none` for strangers, bots and apps without one. */
export interface RemoteRole {
  readonly permission: 'admin' | 'write' | 'read' | 'none';
  /** The real or custom role: `maintain`, `triage`, … */
  readonly role: string;
}

/** What only GraphQL knows about a comment. */
export interface CommentHistory {
  readonly edited: boolean;
  readonly minimized: boolean;
}

/** People's comments and roles. */
export interface PeopleApi {
  /** Comments of all issues and pull requests that changed since, oldest first, all pages. */
  comments(since: Instant): Promise<readonly RemoteComment[]>;
  commentsUnder(issue: number): Promise<readonly RemoteComment[]>;
  history(comment: number): Promise<CommentHistory>;
  role(login: string): Promise<RemoteRole>;
  answer(issue: number, body: string): Promise<{ readonly id: number; readonly url: string }>;
  editAnswer(comment: number, body: string): Promise<void>;
  react(comment: number, reaction: '+1' | '-1' | 'confused' | 'eyes' | 'rocket'): Promise<void>;
}

export interface RemotePull {
  readonly number: number;
  /** GraphQL id. */
  readonly node: string;
  readonly author: Actor | null;
  readonly head: string;
  readonly headRef: string;
  readonly autoMerge: boolean;
  /** Whether it is in the merge queue; null when only REST answered, which does not say. */
  readonly queued: boolean | null;
}

/** Open pull requests and the status of their heads. */
export interface PullsApi {
  open(): Promise<readonly RemotePull[]>;
  disableAutoMerge(node: string): Promise<void>;
  dequeue(node: string): Promise<void>;
  setStatus(sha: string, status: CommitStatus): Promise<void>;
  /** The last status of a commit in a context; null when it has none. */
  status(sha: string, context: string): Promise<string | null>;
}

export interface CommitStatus {
  readonly context: string;
  readonly state: 'success' | 'failure' | 'pending' | 'error';
  /** At most 140 characters. */
  readonly description: string;
  readonly url: string | null;
}

/** Reads what GitHub Actions did. All methods throw OutsideFailure when GitHub refuses or cannot be reached. */
export interface ActionsApi {
  workflows(): Promise<readonly RemoteWorkflow[]>;
  /** 100 a page, newest first. */
  runs(query: RunQuery): Promise<Page<RemoteRun>>;
  run(id: number): Promise<RemoteRun>;
  attempt(id: number, attempt: number): Promise<RemoteRun>;
  jobs(run: number, attempt: number): Promise<readonly RemoteJob[]>;
  runArtifacts(run: number): Promise<readonly RemoteArtifact[]>;
  /** All artifacts of the repository, 100 a page, newest first. */
  artifacts(page: number): Promise<Page<RemoteArtifact>>;
  /** Fails with `too_large` as soon as more than `maxBytes` have arrived, with `gone` when expired. */
  artifactZip(id: number, maxBytes: number): Promise<Uint8Array>;
}

/** Reads files of the default branch. */
export interface ContentsApi {
  /** Its name: `main`. */
  defaultBranch(): Promise<string>;
  /** The files directly in a folder; empty when there is no such folder. */
  folder(path: string): Promise<readonly RemoteFile[]>;
  /** Null when there is no such file. */
  file(path: string): Promise<Uint8Array | null>;
}

export interface NewTreeEntry {
  readonly path: string;
  /**
   * Text is sent inline; a blob id refers to content created before; null removes the file from the base, where it must
   * exist.
   */
  readonly content: { readonly text: string } | { readonly blob: string } | null;
}

/** Git objects and refs: compare-and-swap on a branch. */
export interface GitDataApi {
  /** The commit that a branch points to; null when there is no such branch. */
  branch(name: string): Promise<RemoteCommit | null>;
  /** All files below a tree. Fails with `too_large` when GitHub truncates the answer. */
  tree(tree: string): Promise<readonly TreeEntry[]>;
  blob(blob: string): Promise<Uint8Array>;
  createBlob(bytes: Uint8Array): Promise<string>;
  createTree(base: string | null, entries: readonly NewTreeEntry[]): Promise<string>;
  createCommit(message: string, tree: string, parents: readonly string[]): Promise<string>;
  /** `conflict` when it is not a fast-forward (409 or 422 from GitHub). */
  moveBranch(name: string, commit: string): Promise<'moved' | 'conflict'>;
  /**
   * Moves a branch without regard to history; `conflict` when it is no longer at `from`. Fails with `forbidden` where a rule
   * forbids that.
   */
  replaceBranch(name: string, move: { readonly from: string; readonly to: string }): Promise<'moved' | 'conflict'>;
  /** `conflict` when the branch exists. */
  createBranch(name: string, commit: string): Promise<'created' | 'conflict'>;
}

export interface RemoteIssue {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly authorId: number | null;
  readonly authorLogin: string | null;
  readonly labels: readonly string[];
}

export interface IssueEdit {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly stateReason?: 'completed' | 'reopened';
  readonly labels?: readonly string[];
}

export interface IssuesApi {
  /** Every issue with the label, open and closed, all pages, pull requests left out. */
  withLabel(label: string): Promise<readonly RemoteIssue[]>;
  get(number: number): Promise<RemoteIssue>;
  create(issue: {
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
  }): Promise<RemoteIssue>;
  update(number: number, edit: IssueEdit): Promise<RemoteIssue>;
  comment(number: number, body: string): Promise<{ readonly url: string }>;
  /** Our token's login, without a `[bot]` suffix. */
  me(): Promise<string>;
}

/** One repository on GitHub, as far as Checkrein uses it. */
export interface GitHub {
  readonly repo: string;
  readonly actions: ActionsApi;
  readonly builds: BuildsApi;
  readonly checks: ChecksApi;
  readonly contents: ContentsApi;
  readonly git: GitDataApi;
  readonly issues: IssuesApi;
  readonly items: ItemsApi;
  readonly control: ControlApi;
  readonly people: PeopleApi;
  readonly pulls: PullsApi;
  readonly pullReviews: PullReviewsApi;
  readonly review: ReviewApi;
  readonly rollback: RollbackApi;
  readonly variables: VariablesApi;
  readonly glances: GlanceApi;
  usage(): ApiUsage;
}
