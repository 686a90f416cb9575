import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** How sure it is that an agent made a pull request: `agent` only with strong signals, `maybe` with weak ones. */
export interface Authorship {
  readonly verdict: 'agent' | 'maybe' | 'person';
  /** 0 to 100. */
  readonly score: number;
  /** Name of the agent in the ledger; null if it cannot be told. */
  readonly agent: string | null;
  /** The run that made it; null if it cannot be told. */
  readonly run: number | null;
  /** The weightiest first: `opened by the app claude`. */
  readonly reasons: readonly string[];
}

/** The state of an agent's pull request, as GitHub's API last reported it. */
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
  /** Null until it is merged. */
  readonly mergeCommit: string | null;
  readonly mergedBy: Actor | null;
  /** The pull request that this one reverts; null for any other. */
  readonly reverts: number | null;
  /** Where it stands with reviewers; left out if nobody looked. */
  readonly standing?: PullStanding;
}

/** Where a pull request stands with the people who are to review it. */
export interface PullStanding {
  readonly verdict: Authorship['verdict'];
  /** When it first became ready for review: when it was opened or left draft; null if it never did. */
  readonly readyAt: Instant | null;
  /** Who is currently asked for a review. A reviewer who has given one is no longer listed. */
  readonly asked: readonly Asked[];
  readonly closedBy: Actor | null;
  /** As in `ItemMark`. */
  readonly titleHash: string;
}

/** A person or a team asked for a review. */
export interface Asked {
  /** Null for a team. */
  readonly id: number | null;
  /** A login, or `@org/team`. */
  readonly name: string;
}

/** A pull request as the ledger knows it. */
export interface PullRecord extends PullMark {
  /** When we first saw it at its current head; for the first head, when it was opened. */
  readonly headSince: Instant;
}

/** Pull requests of agents, the ones that revert them, and reviews by people. */
export interface PullFacts {
  /** By number, oldest first: open ones, and those made in the last 100 days. */
  readonly pulls: readonly PullRecord[];
  /** Reviews of these, by moment, oldest first. */
  readonly reviews: readonly ReviewMark[];
  /** From then on, all are known. Some that ended before may be missing. */
  readonly since: Instant;
}

/** A review by a person, as reported by the API. Words in a comment do not count. */
export interface ReviewMark {
  readonly pull: number;
  readonly id: number;
  readonly by: Actor;
  readonly verdict: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  /** The commit that was reviewed; null if GitHub does not say. */
  readonly head: string | null;
  readonly at: Instant;
}
