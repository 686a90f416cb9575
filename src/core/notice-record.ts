import type { EscalationLevel, RemedyKind, RerunKind } from './notice-terms.ts';
import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** Why sending a message is no longer tried. */
export interface NoticeEnd {
  readonly key: string;
  /**
   * `refused`: the receiver will never take it. `given_up`: it was tried too often or for too long. `overtaken`: what it reported
   * was over before it was ever tried.
   */
  readonly because: 'refused' | 'given_up' | 'overtaken';
  /** One line, free of secrets; null if it was overtaken. */
  readonly error: string | null;
  /** It may have arrived anyway. */
  readonly unsure: boolean;
}

/** The first step of an escalation. */
export interface EscalationBegin {
  readonly fingerprint: string;
  readonly episode: number;
  readonly level: 0;
  /** When the next level is due; null if this is the last one. */
  readonly nextAt: Instant | null;
  /** The policy of this episode. Later changes of the configuration do not affect it. */
  readonly levels: readonly EscalationLevel[];
  /** Hash of the levels. */
  readonly policy: string;
}

/** A later step of an escalation. */
export interface EscalationStep {
  readonly fingerprint: string;
  readonly episode: number;
  /** At least 1. */
  readonly level: number;
  readonly nextAt: Instant | null;
  /** `time`: nobody looked in time. `remedy_failed`: the automatic action did not work. */
  readonly because: 'time' | 'remedy_failed';
}

/** An automatic action that an alert asked for. */
export interface RemedyRecord {
  readonly fingerprint: string;
  readonly episode: number;
  /** Name of the rule. */
  readonly name: string;
  readonly do: Exclude<RemedyKind, 'none'>;
  /**
   * `would_have`: shadow mode. `awaits_approval`: a person must say yes first. `cooling`: too soon after the last one. `day_full`:
   * often enough today. `no_hand`: an earlier version that could not do it. `done`: it holds from then on. `planned`: the runs
   * named are to be re-run. `rejected`: a person said no.
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
  /** When it ends, or would have ended, by itself; left out if it does not. */
  readonly until?: Instant;
  /** The agents it is about; empty if none. */
  readonly agents: readonly string[];
  /** What is to be re-run; left out if nothing is. */
  readonly runs?: readonly RemedyRun[];
}

/** An attempt of a run that ended badly and is to be followed by another one. */
export interface RemedyRun {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
}

/** A lead's answer to what an alert asks for. Valid once, for that episode only. */
export interface RemedyAnswer {
  readonly fingerprint: string;
  readonly episode: number;
  readonly do: RemedyRecord['do'];
  readonly verdict: 'approved' | 'rejected';
  readonly by: Actor;
  readonly comment: number;
  readonly at: Instant;
  /** An approval is valid until then; null for a rejection. */
  readonly expiresAt: Instant | null;
  /** In keepable form; null if none was given. */
  readonly why: string | null;
}

/** How far the re-run of one attempt has got. */
export interface RemedyRerun extends RemedyRun {
  readonly fingerprint: string;
  readonly episode: number;
  readonly do: RerunKind;
  /**
   * `asked`: GitHub accepted it, or the next attempt already existed. `refused`: GitHub never will. `worked` and `failed`: how the
   * next attempt ended. `unknown`: it ended some other way, such as by a cancel, or nobody saw its end.
   */
  readonly state: 'asked' | 'refused' | 'worked' | 'failed' | 'unknown';
  /** Why it was refused, in one line; null otherwise. */
  readonly why: string | null;
}
