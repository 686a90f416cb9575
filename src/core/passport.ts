import type { Money } from './money.ts';
import type { Authorship } from './pull.ts';
import type { Instant } from './time.ts';

/** How much can go wrong when a change is merged unread, the least first. */
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];

/** Negative, zero or positive as `a` is less of a risk than `b`, as much or more. */
export function compareRisk(a: Risk, b: Risk): number {
  return RISKS.indexOf(a) - RISKS.indexOf(b);
}

/** One file of a change, as GitHub tells it. Hostile data: paths and lines are an agent's. */
export interface ChangedFile {
  readonly path: string;
  /** Its path before; null where it was not renamed or copied. */
  readonly from: string | null;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  readonly additions: number;
  readonly deletions: number;
  /** Blob id after the change. */
  readonly blob: string | null;
  /** Mode of the tree entry (`100644`, `120000` for a symlink); null where it is not known. */
  readonly mode: string | null;
  /** Unified hunks; null where GitHub gives none: for binary files and for large ones. */
  readonly patch: string | null;
}

/** What a pull request changes. */
export interface Change {
  readonly files: readonly ChangedFile[];
  /** False when files or hunks are missing that could not be read: nothing is then known to be absent. */
  readonly whole: boolean;
}

/** One thing that a reviewer should know. */
export interface ReviewFinding {
  /** The check that found it: `scope-path`, `control-plane`, …, or `opinion`. */
  readonly check: string;
  readonly risk: Risk;
  readonly path: string | null;
  /** In the file after the change, before it for lines taken away; null for the file as a whole. */
  readonly line: number | null;
  /** One plain sentence of ours; names from outside stand in it as they may be kept. */
  readonly reason: string;
  readonly by: 'floor' | 'opinion';
  /** By which people accept or dismiss it: `O1`. Only findings of a model have one. */
  readonly id?: string;
}

/** How an agent's earlier pull requests fared; null = not known. */
export interface TrackRecord {
  readonly merged: number;
  readonly closed: number;
  readonly reverted: number;
  readonly costPerMerged: Money;
  readonly reviewRounds: number | null;
}

/** What a reviewer gets to know of one head of one pull request. */
export interface Passport {
  readonly pull: number;
  readonly head: string;
  /** Name of the branch that it goes to, as it may be kept; what was found is good for no other one. */
  readonly baseRef: string;
  /** The commit where it parted from that branch; null where that could not be read. */
  readonly mergeBase: string | null;
  /** Since when it goes to that branch, as far as is known, in whole seconds. What was approved before counts for nothing. */
  readonly baseSince: Instant;
  readonly at: Instant;
  readonly authorship: Authorship;
  /** The worst of all findings; what could not be read is `high` at least. */
  readonly risk: Risk;
  /** The weightiest first. */
  readonly findings: readonly ReviewFinding[];
  /** What could not be read, in our words. */
  readonly unread: readonly string[];
  /** Of the sessions that made it. */
  readonly cost: Money;
  readonly models: readonly string[];
  /** Versions of the files that told the agent what to do, as they were where the change began; left out where there are none. */
  readonly instructions?: readonly { readonly path: string; readonly blob: string }[];
  readonly record: TrackRecord | null;
  /** Paths to look at first, the weightiest first, at most 5. */
  readonly lookFirst: readonly string[];
}
