import type { Alert } from '../core/alert.ts';
import type { NoticeAlert } from '../core/notice.ts';
import type { Instant } from '../core/time.ts';
import { acknowledgementOf } from './calm.ts';

/** What a message says besides the alert itself. */
export interface NoticeAround {
  readonly now: Instant;
  readonly level: number;
  readonly issue: string | null;
  readonly runbook: string | null;
}

/** An alert as a message shows it. */
export function noticeAlert(alert: Alert, { now, level, issue, runbook }: NoticeAround): NoticeAlert {
  const { fingerprint, episode, name, subject, labels, activeAt, since, resolvedAt, facts } = alert;
  const { severity, value, limit, unit, reason } = facts;
  return {
    fingerprint,
    episode,
    name,
    severity,
    state: shownState(alert, now),
    level,
    subject,
    labels,
    since: activeAt ?? since,
    endedAt: alert.state === 'resolved' ? resolvedAt : null,
    value,
    limit,
    unit,
    reason,
    issue,
    runbook,
  };
}

function shownState(alert: Alert, now: Instant): NoticeAlert['state'] {
  if (alert.state === 'resolved') return 'resolved';
  return acknowledgementOf(alert, now) === null ? 'active' : 'acknowledged';
}
