import type { Evidence } from './finding.ts';
import type { Matchers } from './notice-terms.ts';
import type { Severity } from './outcome.ts';
import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';
import type { Unit } from './unit.ts';

export type AlertState = 'pending' | 'active' | 'resolved';

/** What an alert says now: the last violated finding, as it is shown to people. */
export interface AlertFacts {
  readonly severity: Severity;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  readonly reason: string;
  readonly evidence: Evidence;
  /** Fingerprint of the alert that already tells this story; while that one is active, this one stays quiet. */
  readonly explainedBy: string | null;
  /** The UTC day or month that it is of (`2026-11-21`, `2026-11`): when that is over, so is the episode. */
  readonly period?: string;
}

/** Somebody has taken an alert on. It ends with its time or with the episode. */
export interface Acknowledgement {
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  /** Null = as long as the episode lasts. */
  readonly until: Instant | null;
  /** The person's words, one plain line: inert them wherever they are shown. */
  readonly note: string | null;
  /** Left out where the person said so; `closing` where the person closed the issue. */
  readonly via?: 'closing';
}

/** No issue is opened for an alert until a moment. Says nothing about the condition. */
export interface Silence {
  readonly fingerprint: string;
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** The person's words, one plain line: inert them wherever they are shown. */
  readonly reason: string | null;
}

/** No message goes out about any alert that fits, until a moment. Says nothing about conditions. */
export interface MatchedSilence {
  /** What an alert must be like; never empty. */
  readonly match: Matchers;
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** The person's words, one plain line: inert them wherever they are shown. */
  readonly reason: string | null;
}

/** Somebody said that an alert was wrong: until a moment, its rule asks for more on that very subject. */
export interface FalsePositive {
  readonly fingerprint: string;
  /** Name of the rule, and whom the alert was about. */
  readonly name: string;
  readonly subject: Subject;
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  /** How often it was said while the mark was in force: each time the rule asks for a step more. */
  readonly steps: number;
  /** The person's words, one plain line: inert them wherever they are shown. */
  readonly reason: string | null;
}

/** Why an acknowledgement or a silence ended before or at its time. */
export type CalmEnd = 'time_is_up' | 'by_a_person';

/** A finding with a life. Each entry into `active` after another state is a new episode. */
export interface Alert {
  readonly fingerprint: string;
  /** Name of the rule. */
  readonly name: string;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: AlertState;
  /** 0 while it was never active. */
  readonly episode: number;
  /** When the condition was first seen true in this life. */
  readonly since: Instant;
  /** When this episode became active; null before. */
  readonly activeAt: Instant | null;
  /** When the condition was first seen false while active; null while it holds. */
  readonly keepSince: Instant | null;
  readonly resolvedAt: Instant | null;
  /** Who has taken this episode on; null when nobody has. */
  readonly acknowledged: Acknowledgement | null;
  readonly facts: AlertFacts;
  /** While pending: when the condition was last seen true. */
  readonly seenAt?: Instant;
  /** While pending: how often in a row it was seen true. */
  readonly observations?: number;
  /** How many episodes in a row began soon after the end of the one before; left out where none did. */
  readonly flaps?: number;
}

/** Why an episode ended; `missed`: it was over before anybody looked. */
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
      /** Of a pending one: how often in a row it was seen; left out for once. */
      readonly observations?: number;
      /** Of one that becomes active: see `Alert`. */
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
