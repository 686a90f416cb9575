import type { Duration, Instant } from './time.ts';

/**
 * What an alert must be like, by label name: `{ name: 'high_*', agent: 'nightly-fixer' }`. All must match. A value is a glob; a
 * leading `!` negates it. In addition to its own labels, an alert has `name`, `severity`, `subject` and the kind of its subject
 * (`agent`, `source`, …).
 */
export type Matchers = Readonly<Record<string, string>>;

/**
 * While an alert that matches `source` is active, no messages are sent about those that match `target`, provided the labels in
 * `equal` are the same.
 */
export interface InhibitRule {
  readonly source: Matchers;
  readonly target: Matchers;
  readonly equal: readonly string[];
}

/** Alerts about which no message is sent between two moments. */
export interface MatcherSilence {
  readonly match: Matchers;
  readonly from: Instant;
  readonly until: Instant;
  readonly author: string;
  readonly reason: string;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A silence that recurs every week, in the local time of a zone. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly match: Matchers;
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** Local time of day, `22:00`. */
  readonly from: string;
  /** Local time of day. If it is not after `from`, it is on the next day. */
  readonly until: string;
  /** As in the time zone database: `Europe/Berlin`. */
  readonly zone: string;
}

/** One step of an escalation. */
export interface EscalationLevel {
  /** Measured from when the alert became active. */
  readonly after: Duration;
  /** Names of channels; empty means those of the rule. */
  readonly channels: readonly string[];
  /** Names of people; see `Contacts`. */
  readonly contacts: readonly string[];
}

/** By rule name, by severity, or `default`. */
export type EscalationPolicies = Readonly<Record<string, readonly EscalationLevel[]>>;

/** The channels that reach a person, by the person's name. */
export type Contacts = Readonly<Record<string, readonly string[]>>;

/** How much somebody wants to hear about some alerts. Critical alerts are always sent. */
export interface Preference {
  /** The channel; null = all of them. */
  readonly channel: string | null;
  /** The person; null = everybody. */
  readonly person: string | null;
  /** The alerts it applies to; empty = all. */
  readonly match: Matchers;
  /** `critical`: only critical ones; `summary`: the others in the digest; `mute`: none until `until`. */
  readonly send: 'all' | 'critical' | 'summary' | 'mute';
  /** Null only if `send` is not `mute`. */
  readonly until: Instant | null;
}

/** A digest: what changed since the previous one. */
export interface DigestTerms {
  readonly every: 'day' | 'week';
  /** The day of a weekly one. */
  readonly day: Weekday;
  /** Local time of day, `08:00`. */
  readonly at: string;
  readonly zone: string;
  readonly channels: readonly string[];
}

/** The limits that apply to all messages. */
export interface NoticePolicy {
  /** No second message about a new episode of the same alert within this time, unless it is critical. */
  readonly dedup: Duration;
  /** The most messages about one subject in an hour. */
  readonly rate: number;
  /** An ongoing alert is sent again after this time. */
  readonly remind_every: Duration;
  /** Alerts of one group wait this long for others, so that they can be sent together. */
  readonly batch: Duration;
  /** Labels whose values form the group of an alert. Without any, each alert gets its own message. */
  readonly group_by: readonly string[];
  /** An alert whose condition was seen to be gone is over after this time at the latest. */
  readonly auto_resolve: Duration;
  /** Roughly how often this runs. A late run leaves at least this much time between two escalation levels. */
  readonly interval: Duration;
  /** What a late run does: it goes to the next level, or, for critical alerts, straight to the highest that is due. */
  readonly catch_up: 'next' | 'highest';
  /** Whether something that was over before anybody looked is sent as if it had just begun, and not only in digests. */
  readonly page_past: boolean;
  /** Channels that get a message when another one did not take it; empty = every other channel of the alert. */
  readonly fallback: readonly string[];
  /** Whether an alert fires at all times, so that its absence shows that nothing is watching. */
  readonly watchdog: boolean;
}

/** Where messages about the alerts of a rule go, in addition to their issue. */
export interface Route {
  readonly channels: readonly string[];
  /** The name of an entry of `escalation`; null = by rule name, severity, or `default`. */
  readonly escalation: string | null;
  /** Address of the page that says what to do; null if there is none. */
  readonly runbook: string | null;
}

/** By the name of the rule. */
export type Routes = Readonly<Record<string, Route>>;

/** All settings on who is sent what. */
export interface NoticeTerms {
  readonly policy: NoticePolicy;
  readonly routes: Routes;
  readonly escalation: EscalationPolicies;
  readonly contacts: Contacts;
  readonly preferences: readonly Preference[];
  readonly digests: readonly DigestTerms[];
  readonly inhibit: readonly InhibitRule[];
  readonly silences: readonly MatcherSilence[];
  readonly maintenance: readonly MaintenanceWindow[];
}

/** Failed runs are re-run, either completely or only their failed jobs. */
export type RerunKind = 'retry-run' | 'rerun-failed';

/** The automatic action taken about an alert. */
export type RemedyKind = 'notify' | 'pause-agent' | 'deny' | 'stop' | RerunKind | 'none';

/** Rules that look for agents which start too often. Re-running something because of them would feed the problem. */
export const FED_BY_RERUNS: readonly string[] = ['retry-storm', 'loop', 'runaway'];
