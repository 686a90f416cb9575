import type { Notice, NoticeAlert, NoticeKind, NoticeReason } from '../../core/notice.ts';
import type { Severity } from '../../core/outcome.ts';
import { formatMoment, formatQuantity } from '../../core/quantity.ts';
import { keptName, redact } from '../../core/redact.ts';
import { webAddress } from '../../core/text.ts';

/** A named value. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A link with words of our own. */
export interface MessageLink {
  readonly label: string;
  readonly url: string;
}

/** One alert of a message. */
export interface Entry {
  readonly title: string;
  readonly reason: string;
  readonly facts: readonly Fact[];
  readonly links: readonly MessageLink[];
}

/** The severity of a message at a glance. */
export type Tone = 'critical' | 'warning' | 'info' | 'good';

/**
 * A message in words, for any channel. All texts are single visible lines without secrets. Text from strangers is not inert
 * yet: each channel makes it so for its own format.
 */
export interface Message {
  readonly tone: Tone;
  readonly headline: string;
  readonly lines: readonly string[];
  readonly entries: readonly Entry[];
  /** How many alerts are left out of the entries. */
  readonly more: number;
  /** Why it was sent, and by what. */
  readonly footer: string;
}

/** The most alerts in one message; the issue and the report have all of them. */
const MAX_ENTRIES = 20;
const MAX_LINES = 40;
const MAX_LABELS = 8;
const MAX_REASON = 600;
export const MAX_HEADLINE = 150;

/** Puts a notice into words. Pure. */
export function messageOf(notice: Notice): Message {
  const entries = notice.alerts.slice(0, MAX_ENTRIES).map(entryOf);
  return {
    tone: toneOf(notice),
    headline: headlineOf(notice),
    lines: [...OWN_LINES[notice.kind], ...notice.lines.slice(0, MAX_LINES).map((line) => keptName(line, 300))],
    entries,
    more: notice.more + notice.alerts.length - entries.length,
    footer: keptName(`Checkrein in ${notice.repo} on ${formatMoment(notice.at)}: ${BECAUSE[notice.because]}`, 300),
  };
}

/** The line that says how many alerts are left out; empty when there are none. */
export function moreLine({ more }: Pick<Message, 'more'>): string {
  if (more === 0) return '';
  return `${more} more ${more === 1 ? 'alert is' : 'alerts are'} not listed here.`;
}

const OWN_LINES: Readonly<Record<NoticeKind, readonly string[]>> = {
  trigger: [],
  remind: [],
  acknowledge: [],
  resolve: [],
  digest: [],
  test: [
    'Somebody asked Checkrein whether it can be heard here. It can. Nothing is wrong, and nothing needs to be done.',
  ],
};

/** Why a message is sent, for people. */
export const BECAUSE: Readonly<Record<NoticeReason, string>> = {
  first: 'this is its first message.',
  new_in_group: 'another alert joined the group.',
  severity_raised: 'it has become more severe.',
  some_resolved: 'some of it is over.',
  all_resolved: 'it is over.',
  remind_due: 'it goes on, and a reminder was due.',
  escalated: 'nobody acknowledged it in time.',
  acknowledged: 'somebody has taken it on.',
  silence_ended: 'a silence has ended.',
  digest_due: 'the digest was due.',
  asked_for: 'somebody asked for it.',
};

const SEVERITY: Readonly<Record<Severity, string>> = { critical: 'Critical', warning: 'Warning', info: 'Note' };

function toneOf({ kind, alerts }: Notice): Tone {
  const lasting = alerts.filter(({ state }) => state !== 'resolved');
  if (kind === 'resolve' || (alerts.length > 0 && lasting.length === 0)) return 'good';
  if (lasting.some(({ severity }) => severity === 'critical')) return 'critical';
  return lasting.some(({ severity }) => severity === 'warning') ? 'warning' : 'info';
}

function headlineOf(notice: Notice): string {
  const { kind, alerts, more, group, repo } = notice;
  if (kind === 'test') return keptName(`Checkrein: a test for ${repo}`, MAX_HEADLINE);
  if (kind === 'digest') return keptName(`Checkrein: what happened in ${repo}`, MAX_HEADLINE);
  const [first] = alerts;
  if (first === undefined) return keptName(`Checkrein: ${headWord(notice, null)} in ${repo}`, MAX_HEADLINE);
  const others = alerts.length + more - 1;
  const about = group === null || others === 0 ? titleOf(first) : keptName(group, 60);
  return keptName(`${headWord(notice, first)}: ${about}${others === 0 ? '' : ` and ${others} more`}`, MAX_HEADLINE);
}

function headWord({ kind, because }: Notice, alert: NoticeAlert | null): string {
  switch (kind) {
    case 'trigger':
    case 'digest':
    case 'test':
      return alert === null ? 'news' : wordOf(alert);
    case 'remind':
      return because === 'escalated' ? 'Escalated' : 'Still so';
    case 'acknowledge':
      return 'Acknowledged';
    case 'resolve':
      return 'Over';
    default:
      return kind satisfies never;
  }
}

function wordOf({ state, severity }: NoticeAlert): string {
  return state === 'resolved' ? 'Over' : SEVERITY[severity];
}

function titleOf({ name, subject }: NoticeAlert): string {
  return `${keptName(name, 60)} (${keptName(subject.name, 60)})`;
}

function entryOf(alert: NoticeAlert): Entry {
  return {
    title: `${wordOf(alert)}: ${titleOf(alert)}`,
    reason: keptName(alert.reason, MAX_REASON),
    facts: factsOf(alert),
    links: linksOf(alert),
  };
}

function factsOf({ value, limit, unit, since, endedAt, state, level, labels }: NoticeAlert): readonly Fact[] {
  return [
    ...(value === null ? [] : [{ label: 'measured', value: formatQuantity(value, unit) }]),
    ...(limit === null ? [] : [{ label: 'limit', value: formatQuantity(limit, unit) }]),
    { label: 'since', value: formatMoment(since) },
    ...(endedAt === null ? [] : [{ label: 'until', value: formatMoment(endedAt) }]),
    ...(state === 'acknowledged' ? [{ label: 'state', value: 'acknowledged' }] : []),
    ...(level === 0 ? [] : [{ label: 'escalated to level', value: String(level + 1) }]),
    ...Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, MAX_LABELS)
      .map(([label, text]) => ({ label: keptName(label, 40), value: keptName(text) })),
  ];
}

function linksOf({ issue, runbook }: NoticeAlert): readonly MessageLink[] {
  return [...linkTo('Issue', issue), ...linkTo('What to do', runbook)];
}

/** Empty unless it is a plain web address. */
function linkTo(label: string, url: string | null): readonly MessageLink[] {
  const address = addressOf(url);
  return address === null ? [] : [{ label, url: address }];
}

/** An address that is safe to show: a plain web address with nothing in it that looks like a secret. */
export function addressOf(url: string | null): string | null {
  if (url === null || redact(url) !== url) return null;
  const address = webAddress(url);
  return address !== null && redact(address) === address ? address : null;
}
