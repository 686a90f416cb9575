import type { Alert } from '../core/alert.ts';
import type { NoticeKind, NoticeReason } from '../core/notice.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import { compareSeverity } from '../core/outcome.ts';
import { formatMoment } from '../core/quantity.ts';
import { after, between, HOUR, type Instant } from '../core/time.ts';
import { acknowledgementOf } from './calm.ts';
import type { MatchedSilences } from './matched-silence.ts';
import { type MuteInput, muteOf, quietEndedAt } from './mute.ts';
import { aboutOf, type NoticeLog, rateKey, type Told, toldKey } from './notice-log.ts';
import { type AlertPolicies, policyOf } from './policy.ts';
import { wishOf } from './preference.ts';
import type { Target } from './route.ts';

/** Why a channel gets no message about an alert at this moment. */
export type QuietReason =
  | 'silenced'
  | 'maintenance'
  | 'inhibited'
  | 'acknowledged'
  /** Nothing is new; the next message goes out at `nextAt`. */
  | 'not_due'
  | 'rate_limited'
  | 'receiver_never_told'
  /** Somebody wants this in the digest, or not at all. */
  | 'preference'
  /** Another alert tells the story. */
  | 'explained'
  /** It is waiting for its `for`. */
  | 'pending'
  | 'over'
  /** There is nobody to notify. */
  | 'no_channel';

/** What is done about one alert and one channel, with the reason. */
export type Decision =
  | {
      readonly send: true;
      readonly kind: NoticeKind;
      readonly because: NoticeReason;
      /** Part of the key: what tells this message from the others of the episode. */
      readonly step: string;
      readonly line: string | null;
    }
  | { readonly send: false; readonly because: QuietReason; readonly nextAt: Instant | null };

/** Everything the decision may know. */
export interface DecideInput {
  /** Every alert that is kept, in any state. */
  readonly alerts: readonly Alert[];
  readonly silences: MuteInput['silences'];
  readonly matched?: MatchedSilences;
  readonly log: NoticeLog;
  readonly terms: NoticeTerms;
  /** How patient the alerts of rules are. What happened once is sent once. */
  readonly policies: AlertPolicies;
  readonly now: Instant;
  /** How many messages about new trouble have gone through a channel and a subject in this hour, besides those in the log. */
  readonly spent: (key: string) => number;
}

/** What is done about an active alert and a channel. Pure: depends on the state and on what was already sent. */
export function decide(alert: Alert, target: Target, escalatesAt: Instant | null, input: DecideInput): Decision {
  const told = input.log.told[toldKey(target.channel, alert.fingerprint, alert.episode)];
  const acknowledged = acknowledgementOf(alert, input.now);
  if (acknowledged !== null) {
    const isNews = told?.state === 'told' && (told.acknowledgedAt === null || told.acknowledgedAt < acknowledged.at);
    if (isNews) return send('acknowledge', 'acknowledged', `ack@${acknowledged.at}`);
    return quiet('acknowledged', acknowledged.until);
  }
  const muted = mutedBy(alert, input);
  if (muted !== null) return muted;
  if (told?.state === 'told') return again(alert, target, told, escalatesAt, input);
  return first(alert, target, told, input);
}

function send(kind: NoticeKind, because: NoticeReason, step: string, line: string | null = null): Decision {
  return { send: true, kind, because, step, line };
}

function quiet(because: QuietReason, nextAt: Instant | null): Decision {
  return { send: false, because, nextAt };
}

function mutedBy(alert: Alert, input: DecideInput): Decision | null {
  const mute = muteOf(alert, input);
  if (mute === null) return null;
  return quiet(mute.kind, mute.kind === 'inhibited' ? null : mute.until);
}

/** For a channel that has heard about this episode. */
function again(alert: Alert, target: Target, told: Told, escalatesAt: Instant | null, input: DecideInput): Decision {
  const { now, terms, log } = input;
  const { severity } = alert.facts;
  if (policyOf(input.policies, alert.name).mode === 'event') return quiet('not_due', null);
  const wish = wishOf(alert, target, terms.preferences, now);
  if (wish !== 'all') return quiet('preference', null);
  if (compareSeverity(severity, told.severity) > 0) return send('trigger', 'severity_raised', `trigger:${severity}`);
  // The same level always gets the same key, whichever run reaches it.
  if (target.level > told.level) return send('remind', 'escalated', `level#${target.level}`);
  const remindAt = after(told.at, terms.policy.remind_every);
  if (now < remindAt) return quiet('not_due', earliest(remindAt, escalatesAt));
  const isLimited = severity !== 'critical' && roomFor(alert, target, input) <= 0;
  if (isLimited) return quiet('rate_limited', freeAt(log, rateKey(target.channel, aboutOf(alert)), now));
  const step = `remind#${told.reminds + 1}`;
  // A channel that never heard the beginning is sent that, not a reminder.
  return send(told.reached === 'no' ? 'trigger' : 'remind', 'remind_due', step);
}

function earliest(a: Instant, b: Instant | null): Instant {
  return b !== null && b < a ? b : a;
}

/** For a channel that has not heard about this episode. */
function first(alert: Alert, target: Target, told: Told | undefined, input: DecideInput): Decision {
  const { now, terms, log } = input;
  const isCritical = alert.facts.severity === 'critical';
  if (wishOf(alert, target, terms.preferences, now) !== 'all') return quiet('preference', null);
  if (isExplained(alert, input.alerts)) return quiet('explained', null);
  if (!isCritical) {
    // What was held back once is in the next summary, and does not trickle in later.
    if (told !== undefined) return quiet('rate_limited', null);
    const waitUntil = notBefore(alert, target, input);
    if (waitUntil !== null) return quiet('not_due', waitUntil);
    const key = rateKey(target.channel, aboutOf(alert));
    if (roomFor(alert, target, input) <= 0) return quiet('rate_limited', freeAt(log, key, now));
  }
  const endedAt = silenceEndedAt(alert, input);
  if (endedAt !== null) {
    return send('trigger', 'silence_ended', 'trigger', `A silence of this alert ended on ${formatMoment(endedAt)}.`);
  }
  return send('trigger', target.level > 0 ? 'escalated' : 'first', 'trigger', flapLine(alert));
}

function flapLine({ flaps = 0 }: Alert): string | null {
  if (flaps === 0) return null;
  return flaps === 1 ? 'It came back soon after its end.' : `It came back soon after its end ${flaps} times in a row.`;
}

/** A flapping alert waits until the window of the last message is over, and a group waits for the rest of it. */
function notBefore(alert: Alert, { channel }: Target, { log, terms, now }: DecideInput): Instant | null {
  const { dedup, batch, group_by } = terms.policy;
  const earlier = Object.values(log.told).filter(
    (told) => told.channel === channel && told.fingerprint === alert.fingerprint && told.episode < alert.episode,
  );
  const ends = earlier.filter(({ kind, reached }) => kind === 'resolve' && reached !== 'no').map(({ at }) => at);
  const dedupUntil =
    ends
      .map((at) => after(at, dedup))
      .sort()
      .at(-1) ?? '';
  const batchUntil = groupOf(alert, group_by) === null ? '' : after(alert.activeAt ?? alert.since, batch);
  const until = dedupUntil > batchUntil ? dedupUntil : batchUntil;
  return until > now ? until : null;
}

function isExplained({ facts }: Alert, alerts: readonly Alert[]): boolean {
  if (facts.explainedBy === null) return false;
  const teller = alerts.find(({ fingerprint }) => fingerprint === facts.explainedBy);
  // Two that explain each other would both be silent.
  return teller?.state === 'active' && teller.facts.explainedBy === null;
}

function roomFor(alert: Alert, { channel }: Target, { log, terms, now, spent }: DecideInput): number {
  const key = rateKey(channel, aboutOf(alert));
  const sends = (log.sends[key] ?? []).filter((at) => between(at, now) < HOUR).length;
  return terms.policy.rate - sends - spent(key);
}

function freeAt({ sends }: NoticeLog, key: string, now: Instant): Instant {
  return after(sends[key]?.[0] ?? now, HOUR);
}

function silenceEndedAt(alert: Alert, input: DecideInput): Instant | null {
  const since = alert.activeAt ?? alert.since;
  const byAPerson = input.log.unsilenced[alert.fingerprint] ?? '';
  const byItself = quietEndedAt(alert, input, since) ?? '';
  const last = byAPerson > byItself ? byAPerson : byItself;
  return last > since ? last : null;
}

/** The group with which an alert shares a message: the values of its labels; null if it lacks one, or nothing is grouped. */
export function groupOf({ labels }: Pick<Alert, 'labels'>, by: readonly string[]): string | null {
  const values = by.flatMap((label) => (Object.hasOwn(labels, label) ? [`${label}=${labels[label]}`] : []));
  return by.length > 0 && values.length === by.length ? values.join(', ') : null;
}
