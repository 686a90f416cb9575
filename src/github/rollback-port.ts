import type { Actor } from '../core/run.ts';
import type { PathEntry } from './review-port.ts';

/** What a decision about a pull request needs to know. Its title is a stranger's. */
export interface PullToDecide {
  readonly number: number;
  /** GraphQL id. */
  readonly node: string;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly author: Actor | null;
  /** Logins of the assignees: the person who asked Copilot for it is among them. */
  readonly assignees: readonly string[];
  readonly head: string;
  readonly base: string;
  readonly commits: number;
  /** Null while it is not merged. */
  readonly mergeCommit: string | null;
}

/** A pull request that was opened. */
export interface OpenedPull {
  readonly number: number;
  readonly url: string;
}

/** The combined result of a head's checks and statuses; `none` if there are none. */
export type Checks = 'passed' | 'failed' | 'pending' | 'none';

/** A change of a tree with its mode; null removes the file. */
export interface TreeEdit {
  readonly path: string;
  readonly entry: PathEntry | null;
}

/** Takes merged pull requests back, and reads what must be known first. Nothing here merges anything. */
export interface RollbackApi {
  /** Null when there is no such pull request. */
  pull(number: number): Promise<PullToDecide | null>;
  checks(number: number): Promise<Checks>;
  /** GitHub's own revert, as a draft. Fails with `invalid` if it would cause a conflict. */
  revert(node: string, text: { readonly title: string; readonly body: string }): Promise<OpenedPull>;
  commit(commit: string): Promise<{ readonly tree: string; readonly parents: readonly string[] }>;
  tree(base: string, edits: readonly TreeEdit[]): Promise<string>;
  /** Opens a draft. */
  draft(of: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<OpenedPull>;
}
