import type { Duration, Instant } from './time.ts';

/**
 * What an alert must be like, by the names of its labels: `{ name: 'high_*', agent: 'nightly-fixer' }`. All must fit. A value is a
 * glob; a `!` in front turns it round. Beside its own labels an alert has `name`, `severity`, `subject` and the kind of its
 * subject (`agent`, `source`, …).
 */
export type Matchers = Readonly<Record<string, string>>;

/** While an alert that `source` fits is active, those that `target` fits are not told, where the labels of `equal` are the same. */
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

/** A silence that comes back every week, in the local time of a zone. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly match: Matchers;
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** Local time of day, `22:00`. */
  readonly from: string;
  /** Local time of day; when it is not after `from`, that of the next day. */
  readonly until: string;
  /** As in the time zone database: `Europe/Berlin`. */
  readonly zone: string;
}

/** One step of an escalation. */
export interface EscalationLevel {
  /** How long after the alert became active. */
  readonly after: Duration;
  /** Names of channels; empty means those of the rule. */
  readonly channels: readonly string[];
  /** Names of people, see `Contacts`. */
  readonly contacts: readonly string[];
}

/** By the name of a rule, by severity, or `default`. */
export type EscalationPolicies = Readonly<Record<string, readonly EscalationLevel[]>>;

/** The channels on which a person is reached, by the person's name. */
export type Contacts = Readonly<Record<string, readonly string[]>>;

/** How much of some alerts somebody wants to hear. Critical alerts are always sent. */
export interface Preference {
  /** The channel; null = all of them. */
  readonly channel: string | null;
  /** The person; null = everybody. */
  readonly person: string | null;
  /** Of which alerts; empty = of all. */
  readonly match: Matchers;
  /** `critical`: nothing but critical ones; `summary`: the others in the digest; `mute`: not at all until `until`. */
  readonly send: 'all' | 'critical' | 'summary' | 'mute';
  /** Null only where `send` is not `mute`. */
  readonly until: Instant | null;
}

/** A digest: what changed since the one before. */
export interface DigestTerms {
  readonly every: 'day' | 'week';
  /** The day of a weekly one. */
  readonly day: Weekday;
  /** Local time of day, `08:00`. */
  readonly at: string;
  readonly zone: string;
  readonly channels: readonly string[];
}

/** The limits that hold for all messages. */
export interface NoticePolicy {
  /** No second message about a new episode of the same alert within this time, but for a critical one. */
  readonly dedup: Duration;
  /** The most messages about one subject in an hour. */
  readonly rate: number;
  /** An alert that goes on is sent again after this time. */
  readonly remind_every: Duration;
  /** Alerts of one group wait this long for others before they are sent together. */
  readonly batch: Duration;
  /** Labels whose values make the group of an alert; without any, each alert has a message of its own. */
  readonly group_by: readonly string[];
  /** An alert whose condition was seen gone is over after this time at the latest. */
  readonly auto_resolve: Duration;
  /** How often this runs, about: a late run leaves at least this long between two levels of an escalation. */
  readonly interval: Duration;
  /** A late run goes to the next level, or, for critical alerts, at once to the highest that is due. */
  readonly catch_up: 'next' | 'highest';
  /** Whether what was over before anybody looked is sent as if it had just begun, and not in digests alone. */
  readonly page_past: boolean;
  /** Told instead of a channel that a message could not be delivered to; empty = every other channel of the alert. */
  readonly fallback: readonly string[];
  /** Whether an alert fires at all times, so that its absence shows that nothing watches. */
  readonly watchdog: boolean;
}

/** Where messages about the alerts of a rule go beside their issue. */
export interface Route {
  readonly channels: readonly string[];
  /** The name of an entry of `escalation`; null = by the name of the rule, its severity, or `default`. */
  readonly escalation: string | null;
  /** Address of the page that says what to do; null when there is none. */
  readonly runbook: string | null;
}

/** By the name of the rule. */
export type Routes = Readonly<Record<string, Route>>;

/** All that is set about who is told what. */
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

/** Runs that failed are run again: as a whole, or their failed jobs alone. */
export type RerunKind = 'retry-run' | 'rerun-failed';

/** What is done to the world by itself about an alert. */
export type RemedyKind = 'notify' | 'pause-agent' | 'deny' | 'stop' | RerunKind | 'none';

/** Rules that look for agents which start too often: to run something again about them would feed them. */
export const FED_BY_RERUNS: readonly string[] = ['retry-storm', 'loop', 'runaway'];
