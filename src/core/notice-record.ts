import type { EscalationLevel, RemedyKind } from './notice-terms.ts';
import type { Instant } from './time.ts';

/** Why a message is not tried any more. */
export interface NoticeEnd {
  readonly key: string;
  /**
   * `refused`: the receiver will never take it. `given_up`: it was tried too often or for too long. `overtaken`: what it told of was
   * over before it was ever tried.
   */
  readonly because: 'refused' | 'given_up' | 'overtaken';
  /** One line, free of secrets; null for one that was overtaken. */
  readonly error: string | null;
  /** It may have arrived all the same. */
  readonly unsure: boolean;
}

/** The first step of an escalation. */
export interface EscalationBegin {
  readonly fingerprint: string;
  readonly episode: number;
  readonly level: 0;
  /** When the next level is due; null when this is the last one. */
  readonly nextAt: Instant | null;
  /** The policy of this episode; later changes of the configuration do not touch it. */
  readonly levels: readonly EscalationLevel[];
  /** Hash of the levels. */
  readonly policy: string;
}

/** A further step of an escalation. */
export interface EscalationStep {
  readonly fingerprint: string;
  readonly episode: number;
  /** At least 1. */
  readonly level: number;
  readonly nextAt: Instant | null;
  /** `time`: nobody looked in time. `remedy_failed`: what was to be done by itself did not work. */
  readonly because: 'time' | 'remedy_failed';
}

/** What an alert asked to be done by itself. */
export interface RemedyRecord {
  readonly fingerprint: string;
  readonly episode: number;
  /** Name of the rule. */
  readonly name: string;
  readonly do: Exclude<RemedyKind, 'none'>;
  /**
   * `would_have`: shadow mode. `awaits_approval`: a person must say yes first. `cooling`: too soon after the last one.
   * `day_full`: often enough today. `no_hand`: this version cannot do it, so it is recorded only. `done`: it holds from then on.
   */
  readonly verdict: 'would_have' | 'awaits_approval' | 'cooling' | 'day_full' | 'no_hand' | 'done';
  /** When it ends by itself, or would have; left out where it does not. */
  readonly until?: Instant;
  /** Agents that it is about; empty when it is about none. */
  readonly agents: readonly string[];
}
