import type { Alert } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import type { Notice, NoticeAlert } from '../core/notice.ts';
import type { DigestTerms, NoticeTerms } from '../core/notice-terms.ts';
import { compareSeverity } from '../core/outcome.ts';
import { plainLine } from '../core/text.ts';
import { after, between, HOUR, type Instant } from '../core/time.ts';
import { localTime, minutesOf, momentOf, weekdayName } from '../core/wall-clock.ts';
import { addDays } from '../core/zone.ts';
import { noticeAlert } from './notice-alert.ts';
import type { NoticeLog, Told } from './notice-log.ts';

/** What digests are made from. */
export interface DigestInput {
  readonly repo: string;
  readonly alerts: readonly Alert[];
  readonly log: NoticeLog;
  readonly terms: NoticeTerms;
  readonly now: Instant;
  readonly issueOf: (fingerprint: string) => string | null;
  readonly runbookOf: (name: string) => string | null;
}

/** The most alerts that a digest lists. The rest are counted. */
const MOST_LISTED = 20;

/** All digests that are due, and what was held back if no digest will report it. */
export function planDigests(input: DigestInput): readonly Notice[] {
  const digests = input.terms.digests.flatMap((terms) =>
    terms.channels.flatMap((channel) => digestOf(terms, channel, input) ?? []),
  );
  return [...digests, ...heldSummaries(input)];
}

/**
 * When the last digest was due, as of a moment, by the local date. It is due once on each date, even if the clock shows its time
 * twice or, when summer time begins, not at all.
 */
export function lastDue({ every, day, at, zone }: DigestTerms, now: Instant): { date: string; moment: Instant } {
  const today = localTime(now, zone).date;
  for (let back = 0; back <= 7; back++) {
    const date = addDays(today, -back);
    const moment = momentOf(date, minutesOf(at), zone);
    if (moment <= now && (every === 'day' || weekdayName(date) === day)) return { date, moment };
  }
  throw new Error('a week has every day');
}

function digestOf(terms: DigestTerms, channel: string, input: DigestInput): Notice | null {
  const { date, moment } = lastDue(terms, input.now);
  const thread = sha256(canonicalJson([input.repo, channel, 'digest', terms.every]));
  const before = input.log.digests[thread] ?? lastDue(terms, after(moment, -1)).moment;
  if (before >= moment) return null;
  const within = (at: Instant | null): boolean => at !== null && at > before && at <= moment;
  const began = input.alerts.filter(({ state, activeAt }) => state !== 'pending' && within(activeAt));
  const ended = input.alerts.filter((alert) => within(alert.resolvedAt) && !began.includes(alert));
  const held = Object.values(input.log.told).filter(
    (told) => told.channel === channel && (told.state === 'held' || told.state === 'summarised') && within(told.at),
  );
  if (began.length + ended.length + held.length === 0) return null;
  const goOn = input.alerts.filter((alert) => alert.state === 'active' && !began.includes(alert)).length;
  const over = began.filter(({ resolvedAt }) => within(resolvedAt)).length;
  const lines = [
    `${terms.every === 'day' ? 'Daily' : 'Weekly'} digest of ${date} (${terms.zone})`,
    `${began.length} new${over === 0 ? '' : `, of which ${over} are over again`}; ${ended.length} over; ${goOn} as before.`,
    ...(held.length === 0 ? [] : [`${held.length} of them were not told on their own: too many in an hour.`]),
  ];
  const key = sha256(canonicalJson([input.repo, channel, `digest:${terms.every}#${date}`]));
  return { ...frame(channel, thread, key, lines, input), at: moment, ...listed([...began, ...ended], input) };
}

type Frame = Omit<Notice, 'alerts' | 'more'>;

function frame(channel: string, thread: string, key: string, lines: readonly string[], input: DigestInput): Frame {
  const { repo, now } = input;
  return { key, thread, channel, kind: 'digest', because: 'digest_due', repo, at: now, group: null, lines };
}

function listed(alerts: readonly Alert[], { now, issueOf, runbookOf }: DigestInput): Pick<Notice, 'alerts' | 'more'> {
  const sorted = [...alerts].sort((a, b) => compareSeverity(b.facts.severity, a.facts.severity));
  const shown = sorted.slice(0, MOST_LISTED).map((alert): NoticeAlert => {
    const { fingerprint, name } = alert;
    return noticeAlert(alert, { now, level: 0, issue: issueOf(fingerprint), runbook: runbookOf(name) });
  });
  return { alerts: shown, more: alerts.length - shown.length };
}

/** One message for everything that the hourly limit held back on a channel, once that hour is over. */
function heldSummaries(input: DigestInput): readonly Notice[] {
  const { log, terms, now } = input;
  const digested = new Set(terms.digests.flatMap(({ channels }) => channels));
  const held = Object.values(log.told).filter(({ state, channel }) => state === 'held' && !digested.has(channel));
  const channels = [...new Set(held.map(({ channel }) => channel))];
  return channels.flatMap((channel) => {
    const own = held.filter((told) => told.channel === channel);
    const first = own.map(({ at }) => at).reduce((a, b) => (a < b ? a : b), now);
    return between(first, now) < HOUR ? [] : [heldSummary(channel, own, first, input)];
  });
}

function heldSummary(channel: string, held: readonly Told[], first: Instant, input: DigestInput): Notice {
  const subjects = [...new Set(held.map(({ about }) => plainLine(about)))].sort().slice(0, MOST_LISTED);
  const line = `${held.length} more were held back, too many in an hour: ${subjects.join(', ')}.`;
  const thread = sha256(canonicalJson([input.repo, channel, 'held']));
  const notice = frame(channel, thread, sha256(canonicalJson([thread, first])), [line], input);
  const episodes = new Set(held.map(({ fingerprint, episode }) => `${fingerprint}/${episode}`));
  const alerts = input.alerts.filter(({ fingerprint, episode }) => episodes.has(`${fingerprint}/${episode}`));
  return { ...notice, ...listed(alerts, input) };
}
