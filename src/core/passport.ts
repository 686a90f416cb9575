import type { Money } from './money.ts';
import type { Authorship } from './pull.ts';
import type { Instant } from './time.ts';

/** How much can go wrong if a change is merged unread, the least first. */
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];

/** Negative, zero or positive if `a` is less of a risk than `b`, the same or more. */
export function compareRisk(a: Risk, b: Risk): number {
  return RISKS.indexOf(a) - RISKS.indexOf(b);
}

/** One file of a change, as GitHub reports it. Hostile data: an agent controls paths and lines. */
export interface ChangedFile {
  readonly path: string;
  /** Its previous path; null if it was not renamed or copied. */
  readonly from: string | null;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  readonly additions: number;
  readonly deletions: number;
  /** Blob id after the change. */
  readonly blob: string | null;
  /** Mode of the tree entry (`100644`, `120000` for a symlink); null if not known. */
  readonly mode: string | null;
  /** Unified hunks; null if GitHub gives none, as for binary and large files. */
  readonly patch: string | null;
}

/** What a pull request changes. */
export interface Change {
  readonly files: readonly ChangedFile[];
  /** False if some files or hunks could not be read. Then nothing is known to be absent. */
  readonly whole: boolean;
}

/** One thing that a reviewer should know. */
export interface ReviewFinding {
  /** The check that found it: `scope-path`, `control-plane`, …, or `opinion`. */
  readonly check: string;
  readonly risk: Risk;
  readonly path: string | null;
  /** Line in the file after the change, or before it for removed lines; null for the file as a whole. */
  readonly line: number | null;
  /** One plain sentence of ours. Names from outside appear in keepable form. */
  readonly reason: string;
  readonly by: 'floor' | 'opinion';
  /** The name people use to accept or dismiss it: `O1`. Only findings of a model have one. */
  readonly id?: string;
}

/** How an agent's earlier pull requests turned out; null = not known. */
export interface TrackRecord {
  readonly merged: number;
  readonly closed: number;
  readonly reverted: number;
  readonly costPerMerged: Money;
  readonly reviewRounds: number | null;
}

/** What a reviewer is shown about one head of one pull request. */
export interface Passport {
  readonly pull: number;
  readonly head: string;
  /** Name of the target branch, in keepable form. The findings are valid for no other branch. */
  readonly baseRef: string;
  /** The commit where it branched off; null if that could not be read. */
  readonly mergeBase: string | null;
  /** Since when it has targeted that branch, as far as known, in whole seconds. Approvals before that do not count. */
  readonly baseSince: Instant;
  readonly at: Instant;
  readonly authorship: Authorship;
  /** The worst of all findings. Anything that could not be read counts as at least `high`. */
  readonly risk: Risk;
  /** The weightiest first. */
  readonly findings: readonly ReviewFinding[];
  /** What could not be read, in our words. */
  readonly unread: readonly string[];
  /** Of the sessions that made it. */
  readonly cost: Money;
  readonly models: readonly string[];
  /** Versions of the files that instructed the agent, as they were where the change began; left out if there are none. */
  readonly instructions?: readonly { readonly path: string; readonly blob: string }[];
  readonly record: TrackRecord | null;
  /** Paths to look at first, the weightiest first, at most 5. */
  readonly lookFirst: readonly string[];
}
