import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** A comment under an issue or a pull request, without any of its words. */
export interface CommentMark {
  readonly id: number;
  /** Number of the issue or pull request it is on. */
  readonly item: number;
  /**
   * The account that wrote it, as reported by the API. Null for a person, about whom nothing is kept, and for a deleted account.
   */
  readonly bot: Actor | null;
  /** Slug of the app that wrote it; null if the API names none. */
  readonly app: string | null;
  readonly at: Instant;
  /** The run of this repository whose page it links to. Its author wrote that, so it is a claim, not a fact. */
  readonly claims: number | null;
}

/**
 * The kind of token something was written with, which decides what it can start. What a job does with its own `GITHUB_TOKEN` starts
 * workflows only by a dispatch. What an app or a person's token does starts all of them.
 */
export type TokenKind = 'job' | 'app' | 'person' | 'unknown';

/** What can start a run, as GitHub sees it. `end` is the end of another run. */
export type DeedKind = 'comment' | 'review' | 'item' | 'push' | 'dispatch' | 'end' | 'other';

/** What a bot or an app did to trigger the current run, according to the event of the run. */
export interface SetOff {
  /** The trigger of the run. */
  readonly trigger: string;
  /** When it was done. */
  readonly at: Instant;
  /** The account it was done as: a bot's, or a person's if an app acts in their name. */
  readonly bot: Actor;
  /** Slug of the app that did it; null if the event names none. */
  readonly app: string | null;
  /** Number of the issue or pull request it is about; null if none. */
  readonly item: number | null;
  /** Id of the comment; null if it was not a comment. */
  readonly comment: number | null;
  /** The run of this repository that the comment links to. Its author wrote that, so it is a claim, not a fact. */
  readonly claims: number | null;
}

/** Which run of an agent did the thing that set off another run. */
export type Parentage =
  /** None: no agent was at work, or only a person or the clock set it off. */
  | { readonly kind: 'none' }
  /** GitHub says so. */
  | { readonly kind: 'known' }
  | { readonly kind: 'likely'; readonly run: number; readonly by: string; readonly because: string }
  /** One of several, and it cannot be told which. */
  | { readonly kind: 'unknown'; readonly by: string; readonly candidates: readonly number[] };

/** Where a chain can start or continue: a run, or something done in between. */
export type CausalNode = RunNode | DeedNode;

export interface RunNode {
  readonly kind: 'run';
  /** `run 8123`. */
  readonly key: string;
  readonly run: number;
  readonly agent: string;
  readonly at: Instant;
  /** Null while it is still running. */
  readonly endedAt: Instant | null;
}

export interface DeedNode {
  readonly kind: DeedKind;
  readonly key: string;
  readonly at: Instant;
  /** Number of the account that did it; null if not known. */
  readonly by: number | null;
  /** Its login; null if not known. */
  readonly login: string | null;
  readonly token: TokenKind;
  /** The issue or pull request it is about; null if not known. */
  readonly item: number | null;
  /** True if GitHub lists it; false if it is inferred from the run it started. */
  readonly seen: boolean;
}

/**
 * One thing led to the other. `sure`: GitHub says so, or there is no other candidate. `likely`: inferred from who did it and when.
 */
export interface CausalEdge {
  readonly from: string;
  readonly to: string;
  readonly certainty: 'sure' | 'likely';
  /** Why we think so, in a few words of our own. */
  readonly because: string;
}

/** One step of a chain: the previous run did this, and it set off the next run. */
export interface Link {
  readonly parent: RunNode;
  readonly deed: DeedNode;
  readonly child: RunNode;
  readonly certainty: CausalEdge['certainty'];
  /**
   * How long the previous run had been over when this was done; 0 while it was still running. The longer, the more likely somebody
   * else did it.
   */
  readonly idle: Duration;
  /** True if a person joined in between the start of the previous run and the deed. */
  readonly joined: boolean;
}

/** What led to what, as far as known. */
export interface CausalGraph {
  /** The newest runs that something set off, with what set them off and the runs that did it. */
  readonly nodes: readonly CausalNode[];
  readonly edges: readonly CausalEdge[];
  /** The link that led to a run, by run number. Absent for runs started by a person, the clock, or nobody known. */
  readonly links: ReadonlyMap<number, Link>;
  /** Number of runs left out because there were too many. */
  readonly left: number;
}
