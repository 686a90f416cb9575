import type { Retention } from '../../config/schema.ts';
import type { EventKind, LedgerEvent } from '../../core/event.ts';
import { after, DAY, type Instant } from '../../core/time.ts';
import type { CompactOrder } from '../../ledger/port.ts';
import type { LedgerState } from '../state.ts';

/** How long an event outlives others of its age: for ever, as long as its alert matters, as an anomaly, or not at all. */
type Keeping = 'audit' | 'alert' | 'anomaly' | 'not';

/** Never dropped: what was done about agents, who asked for it, and what happened to the ledger itself. */
const KEEPING: Readonly<Record<EventKind, Keeping>> = {
  'agent.observed': 'not',
  'agent.gone': 'not',
  'workflows.judged': 'not',
  'run.started': 'not',
  'run.completed': 'not',
  'session.recorded': 'not',
  'session.absent': 'not',
  'agent.overridden': 'audit',
  'guard.decided': 'not',
  'guard.ended': 'not',
  'guard.checked': 'audit',
  'agent.denied': 'audit',
  'pull.seen': 'not',
  'review.given': 'not',
  'passport.made': 'not',
  'saving.predicted': 'not',
  'saving.scored': 'not',
  'opinion.given': 'not',
  'opinion.judged': 'audit',
  'source.read': 'not',
  'source.failed': 'not',
  'alert.changed': 'alert',
  'alert.acknowledged': 'alert',
  'alert.unacknowledged': 'alert',
  'silence.set': 'alert',
  'silence.ended': 'alert',
  'silence.matched': 'audit',
  'silence.unmatched': 'audit',
  'notice.planned': 'not',
  'notice.taken': 'not',
  'notice.sent': 'not',
  'notice.failed': 'not',
  'notice.dead': 'audit',
  'notice.held': 'not',
  'alert.escalated': 'alert',
  'remedy.decided': 'audit',
  'remedy.answered': 'audit',
  'remedy.rerun': 'audit',
  'response.claimed': 'not',
  'response.applied': 'audit',
  'watch.ran': 'not',
  'halt.declared': 'audit',
  'halt.receipt': 'audit',
  'halt.resumed': 'audit',
  'halt.would_have': 'audit',
  'command.taken': 'not',
  'command.answered': 'audit',
  'drill.ran': 'audit',
  'health.probed': 'not',
  'budget.raised': 'audit',
  'lease.taken': 'not',
  'lease.settled': 'not',
  'lease.expired': 'not',
  'forecast.made': 'not',
  'forecast.scored': 'not',
  'metrics.recorded': 'not',
  'event.recorded': 'not',
  'anomaly.found': 'anomaly',
  'item.seen': 'not',
  'comment.seen': 'not',
  'alert.marked': 'alert',
  'alert.unmarked': 'alert',
  'violation.found': 'anomaly',
  'improvement.proposed': 'audit',
  'improvement.validated': 'audit',
  'improvement.deployed': 'audit',
  'improvement.judged': 'audit',
  'improvement.held': 'audit',
  'rollback.opened': 'audit',
  'rollback.refused': 'audit',
  'rollback.merged': 'audit',
  'rollback.ended': 'audit',
  'proposal.made': 'audit',
  'proposal.decided': 'audit',
  'proposal.expired': 'audit',
  'ledger.moved': 'audit',
  'ledger.compacted': 'audit',
  'ledger.quarantined': 'audit',
  'ledger.damaged': 'audit',
};

/** What may be removed at `now`. `slack` lets events grow that much older, so that a branch is not rewritten every day. */
export function compactOrder(
  retention: Retention,
  { now, by, slack }: Pick<CompactOrder<LedgerState>, 'by' | 'slack'> & { readonly now: Instant },
): CompactOrder<LedgerState> {
  return {
    eventsSince: after(now, -retention.events),
    slack,
    rollupsSince: {
      minute: after(now, -retention.minute),
      hour: after(now, -retention.hour),
      day: after(now, -retention.day),
    },
    alertsKept: retention.alerts,
    keeps: (state) => (event) => keeps(event, state, retention, now),
    by,
  };
}

function keeps(event: LedgerEvent, state: LedgerState, retention: Retention, now: Instant): boolean {
  const keeping = KEEPING[event.kind];
  switch (keeping) {
    case 'audit':
      return true;
    case 'alert':
      return event.at >= after(now, -retention.alerts) || alertMatters(event, state, after(now, -retention.alerts));
    case 'anomaly':
      return event.at >= after(now, -retention.anomalies);
    case 'not':
      return false;
    default:
      return keeping satisfies never;
  }
}

/** True for an alert that has not ended, or ended too recently. */
function alertMatters(event: LedgerEvent, { alerts }: LedgerState, since: Instant): boolean {
  const fingerprint = fingerprintOf(event);
  const alert = fingerprint === null ? undefined : alerts.alerts[fingerprint];
  return alert !== undefined && (alert.resolvedAt === null || alert.resolvedAt >= since);
}

function fingerprintOf(event: LedgerEvent): string | null {
  switch (event.kind) {
    case 'alert.changed':
      return event.data.change.fingerprint;
    case 'alert.marked':
      return event.data.mark.fingerprint;
    case 'silence.set':
      return event.data.silence.fingerprint;
    case 'alert.acknowledged':
    case 'alert.unacknowledged':
    case 'silence.ended':
    case 'alert.unmarked':
    case 'alert.escalated':
      return event.data.fingerprint;
    default:
      return null;
  }
}

/** A ledger is compacted once a day. */
const EVERY = DAY;

/** Whether a day has passed since the ledger was compacted, or was first watched. */
export function isDue({ compactedAt }: LedgerState, now: Instant): boolean {
  return compactedAt !== null && after(compactedAt, EVERY) <= now;
}
