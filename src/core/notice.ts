import type { Severity } from './outcome.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';
import type { Unit } from './unit.ts';

/** What a message does to an episode at its receiver. */
export type NoticeKind = 'trigger' | 'remind' | 'acknowledge' | 'resolve' | 'digest' | 'test';

/** Why a message goes out. */
export type NoticeReason =
  | 'first'
  | 'new_in_group'
  | 'severity_raised'
  | 'some_resolved'
  | 'all_resolved'
  | 'remind_due'
  | 'escalated'
  | 'acknowledged'
  | 'silence_ended'
  | 'digest_due'
  | 'asked_for';

/** An alert as a message shows it. Its texts are as they were kept; each channel makes them inert for its own format. */
export interface NoticeAlert {
  readonly fingerprint: string;
  /** Negative if it was sent without a ledger, which alone knows the episodes: minus the days since 1970. */
  readonly episode: number;
  /** Name of the rule. */
  readonly name: string;
  readonly severity: Severity;
  readonly state: 'active' | 'acknowledged' | 'resolved';
  /** Its escalation level; 0 is the first. */
  readonly level: number;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly since: Instant;
  readonly endedAt: Instant | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  /** One sentence for people. */
  readonly reason: string;
  /** The issue about it; null if there is none. */
  readonly issue: string | null;
  /** The page that says what to do about it; null if there is none. */
  readonly runbook: string | null;
}

/** One message to one channel, as data. Sending the same key twice must not show anything twice, as far as the receiver allows. */
export interface Notice {
  /** Hash of what it is about: repository, fingerprints, episodes, level, channel and kind. */
  readonly key: string;
  /** The same for all messages of one episode to one channel, so that a receiver can group them. */
  readonly thread: string;
  /** Name of the channel in the configuration. */
  readonly channel: string;
  readonly kind: NoticeKind;
  readonly because: NoticeReason;
  readonly repo: string;
  readonly at: Instant;
  /** What the alerts have in common; null for a message about a single one. */
  readonly group: string | null;
  /** The weightiest first, only those that are news. Empty in a test and in a digest without alerts. */
  readonly alerts: readonly NoticeAlert[];
  /** How many more are not listed because of the hourly limit or the size of the message. */
  readonly more: number;
  /** Our own lines above the alerts: the head of a digest, or a note that a silence has ended. */
  readonly lines: readonly string[];
}

/**
 * What a receiver gave us to find a message again: a Slack `ts`, the root of an e-mail thread, the name of a routing key. No
 * secrets.
 */
export type ReceiverData = Readonly<Record<string, string>>;

/** The result of sending a message. */
export type Delivery =
  | { readonly ok: true; readonly receiver: ReceiverData }
  | {
      readonly ok: false;
      /** One line, free of secrets, including secret addresses. */
      readonly error: string;
      /** Whether the same message may go through later. */
      readonly retry: boolean;
      /** True if it may have arrived anyway: a time-out, a reset connection. */
      readonly unsure: boolean;
      /** How long the receiver asked us to wait; null if it did not. */
      readonly waitFor: Duration | null;
    };

/**
 * Sends a message. `previous` is what the receiver returned for the last message of the same thread; null if there was none.
 * `isAgain` is true if the same message may have arrived already, because a run died or got no answer while sending it. A failure
 * outside is a return value, not an error.
 */
export type Deliverer = (notice: Notice, previous: ReceiverData | null, isAgain?: boolean) => Promise<Delivery>;
