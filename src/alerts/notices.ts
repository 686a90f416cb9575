import type { Alert } from '../core/alert.ts';
import type { EventOf } from '../core/event.ts';
import type { Notice, NoticeAlert } from '../core/notice.ts';
import type { EscalationBegin, EscalationStep } from '../core/notice-record.ts';
import { compareSeverity } from '../core/outcome.ts';
import { NOTIFICATION_FAILED } from '../core/own-voice.ts';
import type { Instant } from '../core/time.ts';
import { acknowledgementOf } from './calm.ts';
import { type DecideInput, type Decision, decide, type QuietReason } from './decide-notice.ts';
import { planDigests } from './digest.ts';
import { nextStep } from './escalate.ts';
import { joinPieces, type Piece } from './join-notices.ts';
import { muteOf } from './mute.ts';
import { noticeAlert } from './notice-alert.ts';
import { aboutOf, type Escalation, type OpenNotice, rateKey, type Told, toldKey } from './notice-log.ts';
import { policyOf } from './policy.ts';
import { beginOf, routeOf, type Target, targetsOf } from './route.ts';

/** Everything that planning messages may know. */
export interface NoticeInput extends Omit<DecideInput, 'spent'> {
  readonly repo: string;
  /** Address of the issue about an alert, by its fingerprint; null if there is none. Pure. */
  readonly issueOf: (fingerprint: string) => string | null;
  /** Address of the page that says what to do about a rule; null if there is none. Pure. */
  readonly runbookOf: (name: string) => string | null;
}

/** What must be written down before anything is sent. */
export interface NoticePlan {
  readonly notices: readonly Notice[];
  /** Keys of messages that were never tried and that nobody needs any more. */
  readonly overtaken: readonly string[];
  readonly held: readonly EventOf<'notice.held'>['data'][];
  readonly escalations: readonly (EscalationBegin | EscalationStep)[];
}

/** Nothing at all, for a run that comes too late to say anything. */
export const NO_NOTICES: NoticePlan = { notices: [], overtaken: [], held: [], escalations: [] };

/**
 * Which messages go out. This is computed from the current state and from what was already sent, not from what has just changed, so
 * that the next run makes up for a silence that ended or a message that got lost. Planning the same state again after recording the
 * first plan gives no messages.
 */
export function planNotices(input: NoticeInput): NoticePlan {
  const { escalations, standing } = escalate(input);
  const decided = decideAll(standing, input);
  const pieces = decided.flatMap(({ alert, target, decision }) =>
    decision.send ? [pieceOf(alert, target, decision, input)] : [],
  );
  const held = decided.filter((one) => isNewlyHeld(one, input)).map(({ alert, target }) => heldOf(alert, target));
  const ended = endings(input);
  const notices = [...joinPieces([...ended.pieces, ...pieces], input), ...planDigests(input)];
  return { notices, overtaken: ended.overtaken, held, escalations };
}

interface Decided {
  readonly alert: Alert;
  readonly target: Target;
  readonly decision: Decision;
}

/** Each decision knows what the earlier ones used of the limits. */
function decideAll(standing: Escalated['standing'], input: NoticeInput): readonly Decided[] {
  const spent = new Map<string, number>();
  const decideInput: DecideInput = { ...input, spent: (key) => spent.get(key) ?? 0 };
  return weightiestFirst(input.alerts).flatMap((alert) => {
    const escalation = standing.get(alert.fingerprint);
    const targets = escalation === undefined ? [] : reachable(alert, escalation, input);
    return targets.map((target): Decided => {
      const decision = decide(alert, target, escalation?.nextAt ?? null, decideInput);
      const key = rateKey(target.channel, aboutOf(alert));
      if (decision.send && decision.kind === 'trigger') spent.set(key, (spent.get(key) ?? 0) + 1);
      return { alert, target, decision };
    });
  });
}

/** Why a channel does or does not get a message about an alert, and when it gets the next one if that is known. */
export interface NoticeExplanation {
  /** Null if there is no channel at all. */
  readonly channel: string | null;
  /** A reason to send, or `none:` and why not. */
  readonly reason: string;
  readonly nextAt: Instant | null;
}

/** What planning would decide about one alert at this moment, channel by channel. */
export function explainNotices(alert: Alert, input: NoticeInput): readonly NoticeExplanation[] {
  const none = (because: QuietReason, nextAt: Instant | null = null): readonly NoticeExplanation[] => [
    { channel: null, reason: `none:${because}`, nextAt },
  ];
  if (alert.state === 'pending') return none('pending');
  if (alert.state === 'resolved') return none('over');
  const escalation = escalate(input).standing.get(alert.fingerprint);
  const targets = escalation === undefined ? [] : reachable(alert, escalation, input);
  if (escalation === undefined || targets.length === 0) return none('no_channel');
  return targets.map((target) => {
    const decision = decide(alert, target, escalation.nextAt, { ...input, spent: () => 0 });
    const reason = decision.send ? decision.because : `none:${decision.because}`;
    return { channel: target.channel, reason, nextAt: decision.send ? input.now : decision.nextAt };
  });
}

interface Escalated {
  readonly escalations: NoticePlan['escalations'];
  /** By fingerprint, as they are after these steps. */
  readonly standing: ReadonlyMap<string, Escalation>;
}

function escalate(input: NoticeInput): Escalated {
  const steps: (EscalationBegin | EscalationStep)[] = [];
  const standing = new Map<string, Escalation>();
  for (const alert of input.alerts.filter(({ state }) => state === 'active')) {
    const begun = begunOf(alert, input);
    if (begun === null) continue;
    const step = stepOf(alert, begun.escalation, input);
    steps.push(...(begun.isNew ? [begun.begin] : []), ...(step === null ? [] : [step]));
    standing.set(alert.fingerprint, step === null ? begun.escalation : { ...begun.escalation, ...step, at: input.now });
  }
  return { escalations: steps, standing };
}

type Begun =
  | { readonly isNew: false; readonly escalation: Escalation }
  | { readonly isNew: true; readonly escalation: Escalation; readonly begin: EscalationBegin };

/** A running episode keeps the policy it began with. */
function begunOf(alert: Alert, { log, terms, policies, now }: NoticeInput): Begun | null {
  const known = log.escalations[alert.fingerprint];
  if (known !== undefined && known.episode === alert.episode) return { isNew: false, escalation: known };
  const begin = beginOf(alert, terms, policyOf(policies, alert.name).mode);
  return begin === null ? null : { isNew: true, begin, escalation: { ...begin, at: now } };
}

/** Nothing escalates while somebody has taken it on or it is muted. When that ends, what is due continues. */
function stepOf(alert: Alert, escalation: Escalation, input: NoticeInput): EscalationStep | null {
  const { now, terms, log } = input;
  if (acknowledgementOf(alert, now) !== null || muteOf(alert, input) !== null) return null;
  const remedyFailedAt = log.remedyFailures[alert.fingerprint] ?? null;
  return nextStep(alert, escalation, { now, policy: terms.policy, remedyFailedAt });
}

function weightiestFirst(alerts: readonly Alert[]): readonly Alert[] {
  const order = (alert: Alert): string => `${alert.activeAt ?? ''} ${alert.fingerprint}`;
  return alerts
    .filter(({ state }) => state === 'active')
    .sort((a, b) => compareSeverity(b.facts.severity, a.facts.severity) || (order(a) < order(b) ? -1 : 1));
}

/** The channels of an alert and, if one of them will not take its message, its substitutes. */
function reachable(alert: Alert, escalation: Escalation, { log, terms }: NoticeInput): readonly Target[] {
  const targets = targetsOf(escalation, terms).filter(({ channel }) => !isAboutChannel(alert, channel));
  const lost = targets.filter(
    ({ channel }) => log.told[toldKey(channel, alert.fingerprint, alert.episode)]?.reached === 'no',
  );
  const known = new Set(targets.map(({ channel }) => channel));
  const others = lost.length === 0 ? [] : terms.policy.fallback.filter((channel) => !known.has(channel));
  return [...targets, ...others.map((channel) => ({ channel, people: [], level: 0 }))];
}

function isAboutChannel({ name, labels }: Alert, channel: string): boolean {
  return name === NOTIFICATION_FAILED.name && labels['channel'] === channel;
}

type Sending = Extract<Decision, { send: true }>;

function pieceOf(alert: Alert, { channel, level }: Target, decision: Sending, input: NoticeInput): Piece {
  const { kind, because, step, line } = decision;
  return { channel, kind, because, step, line, alert: shown(alert, level, input), about: aboutOf(alert) };
}

function shown(alert: Alert, level: number, { now, issueOf, runbookOf, terms }: NoticeInput): NoticeAlert {
  const runbook = routeOf(terms, alert.name).runbook ?? runbookOf(alert.name);
  return noticeAlert(alert, { now, level, issue: issueOf(alert.fingerprint), runbook });
}

function isNewlyHeld({ alert, target, decision }: Decided, { log }: NoticeInput): boolean {
  const isLimited = !decision.send && decision.because === 'rate_limited';
  return isLimited && log.told[toldKey(target.channel, alert.fingerprint, alert.episode)] === undefined;
}

function heldOf(alert: Alert, { channel }: Target): NoticePlan['held'][number] {
  return { channel, fingerprint: alert.fingerprint, episode: alert.episode, about: aboutOf(alert) };
}

interface Endings {
  readonly pieces: readonly Piece[];
  readonly overtaken: readonly string[];
}

/** A channel that heard that an episode began hears once that it is over, whatever silences or limits say. */
function endings(input: NoticeInput): Endings {
  const pieces: Piece[] = [];
  const overtaken: string[] = [];
  const byFingerprint = new Map(input.alerts.map((alert) => [alert.fingerprint, alert]));
  const isGoingOn = ({ fingerprint, episode }: Pick<Told, 'fingerprint' | 'episode'>): boolean => {
    const alert = byFingerprint.get(fingerprint);
    return alert?.state === 'active' && alert.episode === episode;
  };
  for (const { notice, ...open } of Object.values(input.log.open)) {
    if (isUntried(open) && notice.alerts.length > 0 && isOfEpisodes(notice) && !notice.alerts.some(isGoingOn)) {
      overtaken.push(notice.key);
    }
  }
  for (const told of Object.values(input.log.told)) {
    if (told.state !== 'told' || told.alert === null || isGoingOn(told)) continue;
    if (!mayHaveHeard(told, input, overtaken)) continue;
    const { name } = told.alert;
    if (policyOf(input.policies, name).mode === 'event') continue;
    const alert = ended(told, told.alert, byFingerprint.get(told.fingerprint), input);
    const { channel, about } = told;
    pieces.push({ channel, kind: 'resolve', because: 'all_resolved', step: endOf(told), line: null, alert, about });
  }
  return { pieces, overtaken };
}

/** Without a ledger an episode is a day, and the ledger may go away twice on one day. */
function endOf({ episode, at }: Told): string {
  return episode < 0 ? `resolve@${at}` : 'resolve';
}

function isUntried({ attempts, taken, unsure }: Omit<OpenNotice, 'notice'>): boolean {
  return attempts === 0 && taken === null && !unsure;
}

/** An end that is waiting is never dropped. */
function isOfEpisodes({ kind }: Notice): boolean {
  return kind === 'trigger' || kind === 'remind' || kind === 'acknowledge';
}

/** Whether the receiver may know about the episode. A message that was tried counts, because it may have arrived. */
function mayHaveHeard(told: Told, { log }: NoticeInput, overtaken: readonly string[]): boolean {
  switch (told.reached) {
    case 'yes':
    case 'maybe':
      return true;
    case 'no':
      return false;
    case 'not_yet':
      return Object.values(log.open).some(
        ({ notice }) => notice.channel === told.channel && !overtaken.includes(notice.key) && tells(notice, told),
      );
    default:
      return told.reached satisfies never;
  }
}

function tells({ kind, alerts }: Notice, { fingerprint, episode }: Told): boolean {
  return kind !== 'digest' && alerts.some((alert) => alert.fingerprint === fingerprint && alert.episode === episode);
}

function ended(told: Told, last: NoticeAlert, alert: Alert | undefined, input: NoticeInput): NoticeAlert {
  if (alert?.state === 'resolved' && alert.episode === told.episode) return shown(alert, told.level, input);
  // The next episode has begun, or the alert is forgotten. What was last shown says what is over.
  return { ...last, state: 'resolved', endedAt: input.now };
}
