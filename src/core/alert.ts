import type { Evidence } from './finding.ts';
import type { Matchers } from './notice-terms.ts';
import type { Severity } from './outcome.ts';
import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';
import type { Unit } from './unit.ts';

export type AlertState = 'pending' | 'active' | 'resolved';

/** What an alert says now: its last violated finding as shown to people. */
export interface AlertFacts {
  readonly severity: Severity;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  readonly reason: string;
  readonly evidence: Evidence;
  /** Fingerprint of the alert that already tells this story. While that one is active, this one stays quiet. */
  readonly explainedBy: string | null;
  /** The UTC day or month it is about (`2026-11-21`, `2026-11`). The episode ends when that period does. */
  readonly period?: string;
}

/** Somebody has taken an alert on. It ends at its time or with the episode. */
export interface Acknowledgement {
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  /** Null: for as long as the episode lasts. */
  readonly until: Instant | null;
  /** The person's words as one plain line. Make them inert wherever they are shown. */
  readonly note: string | null;
  /** Left out when the person said so explicitly; `closing` when the person closed the issue. */
  readonly via?: 'closing';
}

/** Until a moment, no issue is opened for an alert. Says nothing about the condition. */
export interface Silence {
  readonly fingerprint: string;
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** The person's words as one plain line. Make them inert wherever they are shown. */
  readonly reason: string | null;
}

/** Until a moment, no message goes out about any alert that fits. Says nothing about conditions. */
export interface MatchedSilence {
  /** The matchers an alert must meet; never empty. */
  readonly match: Matchers;
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** The person's words as one plain line. Make them inert wherever they are shown. */
  readonly reason: string | null;
}

/** Somebody said that an alert was wrong. Until a moment, its rule asks for more on that very subject. */
export interface FalsePositive {
  readonly fingerprint: string;
  /** Name of the rule and subject of the alert. */
  readonly name: string;
  readonly subject: Subject;
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** How often this was said while the mark was in force. Each time, the rule asks for one step more. */
  readonly steps: number;
  /** The person's words as one plain line. Make them inert wherever they are shown. */
  readonly reason: string | null;
}

/** Why an acknowledgement or a silence ended, before or at its time. */
export type CalmEnd = 'time_is_up' | 'by_a_person';

/** A finding with a life cycle. Each entry into `active` from another state is a new episode. */
export interface Alert {
  readonly fingerprint: string;
  /** Name of the rule. */
  readonly name: string;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: AlertState;
  /** 0 if it was never active. */
  readonly episode: number;
  /** When the condition was first seen true in this life cycle. */
  readonly since: Instant;
  /** When this episode became active; null before that. */
  readonly activeAt: Instant | null;
  /** When the condition was first seen false while active; null while it is true. */
  readonly keepSince: Instant | null;
  readonly resolvedAt: Instant | null;
  /** Who has taken this episode on; null if nobody has. */
  readonly acknowledged: Acknowledgement | null;
  readonly facts: AlertFacts;
  /** While pending: when the condition was last seen true. */
  readonly seenAt?: Instant;
  /** While pending: how many times in a row it was seen true. */
  readonly observations?: number;
  /** How many episodes in a row began soon after the previous one ended; left out if none did. */
  readonly flaps?: number;
}

/** Why an episode ended. `missed`: it was over before anybody looked. */
export type ResolveReason = 'condition_cleared' | 'period_over' | 'rule_removed' | 'event_told' | 'missed';

/** One step in the life of an alert, as the ledger keeps it. */
export type AlertChange =
  | {
      readonly kind: 'pending' | 'activated' | 'updated';
      readonly fingerprint: string;
      readonly name: string;
      readonly subject: Subject;
      readonly labels: Readonly<Record<string, string>>;
      readonly episode: number;
      readonly since: Instant;
      readonly facts: AlertFacts;
      /** For a pending one: how many times in a row it was seen; left out if once. */
      readonly observations?: number;
      /** For one that becomes active; see `Alert`. */
      readonly flaps?: number;
    }
  | { readonly kind: 'clearing' | 'holding' | 'dropped'; readonly fingerprint: string; readonly episode: number }
  | {
      readonly kind: 'resolved';
      readonly fingerprint: string;
      readonly episode: number;
      readonly because: ResolveReason;
      /** One sentence for people, from the finding that cleared it. */
      readonly reason: string;
    };
