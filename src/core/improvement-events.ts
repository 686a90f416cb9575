import type { Decision, Hypothesis, Judgement, Proposal, Rollback, RollbackOutcome } from './improvement.ts';
import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** Changes made by agents and what became of their promises. Each case is identified by its pull request number. */
export interface ImprovementEvents {
  /** What it promises. Replaces earlier promises until the change is in force. */
  'improvement.proposed': {
    readonly pull: number;
    /** Null for one that promises nothing. */
    readonly hypothesis: Hypothesis | null;
    /** Who made the promise: the block in the pull request, written by its author, or a lead. */
    readonly by: { readonly kind: 'block' } | { readonly kind: 'lead'; readonly actor: Actor };
    /** The head at that time; null if a lead said it. */
    readonly head: string | null;
    /** What is wrong with its block, in our words; null if nothing is. */
    readonly problem: string | null;
  };
  /** Checks and review have passed on this head. */
  'improvement.validated': { readonly pull: number; readonly head: string };
  /** It has come into force. */
  'improvement.deployed': {
    readonly pull: number;
    readonly commit: string | null;
    readonly how: 'merged' | 'deployment';
  };
  'improvement.judged': { readonly pull: number; readonly judgement: Judgement };
  /** A win was looked at again. */
  'improvement.held': {
    readonly pull: number;
    readonly holds: boolean;
    /** The current value of the metric. */
    readonly value: number;
    readonly values: number;
  };
  'rollback.opened': { readonly rollback: Rollback };
  /** A rollback that we would have opened ourselves cannot be made. The reason is in our words. */
  'rollback.refused': { readonly pull: number; readonly why: string };
  /** The pull request that reverts it was merged. */
  'rollback.merged': { readonly pull: number; readonly revert: number };
  /** The metric recovered, failed to recover in time, or nobody wanted the rollback. */
  'rollback.ended': {
    readonly pull: number;
    readonly outcome: RollbackOutcome;
    /** Measured from the request for the rollback; null if it has not recovered. */
    readonly took: Duration | null;
    readonly value: number | null;
  };
  'proposal.made': { readonly proposal: Proposal };
  'proposal.decided': { readonly decision: Decision };
  /** An approval that expired before it was used. */
  'proposal.expired': {
    readonly proposal: string;
    readonly pull: number;
    readonly commit: string;
    readonly since: Instant;
  };
}

/** All kinds of these events. */
export const IMPROVEMENT_EVENTS: Readonly<Record<keyof ImprovementEvents, true>> = {
  'improvement.proposed': true,
  'improvement.validated': true,
  'improvement.deployed': true,
  'improvement.judged': true,
  'improvement.held': true,
  'rollback.opened': true,
  'rollback.refused': true,
  'rollback.merged': true,
  'rollback.ended': true,
  'proposal.made': true,
  'proposal.decided': true,
  'proposal.expired': true,
};
