import type { Actor, RunConclusion, RunStatus } from '../core/run.ts';
import type { Instant } from '../core/time.ts';

/** What has been asked of GitHub so far, and what it lets us ask still. */
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
}

export interface RemoteJob {
  readonly name: string;
  readonly status: RunStatus;
  readonly conclusion: RunConclusion | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  /** False for a job that was skipped, or cancelled before one of its steps began. */
  readonly began: boolean;
}

export interface RemoteArtifact {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** `sha256:` and the hash of its zip; null for artifacts of an age before digests. */
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

export interface Page<T> {
  readonly items: readonly T[];
  /** Total that GitHub claims to have; filtered run lists end at 1,000 whatever it says. */
  readonly total: number;
  /** Decided by the Link header alone: an empty page may have a next one. */
  readonly hasNext: boolean;
}

export interface RunQuery {
  readonly workflowId?: number;
  /** Filters on creation, both ends inclusive. */
  readonly createdFrom?: Instant;
  readonly createdTo?: Instant;
  readonly page: number;
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
  /** Fails with `too_large` as soon as more than `maxBytes` have come, with `gone` when expired. */
  artifactZip(id: number, maxBytes: number): Promise<Uint8Array>;
}

/** Reads files of the default branch. */
export interface ContentsApi {
  /** The files directly in a folder; empty when there is no such folder. */
  folder(path: string): Promise<readonly RemoteFile[]>;
  /** Null when there is no such file. */
  file(path: string): Promise<Uint8Array | null>;
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

export interface NewTreeEntry {
  readonly path: string;
  /** Text is sent inline; a blob id names content that was made before. */
  readonly content: { readonly text: string } | { readonly blob: string };
}

/** Git objects and refs: compare-and-swap on a branch. */
export interface GitDataApi {
  /** The commit that a branch points to; null when there is no such branch. */
  branch(name: string): Promise<RemoteCommit | null>;
  /** All files below a tree. Fails with `too_large` when GitHub cuts the answer. */
  tree(tree: string): Promise<readonly TreeEntry[]>;
  blob(blob: string): Promise<Uint8Array>;
  createBlob(bytes: Uint8Array): Promise<string>;
  createTree(base: string | null, entries: readonly NewTreeEntry[]): Promise<string>;
  createCommit(message: string, tree: string, parents: readonly string[]): Promise<string>;
  /** `conflict` when it is not a fast-forward (409 or 422 from GitHub). */
  moveBranch(name: string, commit: string): Promise<'moved' | 'conflict'>;
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
  /** The login that our token acts under, without a `[bot]` ending. */
  me(): Promise<string>;
}

/** One repository on GitHub, as far as Checkrein uses it. */
export interface GitHub {
  readonly repo: string;
  readonly actions: ActionsApi;
  readonly contents: ContentsApi;
  readonly git: GitDataApi;
  readonly issues: IssuesApi;
  usage(): ApiUsage;
}
