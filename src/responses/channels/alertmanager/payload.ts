import type { Notice, NoticeAlert } from '../../../core/notice.ts';
import type { Severity } from '../../../core/outcome.ts';
import { formatQuantity } from '../../../core/quantity.ts';
import { keptName } from '../../../core/redact.ts';
import { inertLine } from '../../../core/text.ts';
import { after, type Duration, type Instant, latest, MINUTE } from '../../../core/time.ts';
import { addressOf } from '../message.ts';

/** An alert in the format of Alertmanager's API v2. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly generatorURL?: string;
}

const MAX_LABELS = 20;

/** The labels by which Alertmanager identifies an alert. Ours take precedence over those of the rule. */
export function alertLabels(alert: NoticeAlert, repo: string): Readonly<Record<string, string>> {
  const own = Object.entries(alert.labels)
    .slice(0, MAX_LABELS)
    .map(([name, value]) => [labelName(name), inert(value, 80)] as const);
  const { name, severity, subject } = alert;
  return {
    ...Object.fromEntries(own.filter(([label]) => label !== '')),
    alertname: inert(name, 80),
    severity,
    repo: inert(repo, 150),
    subject: inert(`${subject.kind}:${subject.name}`, 120),
  };
}

/** What Alertmanager shows for an alert besides its labels. */
export function annotationsOf(alert: NoticeAlert): Readonly<Record<string, string>> {
  const { value, limit, unit, issue, runbook } = alert;
  const links = [
    ['issue', issue],
    ['runbook_url', runbook],
  ] as const;
  const addresses = links.flatMap(([name, url]) => {
    const address = addressOf(url);
    return address === null ? [] : [[name, address] as const];
  });
  return {
    summary: inert(alert.reason, 600),
    ...(value === null ? {} : { value: formatQuantity(value, unit) }),
    ...(limit === null ? {} : { limit: formatQuantity(limit, unit) }),
    ...Object.fromEntries(addresses),
  };
}

/**
 * What is posted for a notice. An active alert ends by itself after `hold` unless it is posted again. An alert whose
 * severity has changed is ended under its old labels, because Alertmanager treats it as a different alert.
 */
export function postableAlerts(
  { alerts, repo, at }: Notice,
  hold: Duration,
  severityThen: (alert: NoticeAlert) => Severity | null,
): readonly PostableAlert[] {
  return alerts.flatMap((alert) => {
    const then = severityThen(alert);
    const old = then === null || then === alert.severity ? [] : [ended({ ...alert, severity: then }, repo, at)];
    if (alert.state === 'resolved') return [...old, ended(alert, repo, alert.endedAt ?? at)];
    return [...old, { ...postable(alert, repo), endsAt: after(at, hold) }];
  });
}

/** A message for testing a channel. It ends after a minute. */
export function testAlert({ repo, at }: Notice, words: string): PostableAlert {
  return {
    labels: { alertname: 'CheckreinTest', severity: 'info', repo: inert(repo, 150) },
    annotations: { summary: words },
    startsAt: at,
    endsAt: after(at, MINUTE),
  };
}

function ended(alert: NoticeAlert, repo: string, end: Instant): PostableAlert {
  // Alertmanager refuses an end before the start.
  return { ...postable(alert, repo), endsAt: latest(end, after(alert.since, 1)) };
}

function postable(alert: NoticeAlert, repo: string): Omit<PostableAlert, 'endsAt'> {
  const issue = addressOf(alert.issue);
  return {
    labels: alertLabels(alert, repo),
    annotations: annotationsOf(alert),
    startsAt: alert.since,
    ...(issue === null ? {} : { generatorURL: issue }),
  };
}

/** Prometheus allows letters, digits and underscores; empty when nothing is left. */
function labelName(name: string): string {
  const plain = keptName(name, 60).replace(/\W/g, '_');
  return /^[A-Za-z]/.test(plain) ? plain : plain === '' ? '' : `x_${plain.replace(/^_+/, '')}`;
}

function inert(text: string, max: number): string {
  return inertLine(keptName(text, max), max);
}
