import type { Alert } from '../core/alert.ts';
import type { EscalationStep } from '../core/notice-record.ts';
import type { NoticePolicy } from '../core/notice-terms.ts';
import { after, type Instant, latest } from '../core/time.ts';
import type { Escalation } from './notice-log.ts';
import { dueAt } from './route.ts';

/** What an escalation goes on with. */
export interface EscalateInput {
  readonly now: Instant;
  readonly policy: Pick<NoticePolicy, 'interval' | 'catch_up'>;
  /** When something that was to be done by itself failed last; null when nothing did. */
  readonly remedyFailedAt: Instant | null;
}

/**
 * The next step of an escalation; null while none is due. A run that comes late does one level, and the next one has at least one
 * interval after it, so that late runs never burst; critical alerts may go to the highest level that is due at once. What failed
 * to be done by itself goes to people without waiting.
 */
export function nextStep(
  alert: Alert,
  escalation: Escalation,
  { now, policy, remedyFailedAt }: EscalateInput,
): EscalationStep | null {
  const { level, levels, nextAt, at } = escalation;
  if (level + 1 >= levels.length) return null;
  const failed = remedyFailedAt !== null && remedyFailedAt >= at && remedyFailedAt >= (alert.activeAt ?? alert.since);
  if (!failed && (nextAt === null || now < nextAt)) return null;
  const jumps = policy.catch_up === 'highest' && alert.facts.severity === 'critical';
  const to = Math.max(level + 1, jumps ? highestDue(alert, escalation, now) : 0);
  const next = dueAt(alert, levels, to + 1);
  return {
    fingerprint: alert.fingerprint,
    episode: alert.episode,
    level: to,
    nextAt: next === null ? null : latest(next, after(now, policy.interval)),
    because: failed ? 'remedy_failed' : 'time',
  };
}

function highestDue(alert: Alert, { levels }: Escalation, now: Instant): number {
  return levels.findLastIndex((_, level) => {
    const due = dueAt(alert, levels, level);
    return due !== null && due <= now;
  });
}
