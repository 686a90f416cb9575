import type { Decision, Hypothesis, Judgement, Proposal, Rollback, RollbackOutcome } from './improvement.ts';
import type { Actor } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** Changes of agents and what became of what they promised. Each case is named by the number of its pull request. */
export interface ImprovementEvents {
  /** What it promises. Replaces what was said before, until it is in force. */
  'improvement.proposed': {
    readonly pull: number;
    /** Null for one that promises nothing. */
    readonly hypothesis: Hypothesis | null;
    /** Who said so: the block in the pull request, which its author wrote, or a lead. */
    readonly by: { readonly kind: 'block' } | { readonly kind: 'lead'; readonly actor: Actor };
    /** The head at that time; null where it is a lead's word. */
    readonly head: string | null;
    /** What is wrong with its block, in our words; null where nothing is. */
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
    /** Where the metric lies now. */
    readonly value: number;
    readonly values: number;
  };
  'rollback.opened': { readonly rollback: Rollback };
  /** A rollback that we would have opened by ourselves cannot be made; the reason is ours. */
  'rollback.refused': { readonly pull: number; readonly why: string };
  /** The pull request that takes it back was merged. */
  'rollback.merged': { readonly pull: number; readonly revert: number };
  /** The metric is back where it was, or is not although it had its time; or nobody wanted the rollback. */
  'rollback.ended': {
    readonly pull: number;
    readonly outcome: RollbackOutcome;
    /** From when the rollback was asked for; null where it has not recovered. */
    readonly took: Duration | null;
    readonly value: number | null;
  };
  'proposal.made': { readonly proposal: Proposal };
  'proposal.decided': { readonly decision: Decision };
  /** An approval whose time ran out before it was used. */
  'proposal.expired': {
    readonly proposal: string;
    readonly pull: number;
    readonly commit: string;
    readonly since: Instant;
  };
}

/** Every kind of them. */
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
