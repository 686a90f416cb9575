import type { Notice, NoticeAlert, NoticeKind, NoticeReason, ReceiverData } from '../core/notice.ts';
import type { EscalationBegin } from '../core/notice-record.ts';
import type { Severity } from '../core/outcome.ts';
import { subjectKey } from '../core/subject.ts';
import type { Instant } from '../core/time.ts';

/** A message that was planned and neither arrived nor was given up. */
export interface OpenNotice {
  readonly notice: Notice;
  readonly plannedAt: Instant;
  /** How often it failed. */
  readonly attempts: number;
  /** Who is about to send it, and when that began by the clock on the wall; null when nobody is, or has said what came of it. */
  readonly taken: { readonly by: string; readonly at: Instant } | null;
  /** Not to be tried before; null = at once. */
  readonly notBefore: Instant | null;
  /** It may have arrived, although nobody said so. */
  readonly unsure: boolean;
  readonly error: string | null;
}

/** What a channel was told of one episode of an alert. */
export interface Told {
  readonly channel: string;
  readonly fingerprint: string;
  readonly episode: number;
  /** `held`: there were too many in the hour, so that it was not told on its own. */
  readonly state: 'told' | 'held' | 'summarised' | 'over';
  /** The last message, and why it was made. */
  readonly kind: NoticeKind;
  readonly because: NoticeReason;
  /** When the last message about it was planned. */
  readonly at: Instant;
  /** What the limit of an hour counts it by. */
  readonly about: string;
  readonly severity: Severity;
  readonly level: number;
  readonly reminds: number;
  /** When the channel was told last that somebody has taken it on; null when it was not. */
  readonly acknowledgedAt: Instant | null;
  /** Whether the receiver has heard that it began: `maybe` when a message got lost on the way. */
  readonly reached: 'not_yet' | 'yes' | 'maybe' | 'no';
  /** As it was shown last; null for one that was held. */
  readonly alert: NoticeAlert | null;
}

/** The escalation of an episode. */
export interface Escalation extends Omit<EscalationBegin, 'level'> {
  readonly level: number;
  /** When it came to this level. */
  readonly at: Instant;
}

/** How a channel fares. */
export interface ChannelHealth {
  readonly lastSentAt: Instant | null;
  /** Since when what it was sent is lost, and the last words about it; null while it works. */
  readonly failing: { readonly since: Instant; readonly error: string } | null;
}

/** What was already sent, and what is on its way. */
export interface NoticeLog {
  /** By key. */
  readonly open: Readonly<Record<string, OpenNotice>>;
  /** By `toldKey`. */
  readonly told: Readonly<Record<string, Told>>;
  /** By `rateKey`: when messages about new trouble were planned, of the last hour. */
  readonly sends: Readonly<Record<string, readonly Instant[]>>;
  /** By thread: the moment up to which the last digest told. */
  readonly digests: Readonly<Record<string, Instant>>;
  /** By fingerprint. */
  readonly escalations: Readonly<Record<string, Escalation>>;
  /** By name. */
  readonly channels: Readonly<Record<string, ChannelHealth>>;
  /** By thread: what the receiver gave for its last message, and when. */
  readonly receivers: Readonly<Record<string, { readonly data: ReceiverData; readonly at: Instant }>>;
  /** By fingerprint: when the last silence that a person had set ended. */
  readonly unsilenced: Readonly<Record<string, Instant>>;
  /** By fingerprint: when something that was to be done by itself failed last. */
  readonly remedyFailures: Readonly<Record<string, Instant>>;
}

export function toldKey(channel: string, fingerprint: string, episode: number): string {
  return `${channel}/${fingerprint}/${episode}`;
}

export function rateKey(channel: string, about: string): string {
  return `${channel}/${about}`;
}

/** What an alert is counted by: the server that it is about, else its subject. */
export function aboutOf({ labels, subject }: Pick<NoticeAlert, 'labels' | 'subject'>): string {
  const server = Object.hasOwn(labels, 'server') ? labels['server'] : undefined;
  return server === undefined ? subjectKey(subject) : `server:${server}`;
}
