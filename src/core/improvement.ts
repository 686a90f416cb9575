import type { PullMark } from './pull.ts';
import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** What a change is meant to achieve, according to a block in its pull request or a lead's comment. */
export interface Hypothesis {
  /** A metric of the catalogue, or one that was recorded. */
  readonly metric: string;
  readonly direction: 'down' | 'up';
  /** The least share by which it should change: 0.2 for 20 %; null = any change that counts. */
  readonly by: number | null;
  /** How long after the change it is observed. */
  readonly within: Duration;
  /** Metrics that must not get worse, in addition to those of the configuration. */
  readonly guardrails: readonly string[];
  /** The agent whose sessions are considered; null = all agents. */
  readonly agent: string | null;
}

/** The result of looking at a change. */
export type Verdict = 'better' | 'neutral' | 'worse' | 'insufficient data';

/** How two stretches of time were compared. */
export type Method = 'ranks' | 'shares';

/** One side of a comparison. */
export interface ComparedSide {
  readonly days: number;
  /** Number of sessions, or of days for a daily metric. */
  readonly values: number;
  /** The median of the values, or the share; null if there are none. */
  readonly middle: number | null;
}

/** One metric before and after a change. */
export interface Comparison {
  readonly metric: string;
  readonly role: 'target' | 'guardrail';
  readonly method: Method;
  /** Which direction is good. */
  readonly good: 'down' | 'up';
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** Whether `change` is relative (0.2 = 20 % more) or an amount in the unit of the metric. */
  readonly scale: 'share' | 'amount';
  /** Positive = more than before; null if it cannot be told. */
  readonly change: number | null;
  /** The interval around it at the level this look may spend; null = open on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, raised for the number of metrics tested; null if too little is known. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/** The result of one look at a change. */
export interface Judgement {
  /** Counted from 1. */
  readonly look: number;
  readonly of: number;
  /** The share of false verdicts allowed for this look. */
  readonly alpha: number;
  /** The stretch before the change, which ends where the change begins, and the one after it. */
  readonly before: { readonly from: Instant; readonly to: Instant };
  readonly after: { readonly from: Instant; readonly to: Instant };
  readonly verdict: Verdict;
  readonly comparisons: readonly Comparison[];
  /**
   * The usual range of the target, or else of the first guardrail, before the change. Recovery and holding are measured against it.
   */
  readonly usual: UsualRange | null;
  /** Other changes that came into force in the same stretch, so this one may not be the cause. */
  readonly overlaps: readonly number[];
  /** US dollars saved per day (negative when more is spent); null if cost is not part of the question. */
  readonly savedUsdPerDay: number | null;
}

/** The range of a metric before a change. */
export interface UsualRange {
  readonly metric: string;
  readonly agent: string | null;
  readonly good: 'down' | 'up';
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Who asked for something: a person or a verdict. */
export type Asker = { readonly kind: 'person'; readonly actor: Actor } | { readonly kind: 'verdict' };

/** A pull request that reverts a change, as it was opened. */
export interface Rollback {
  /** The change that it reverts. */
  readonly pull: number;
  /** Number of the pull request that reverts it. */
  readonly revert: number;
  /** Null if somebody opened it without us. */
  readonly url: string | null;
  readonly by: Asker;
  /** How it was made: by GitHub's own revert, or by us from git objects. */
  readonly way: 'github' | 'git';
  /** When it was requested. */
  readonly askedAt: Instant;
  /** The merge that it reverts. */
  readonly commit: string;
}

/**
 * What a person decided about one head of a pull request, or about a proposal of ours. Valid once, for exactly these parameters.
 */
export interface Decision {
  /** `pull:12` or `rollback:12@1`. */
  readonly proposal: string;
  readonly pull: number;
  /** The commit it is valid for: the head, or the merge to be reverted. */
  readonly commit: string;
  readonly verdict: 'approved' | 'rejected';
  readonly by: Actor;
  readonly comment: number;
  readonly at: Instant;
  /** An approval is valid until then; null for a rejection. */
  readonly expiresAt: Instant | null;
  /** In keepable form; null if none was given. */
  readonly why: string | null;
}

/** Something that we propose but do not do ourselves. */
export interface Proposal {
  /** `rollback:12@1`: what, for which pull request, and the number of the look that led to it. */
  readonly id: string;
  readonly pull: number;
  readonly commit: string;
  readonly madeAt: Instant;
  readonly expiresAt: Instant;
}

/** How far a change has got. */
export type Stage =
  | 'proposed'
  | 'validated'
  /** In force and being observed. */
  | 'deployed'
  | Verdict
  /** A win that still held when it was looked at again. */
  | 'kept'
  /** A win that no longer holds. */
  | 'expired'
  | 'rolled_back'
  /** Closed without a merge. */
  | 'dropped';

/** What the ledger knows about a change besides its pull request. */
export interface CaseRecord {
  readonly pull: number;
  readonly hypothesis: Hypothesis | null;
  /** Login of the lead who said so; `block` for the pull request's own words; null if nobody did. */
  readonly saidBy: string | null;
  readonly problem: string | null;
  /** The head that passed checks and review. */
  readonly validated: { readonly head: string; readonly at: Instant } | null;
  readonly deployed: { readonly at: Instant; readonly commit: string | null } | null;
  /** Oldest first. */
  readonly judgements: readonly (Judgement & { readonly at: Instant })[];
  readonly held: { readonly at: Instant; readonly holds: boolean } | null;
  readonly rollback: CaseRollback | null;
  /** The last time that we could not make a rollback, and why; null if never. */
  readonly refusedRollback: { readonly at: Instant; readonly why: string } | null;
}

/** The progress of a rollback. */
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

/** A change with its pull request and how far it has got. */
export interface ImprovementCase extends CaseRecord {
  /** Null if the pull request is no longer known. */
  readonly mark: PullMark | null;
  readonly stage: Stage;
  /** Login of the lead who decided to keep it although it made something worse. */
  readonly keptBy: string | null;
}

/** The changes in the ledger. */
export interface ImprovementFacts {
  /** By number of the pull request. */
  readonly cases: readonly ImprovementCase[];
  /** Whether pull requests were ever read. Only then does an empty list prove that there are none. */
  readonly seen: boolean;
}
