import type { EscalationLevel, RemedyKind, RerunKind } from './notice-terms.ts';
import type { Actor } from './run.ts';
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
   * `day_full`: often enough today. `no_hand`: an earlier version that could not do it. `done`: it holds from then on.
   * `planned`: the runs named are to be run again. `rejected`: a person said no.
   */
  readonly verdict:
    | 'would_have'
    | 'awaits_approval'
    | 'cooling'
    | 'day_full'
    | 'no_hand'
    | 'done'
    | 'planned'
    | 'rejected';
  /** When it ends by itself, or would have; left out where it does not. */
  readonly until?: Instant;
  /** Agents that it is about; empty when it is about none. */
  readonly agents: readonly string[];
  /** What is to be run again; left out where nothing is. */
  readonly runs?: readonly RemedyRun[];
}

/** An attempt of a run that ended badly, for which another one is to be made. */
export interface RemedyRun {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
}

/** What a lead said to what an alert asks for. Good for that episode alone, once. */
export interface RemedyAnswer {
  readonly fingerprint: string;
  readonly episode: number;
  readonly do: RemedyRecord['do'];
  readonly verdict: 'approved' | 'rejected';
  readonly by: Actor;
  readonly comment: number;
  readonly at: Instant;
  /** An approval is good until then; null for a rejection. */
  readonly expiresAt: Instant | null;
  /** As it may be kept; null where none was given. */
  readonly why: string | null;
}

/** How far the re-run of one attempt has come. */
export interface RemedyRerun extends RemedyRun {
  readonly fingerprint: string;
  readonly episode: number;
  readonly do: RerunKind;
  /**
   * `asked`: GitHub took it, or the next attempt was there already. `refused`: GitHub never will. `worked` and `failed`: how the next
   * attempt ended. `unknown`: it ended otherwise, as by a cancel, or nobody saw its end.
   */
  readonly state: 'asked' | 'refused' | 'worked' | 'failed' | 'unknown';
  /** One line of why it was refused; null for all else. */
  readonly why: string | null;
}
