import type { Notice, NoticeAlert, NoticeKind, NoticeReason, ReceiverData } from '../core/notice.ts';
import type { EscalationBegin } from '../core/notice-record.ts';
import type { Severity } from '../core/outcome.ts';
import { subjectKey } from '../core/subject.ts';
import type { Instant } from '../core/time.ts';

/** A message that was planned and has neither arrived nor been given up. */
export interface OpenNotice {
  readonly notice: Notice;
  readonly plannedAt: Instant;
  /** How often it failed. */
  readonly attempts: number;
  /** Who is about to send it, and when that began in wall-clock time; null if nobody is, or the outcome is known. */
  readonly taken: { readonly by: string; readonly at: Instant } | null;
  /** Not to be tried before this; null = at once. */
  readonly notBefore: Instant | null;
  /** It may have arrived, although that was not confirmed. */
  readonly unsure: boolean;
  readonly error: string | null;
}

/** What a channel was sent about one episode of an alert. */
export interface Told {
  readonly channel: string;
  readonly fingerprint: string;
  readonly episode: number;
  /** `held`: there were too many in the hour, so it was not sent on its own. */
  readonly state: 'told' | 'held' | 'summarised' | 'over';
  /** The last message, and why it was made. */
  readonly kind: NoticeKind;
  readonly because: NoticeReason;
  /** When the last message about it was planned. */
  readonly at: Instant;
  /** What the hourly limit counts it by. */
  readonly about: string;
  readonly severity: Severity;
  readonly level: number;
  readonly reminds: number;
  /** When the channel was last told that somebody has taken it on; null if it was not. */
  readonly acknowledgedAt: Instant | null;
  /** Whether the receiver has heard that it began; `maybe` if a message got lost on the way. */
  readonly reached: 'not_yet' | 'yes' | 'maybe' | 'no';
  /** As last shown; null if it was held. */
  readonly alert: NoticeAlert | null;
}

/** The escalation of an episode. */
export interface Escalation extends Omit<EscalationBegin, 'level'> {
  readonly level: number;
  /** When it reached this level. */
  readonly at: Instant;
}

/** The state of a channel. */
export interface ChannelHealth {
  readonly lastSentAt: Instant | null;
  /** Since when its messages have been lost, and the last error; null while it works. */
  readonly failing: { readonly since: Instant; readonly error: string } | null;
}

/** What was already sent, and what is on its way. */
export interface NoticeLog {
  /** By key. */
  readonly open: Readonly<Record<string, OpenNotice>>;
  /** By `toldKey`. */
  readonly told: Readonly<Record<string, Told>>;
  /** By `rateKey`: when messages about new trouble were planned in the last hour. */
  readonly sends: Readonly<Record<string, readonly Instant[]>>;
  /** By thread: the moment up to which the last digest reported. */
  readonly digests: Readonly<Record<string, Instant>>;
  /** By fingerprint. */
  readonly escalations: Readonly<Record<string, Escalation>>;
  /** By name. */
  readonly channels: Readonly<Record<string, ChannelHealth>>;
  /** By thread: what the receiver returned for its last message, and when. */
  readonly receivers: Readonly<Record<string, { readonly data: ReceiverData; readonly at: Instant }>>;
  /** By fingerprint: when the last silence set by a person ended. */
  readonly unsilenced: Readonly<Record<string, Instant>>;
  /** By fingerprint: when an automatic action last failed. */
  readonly remedyFailures: Readonly<Record<string, Instant>>;
}

export function toldKey(channel: string, fingerprint: string, episode: number): string {
  return `${channel}/${fingerprint}/${episode}`;
}

export function rateKey(channel: string, about: string): string {
  return `${channel}/${about}`;
}

/** What an alert is counted by: the server it is about, else its subject. */
export function aboutOf({ labels, subject }: Pick<NoticeAlert, 'labels' | 'subject'>): string {
  const server = Object.hasOwn(labels, 'server') ? labels['server'] : undefined;
  return server === undefined ? subjectKey(subject) : `server:${server}`;
}
