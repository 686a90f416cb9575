import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** How sure it is that an agent made a pull request: only `agent` by strong signals, `maybe` by weak ones. */
export interface Authorship {
  readonly verdict: 'agent' | 'maybe' | 'person';
  /** 0 to 100. */
  readonly score: number;
  /** Name of the agent as the ledger knows it; null where it cannot be told. */
  readonly agent: string | null;
  /** The run that made it; null where it cannot be told. */
  readonly run: number | null;
  /** The weightiest first: `opened by the app claude`. */
  readonly reasons: readonly string[];
}

/** How far a pull request of an agent has come, as GitHub's API said it last. */
export interface PullMark {
  readonly number: number;
  readonly agent: string | null;
  readonly author: Actor | null;
  readonly run: number | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  readonly closedAt: Instant | null;
  readonly mergedAt: Instant | null;
  /** Null while it is not merged. */
  readonly mergeCommit: string | null;
  readonly mergedBy: Actor | null;
  /** The pull request that this one takes back; null for any other. */
  readonly reverts: number | null;
}

/** A review by a person, as the API says it; words of a comment are none. */
export interface ReviewMark {
  readonly pull: number;
  readonly id: number;
  readonly by: Actor;
  readonly verdict: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  /** The commit that was looked at; null where GitHub does not say. */
  readonly head: string | null;
  readonly at: Instant;
}
