import type { Severity } from './outcome.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';
import type { Unit } from './unit.ts';

/** What a message does with an episode at its receiver. */
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

/** An alert as a message shows it. Its texts are as they were kept: each channel makes them inert for its own format. */
export interface NoticeAlert {
  readonly fingerprint: string;
  /** Below zero where it was told without a ledger, which alone knows the episodes: minus the days since 1970. */
  readonly episode: number;
  /** Name of the rule. */
  readonly name: string;
  readonly severity: Severity;
  readonly state: 'active' | 'acknowledged' | 'resolved';
  /** How far it is escalated: 0 is the first level. */
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
  /** The issue that tells the story; null while there is none. */
  readonly issue: string | null;
  /** Where it stands what to do about it; null when there is no such page. */
  readonly runbook: string | null;
}

/** One message to one channel, as data. Sending the same key twice must not show anything twice, where the receiver allows for that. */
export interface Notice {
  /** Hash of what it is about: repository, fingerprints, episodes, level, channel and kind. */
  readonly key: string;
  /** The same for all messages of one episode to one channel: what a receiver puts together. */
  readonly thread: string;
  /** Name of the channel in the configuration. */
  readonly channel: string;
  readonly kind: NoticeKind;
  readonly because: NoticeReason;
  readonly repo: string;
  readonly at: Instant;
  /** What the alerts have in common; null for a message about one. */
  readonly group: string | null;
  /** The weightiest first; only those that are news. Empty in a digest without any and in a test. */
  readonly alerts: readonly NoticeAlert[];
  /** How many more are not listed: beyond the limit of an hour, or of the message. */
  readonly more: number;
  /** Lines of our own that stand before the alerts: the head of a digest, or that a silence has ended. */
  readonly lines: readonly string[];
}

/** What a receiver gave us to find a message again: a Slack `ts`, the root of an e-mail thread, the name of a routing key. No secrets. */
export type ReceiverData = Readonly<Record<string, string>>;

/** What came of sending a message. */
export type Delivery =
  | { readonly ok: true; readonly receiver: ReceiverData }
  | {
      readonly ok: false;
      /** One line, free of secrets and of addresses that are secrets. */
      readonly error: string;
      /** Whether the same message may go through later. */
      readonly retry: boolean;
      /** True when it may have arrived all the same: a time-out, a reset connection. */
      readonly unsure: boolean;
      /** How long the receiver asked us to wait; null when it did not. */
      readonly waitFor: Duration | null;
    };

/**
 * Sends a message. `previous` is what the receiver gave for the last message of the same thread; null when there was none. `isAgain` is true where
 * the same message may have arrived already, because a run died or got no answer while it sent it. What fails outside is an answer, not an error.
 */
export type Deliverer = (notice: Notice, previous: ReceiverData | null, isAgain?: boolean) => Promise<Delivery>;
