import type { PullMark } from './pull.ts';
import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** What a change is meant to bring about, in the words of a block in its pull request or of a lead's comment. */
export interface Hypothesis {
  /** A metric of the catalogue, or one that was recorded. */
  readonly metric: string;
  readonly direction: 'down' | 'up';
  /** The least share by which it should change: 0.2 for 20 %; null = any change that counts. */
  readonly by: number | null;
  /** How long after the change it is looked at. */
  readonly within: Duration;
  /** Metrics that must not get worse, beside those of the configuration. */
  readonly guardrails: readonly string[];
  /** Whose sessions are looked at; null = those of all agents. */
  readonly agent: string | null;
}

/** What is said of a change when it was looked at. */
export type Verdict = 'better' | 'neutral' | 'worse' | 'insufficient data';

/** How two stretches of time were compared. */
export type Method = 'ranks' | 'shares';

/** What one side of a comparison holds. */
export interface ComparedSide {
  readonly days: number;
  /** Sessions, or days where the metric is one of days. */
  readonly values: number;
  /** The median of the values, or the share; null where there are none. */
  readonly middle: number | null;
}

/** One metric before and after a change. */
export interface Comparison {
  readonly metric: string;
  readonly role: 'target' | 'guardrail';
  readonly method: Method;
  /** Which way is good. */
  readonly good: 'down' | 'up';
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** Whether `change` is a share of what it was (0.2 = 20 % more) or an amount in the unit of the metric. */
  readonly scale: 'share' | 'amount';
  /** Positive = more than before; null where it cannot be told. */
  readonly change: number | null;
  /** The interval around it at the level that this look may spend; null = without an end on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, raised for the number of metrics that were asked; null where too little is known. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/** What a look at a change came to. */
export interface Judgement {
  /** Counted from 1. */
  readonly look: number;
  readonly of: number;
  /** The share of false verdicts that this look may bring. */
  readonly alpha: number;
  /** The stretch before the change, from its first moment up to the change, and the one after it. */
  readonly before: { readonly from: Instant; readonly to: Instant };
  readonly after: { readonly from: Instant; readonly to: Instant };
  readonly verdict: Verdict;
  readonly comparisons: readonly Comparison[];
  /** Between which values the target, or else the first guardrail, lay before: what recovery and holding are held against. */
  readonly usual: UsualRange | null;
  /** Other changes that came into force in the same stretch, so that this one may not be the cause. */
  readonly overlaps: readonly number[];
  /** US dollars a day that are spent less (more when negative); null where cost is not part of the question. */
  readonly savedUsdPerDay: number | null;
}

/** Where a metric lay before a change. */
export interface UsualRange {
  readonly metric: string;
  readonly agent: string | null;
  readonly good: 'down' | 'up';
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Who asked for something: a person, or a verdict. */
export type Asker = { readonly kind: 'person'; readonly actor: Actor } | { readonly kind: 'verdict' };

/** A pull request that takes a change back, as it was opened. */
export interface Rollback {
  /** The change that it takes back. */
  readonly pull: number;
  /** Number of the pull request that takes it back. */
  readonly revert: number;
  /** Null where somebody opened it without us. */
  readonly url: string | null;
  readonly by: Asker;
  /** By what it was made: GitHub's own revert, or by us out of git objects. */
  readonly way: 'github' | 'git';
  /** When it was asked for. */
  readonly askedAt: Instant;
  /** The merge that it takes back. */
  readonly commit: string;
}

/** What a person decided about one head of a pull request, or about a proposal of ours. Good for these parameters alone, once. */
export interface Decision {
  /** `pull:12` or `rollback:12@1`. */
  readonly proposal: string;
  readonly pull: number;
  /** The commit that it is good for: the head, or the merge that is taken back. */
  readonly commit: string;
  readonly verdict: 'approved' | 'rejected';
  readonly by: Actor;
  readonly comment: number;
  readonly at: Instant;
  /** An approval is good until then; null for a rejection. */
  readonly expiresAt: Instant | null;
  /** As it may be kept; null where none was given. */
  readonly why: string | null;
}

/** Something that we propose to do and do not do by ourselves. */
export interface Proposal {
  /** `rollback:12@1`: what, of which pull request, and the number of the look that led to it. */
  readonly id: string;
  readonly pull: number;
  readonly commit: string;
  readonly madeAt: Instant;
  readonly expiresAt: Instant;
}

/** How far a change has come. */
export type Stage =
  | 'proposed'
  | 'validated'
  /** In force, and looked at. */
  | 'deployed'
  | Verdict
  /** A win that held when it was looked at again. */
  | 'kept'
  /** A win that is gone. */
  | 'expired'
  | 'rolled_back'
  /** Closed without a merge. */
  | 'dropped';

/** What the ledger knows of a change beside its pull request. */
export interface CaseRecord {
  readonly pull: number;
  readonly hypothesis: Hypothesis | null;
  /** Login of the lead who said so; `block` for the pull request's own words, null where nobody did. */
  readonly saidBy: string | null;
  readonly problem: string | null;
  /** The head that passed checks and review. */
  readonly validated: { readonly head: string; readonly at: Instant } | null;
  readonly deployed: { readonly at: Instant; readonly commit: string | null } | null;
  /** Oldest first. */
  readonly judgements: readonly (Judgement & { readonly at: Instant })[];
  readonly held: { readonly at: Instant; readonly holds: boolean } | null;
  readonly rollback: CaseRollback | null;
  /** When a rollback of our own could not be made last, and why. */
  readonly refusedRollback: { readonly at: Instant; readonly why: string } | null;
}

/** How the rollback of a change fares. */
export interface CaseRollback extends Rollback {
  readonly mergedAt: Instant | null;
  readonly ended: null | {
    readonly at: Instant;
    readonly outcome: RollbackOutcome;
    readonly took: Duration | null;
  };
}

/** `closed`: its pull request was closed without a merge. */
export type RollbackOutcome = 'recovered' | 'not_recovered' | 'closed';

/** A change with its pull request and how far it has come. */
export interface ImprovementCase extends CaseRecord {
  /** Null where the pull request is not known any more. */
  readonly mark: PullMark | null;
  readonly stage: Stage;
  /** Login of the lead who decided that it stays although it made something worse. */
  readonly keptBy: string | null;
}

/** The changes that the ledger knows of. */
export interface ImprovementFacts {
  /** By number of the pull request. */
  readonly cases: readonly ImprovementCase[];
  /** Whether pull requests were ever read, so that none is proof of none. */
  readonly seen: boolean;
}
