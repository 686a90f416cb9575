import type { Alert } from '../core/alert.ts';
import type { EscalationStep } from '../core/notice-record.ts';
import type { NoticePolicy } from '../core/notice-terms.ts';
import { after, type Instant, latest } from '../core/time.ts';
import type { Escalation } from './notice-log.ts';
import { dueAt } from './route.ts';

/** What the next step of an escalation depends on. */
export interface EscalateInput {
  readonly now: Instant;
  readonly policy: Pick<NoticePolicy, 'interval' | 'catch_up'>;
  /** When an automatic action last failed; null if none did. */
  readonly remedyFailedAt: Instant | null;
}

/**
 * The next step of an escalation; null while none is due. A late run does one level, and the next one comes at least one interval
 * later, so that late runs never burst. Critical alerts may go to the highest level that is due at once. A failed automatic action
 * goes to people without waiting.
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
