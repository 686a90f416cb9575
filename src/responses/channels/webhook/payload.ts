import type { Notice, NoticeAlert } from '../../../core/notice.ts';
import { keptName } from '../../../core/redact.ts';
import { inertLine } from '../../../core/text.ts';
import { alertLabels, annotationsOf } from '../alertmanager/payload.ts';
import { addressOf } from '../message.ts';
import type { WebhookSettings } from './settings.ts';

/** The most alerts in one message. */
const MAX_ALERTS = 100;

/** The body of a message. Both shapes are stable contracts: fields may be added. */
export function webhookBody(notice: Notice, format: WebhookSettings['format']): string {
  switch (format) {
    case 'checkrein':
      return JSON.stringify(ownShape(notice));
    case 'alertmanager':
      return JSON.stringify(alertmanagerShape(notice));
    default:
      return format satisfies never;
  }
}

function ownShape({ alerts, more, lines, group, ...notice }: Notice): Readonly<Record<string, unknown>> {
  return {
    version: 1,
    key: notice.key,
    thread: notice.thread,
    channel: notice.channel,
    kind: notice.kind,
    because: notice.because,
    repo: inert(notice.repo, 200),
    at: notice.at,
    group: group === null ? null : inert(group, 200),
    alerts: alerts.slice(0, MAX_ALERTS).map(alertShape),
    more: more + Math.max(0, alerts.length - MAX_ALERTS),
    lines: lines.slice(0, 100).map((line) => inert(line, 300)),
  };
}

function alertShape(alert: NoticeAlert): Readonly<Record<string, unknown>> {
  const { fingerprint, episode, severity, state, level, since, endedAt, value, limit, unit } = alert;
  return {
    ...{ fingerprint, episode, severity, state, level, since, endedAt, value, limit, unit },
    name: inert(alert.name, 80),
    subject: { kind: alert.subject.kind, name: inert(alert.subject.name, 80) },
    labels: inertRecord(alert.labels),
    reason: inert(alert.reason, 600),
    issue: addressOf(alert.issue),
    runbook: addressOf(alert.runbook),
  };
}

function inert(text: string, max: number): string {
  return inertLine(keptName(text, max), max);
}

function inertRecord(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(record).slice(0, 20);
  return Object.fromEntries(entries.map(([name, value]) => [inert(name, 40), inert(value, 80)]));
}

/** The body of `webhook_config`, version 4, as documented by Alertmanager. */
function alertmanagerShape(notice: Notice): Readonly<Record<string, unknown>> {
  const alerts = notice.alerts.slice(0, MAX_ALERTS).map((alert) => ({
    status: statusOf(alert),
    labels: alertLabels(alert, notice.repo),
    annotations: annotationsOf(alert),
    startsAt: alert.since,
    endsAt: alert.endedAt ?? '0001-01-01T00:00:00Z',
    generatorURL: addressOf(alert.issue) ?? '',
    fingerprint: alert.fingerprint,
  }));
  return {
    version: '4',
    groupKey: `checkrein/${notice.thread}`,
    truncatedAlerts: notice.more + notice.alerts.length - alerts.length,
    status: alerts.some(({ status }) => status === 'firing') || alerts.length === 0 ? 'firing' : 'resolved',
    receiver: notice.channel,
    groupLabels: { alertname: notice.alerts[0] === undefined ? notice.kind : inert(notice.alerts[0].name, 80) },
    commonLabels: shared(alerts.map(({ labels }) => labels)),
    commonAnnotations: shared(alerts.map(({ annotations }) => annotations)),
    externalURL: '',
    alerts,
  };
}

function statusOf({ state }: NoticeAlert): 'firing' | 'resolved' {
  return state === 'resolved' ? 'resolved' : 'firing';
}

/** What all records have in common. */
function shared(records: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first, ...others] = records;
  const alike = Object.entries(first ?? {}).filter(([name, value]) => others.every((other) => other[name] === value));
  return Object.fromEntries(alike);
}
