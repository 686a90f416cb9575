import { sha256 } from '../../../core/hash.ts';
import type { Notice, NoticeAlert } from '../../../core/notice.ts';
import { keptName } from '../../../core/redact.ts';
import { inertLine, plainLine } from '../../../core/text.ts';
import { cut } from '../fit.ts';
import { type Message, messageOf } from '../message.ts';
import type { PagerdutySettings } from './settings.ts';

/** One event for PagerDuty, without its key. */
export interface PagerdutyEvent {
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly client?: string;
}

const MAX_SUMMARY = 1_000;

/**
 * A notice as PagerDuty events: one for each alert, so that each has its own incident. A digest pages nobody. A test opens
 * an incident and closes it again.
 */
export function pagerdutyEvents(notice: Notice, urgency: PagerdutySettings['urgency']): readonly PagerdutyEvent[] {
  switch (notice.kind) {
    case 'digest':
      return [];
    case 'test':
      return testEvents(notice);
    case 'trigger':
    case 'remind':
    case 'acknowledge':
    case 'resolve':
      return notice.alerts.map((alert) => eventOf(alert, notice, urgency));
    default:
      return notice.kind satisfies never;
  }
}

/** The same key for every message about one episode of an alert. */
export function dedupKey(repo: string, { fingerprint, episode }: NoticeAlert): string {
  return `checkrein:${sha256(JSON.stringify([repo, fingerprint, episode]))}`;
}

function eventOf(alert: NoticeAlert, notice: Notice, urgency: PagerdutySettings['urgency']): PagerdutyEvent {
  const dedup_key = dedupKey(notice.repo, alert);
  switch (alert.state) {
    case 'resolved':
      return { event_action: 'resolve', dedup_key };
    case 'acknowledged':
      return { event_action: 'acknowledge', dedup_key };
    case 'active':
      return { ...triggerOf(alert, notice, urgency), dedup_key };
    default:
      return alert.state satisfies never;
  }
}

function triggerOf(
  alert: NoticeAlert,
  notice: Notice,
  urgency: PagerdutySettings['urgency'],
): Omit<PagerdutyEvent, 'dedup_key'> {
  const { entries, lines } = messageOf({ ...notice, alerts: [alert], more: 0 });
  const [entry] = entries;
  const facts = (entry?.facts ?? []).map(({ label, value }) => [inertLine(label, 40), inertLine(value)]);
  return {
    event_action: 'trigger',
    payload: {
      summary: cut(inertLine(`${entry?.title ?? ''}: ${entry?.reason ?? ''}`, MAX_SUMMARY), MAX_SUMMARY),
      source: inertLine(notice.repo, 150),
      severity: urgency === 'high' ? 'critical' : alert.severity,
      timestamp: alert.since,
      component: inertLine(keptName(alert.subject.name)),
      class: inertLine(keptName(alert.name)),
      custom_details: {
        ...Object.fromEntries(facts),
        lines: lines.slice(0, 20).map((line) => inertLine(line, 300)),
      },
    },
    links: (entry?.links ?? []).map(({ label, url }) => ({ href: url, text: label })),
    client: 'Checkrein',
  };
}

function testEvents(notice: Notice): readonly PagerdutyEvent[] {
  const { headline, lines }: Message = messageOf(notice);
  const dedup_key = `checkrein:test:${sha256(notice.key)}`;
  const summary = inertLine([headline, ...lines].join('. '), MAX_SUMMARY);
  const payload = { summary, source: plainLine(notice.repo, 150), severity: 'info', timestamp: notice.at };
  return [
    { event_action: 'trigger', dedup_key, payload, client: 'Checkrein' },
    { event_action: 'resolve', dedup_key },
  ];
}
