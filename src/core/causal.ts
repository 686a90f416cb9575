import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** A comment under an issue or a pull request, without any of its words. */
export interface CommentMark {
  readonly id: number;
  /** Number of the issue or pull request that it stands under. */
  readonly item: number;
  /** The account that wrote it, as the API says it; null for a person, of whom nothing is kept, and for an account that is gone. */
  readonly bot: Actor | null;
  /** Slug of the app that wrote it; null where the API names none. */
  readonly app: string | null;
  readonly at: Instant;
  /** The run of this repository whose page it links to. Its author wrote that: a claim, no fact. */
  readonly claims: number | null;
}

/**
 * What wrote something, which tells what can come of it: what a job does with its own `GITHUB_TOKEN` starts no workflow but by a
 * dispatch, what an app or a person's token does starts all of them.
 */
export type TokenKind = 'job' | 'app' | 'person' | 'unknown';

/** What can start a run, as GitHub sees it. `end` is the end of another run. */
export type DeedKind = 'comment' | 'review' | 'item' | 'push' | 'dispatch' | 'end' | 'other';

/** What a bot or an app did that set off the run that asks, as the event of the run tells it. */
export interface SetOff {
  /** The trigger of the run. */
  readonly trigger: string;
  /** When it was done. */
  readonly at: Instant;
  /** The account that it was done as: a bot's, or a person's where an app acts in their name. */
  readonly bot: Actor;
  /** Slug of the app that did it; null where the event names none. */
  readonly app: string | null;
  /** Number of the issue or pull request that it is about; null where it is about none. */
  readonly item: number | null;
  /** Id of the comment; null where it was none. */
  readonly comment: number | null;
  /** The run of this repository that the comment links to. Its author wrote that: a claim, no fact. */
  readonly claims: number | null;
}

/** Which run of an agent did what set off another one. */
export type Parentage =
  /** None: nobody's agent was at work, or nothing but a person or the clock set it off. */
  | { readonly kind: 'none' }
  /** GitHub says it. */
  | { readonly kind: 'known' }
  | { readonly kind: 'likely'; readonly run: number; readonly by: string; readonly because: string }
  /** One of several, and nobody can tell which. */
  | { readonly kind: 'unknown'; readonly by: string; readonly candidates: readonly number[] };

/** Where a chain can begin or go on: a run, or what was done in between. */
export type CausalNode = RunNode | DeedNode;

export interface RunNode {
  readonly kind: 'run';
  /** `run 8123`. */
  readonly key: string;
  readonly run: number;
  readonly agent: string;
  readonly at: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
}

export interface DeedNode {
  readonly kind: DeedKind;
  readonly key: string;
  readonly at: Instant;
  /** Number of the account that did it; null where it is not known. */
  readonly by: number | null;
  /** Its login; null where it is not known. */
  readonly login: string | null;
  readonly token: TokenKind;
  /** The issue or pull request that it is about; null where that is not known. */
  readonly item: number | null;
  /** True where GitHub lists it; false where it is concluded from the run that it started. */
  readonly seen: boolean;
}

/** That one led to the other. `sure`: GitHub says it, or leaves no other. `likely`: concluded from who did it and when. */
export interface CausalEdge {
  readonly from: string;
  readonly to: string;
  readonly certainty: 'sure' | 'likely';
  /** Why it is thought so, in a few words of ours. */
  readonly because: string;
}

/** One step of a chain: the run before did this, and it set off the next run. */
export interface Link {
  readonly parent: RunNode;
  readonly deed: DeedNode;
  readonly child: RunNode;
  readonly certainty: CausalEdge['certainty'];
  /** How long the run before had been over when it was done; 0 while it went on. The longer, the more may others have done it. */
  readonly idle: Duration;
  /** True where a person has joined in between the start of the run before and the deed. */
  readonly joined: boolean;
}

/** What led to what, as far as it is known. */
export interface CausalGraph {
  /** The newest runs that something has set off, with that and with those that did it. */
  readonly nodes: readonly CausalNode[];
  readonly edges: readonly CausalEdge[];
  /** The link that led to a run, by the number of the run; absent for those that a person, the clock or nobody known has started. */
  readonly links: ReadonlyMap<number, Link>;
  /** Runs that were left out because there were too many. */
  readonly left: number;
}
