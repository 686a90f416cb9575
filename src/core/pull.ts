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
  /** How it stands with people; left out where nobody looked. */
  readonly standing?: PullStanding;
}

/** How a pull request stands with the people who are to look at it. */
export interface PullStanding {
  readonly verdict: Authorship['verdict'];
  /** When it first asked to be looked at: when it was opened, or left its draft; null for one that never did. */
  readonly readyAt: Instant | null;
  /** Who is asked for a review now. Who was asked before and has given one is no longer. */
  readonly asked: readonly Asked[];
  readonly closedBy: Actor | null;
  /** As that of an `ItemMark`. */
  readonly titleHash: string;
}

/** A person or a team that is asked for a review. */
export interface Asked {
  /** Null for a team. */
  readonly id: number | null;
  /** A login, or `@org/team`. */
  readonly name: string;
}

/** A pull request as the ledger has come to know it. */
export interface PullRecord extends PullMark {
  /** When we first saw it at its head; the moment of its own for the first one. */
  readonly headSince: Instant;
}

/** Pull requests of agents and those that take them back, with the reviews of people. */
export interface PullFacts {
  /** By number, oldest first: what is open, and what was made in the last 100 days. */
  readonly pulls: readonly PullRecord[];
  /** Of these, by moment, oldest first. */
  readonly reviews: readonly ReviewMark[];
  /** From then on all are known; of what ended before, some may be missing. */
  readonly since: Instant;
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
