import { askedFactor, type MarkTerms, markOf } from '../../alerts/marks.ts';
import type { EventOf } from '../../core/event.ts';
import { formatMoment } from '../../core/quantity.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Command } from '../../people/command.ts';
import { alertOf } from './calm.ts';
import { type Calmed, refused } from './calmed.ts';
import type { Order } from './desk.ts';

/** The command that marks an alert as wrong, or takes the mark back. */
export type MarkCommand = Extract<Command, { verb: 'false-positive' }>;

/** Pure: the same comment gives the same events, so answering it twice changes nothing. Times count from when it was written. */
export function markFalsePositive(order: Order, command: MarkCommand, now: Instant, terms: MarkTerms): Calmed {
  const { state, comment } = order;
  const fingerprint = alertOf(state, comment.issue);
  const alert = fingerprint === null ? undefined : state.alerts.alerts[fingerprint];
  if (fingerprint === null || alert === undefined) {
    return refused('This issue is not about an alert.', 'Write the command in the issue of the alert that you mean.');
  }
  if (command.undo) return takeBack(order, fingerprint, now);
  const until = after(comment.createdAt, terms.lasts);
  if (until <= now)
    return refused(`The mark would have been over on ${formatMoment(until)}.`, 'Write the command again.');
  const { name, subject } = alert;
  const before = markOf(state.marks, fingerprint, comment.createdAt);
  // The same comment again is the same mark.
  const steps = before?.at === comment.createdAt ? before.steps : (before?.steps ?? 0) + 1;
  const mark = {
    fingerprint,
    name,
    subject,
    by: order.by.login,
    at: comment.createdAt,
    until,
    steps,
    reason: command.why,
  };
  const times = Math.round(askedFactor(mark, terms) * 100) / 100;
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${order.by.login} marked this alert as a false positive. Until ${formatMoment(until)} the rule ${name} asks for ${times} times as much here.`,
      lines: ['critical alerts that only count (a spent budget, a violation) are still sent'],
      next: "It holds from the next run on. The command 'false-positive undo' takes it back.",
    },
    events: [{ ...head(order, now), kind: 'alert.marked', data: { mark } }],
  };
}

function takeBack(order: Order, fingerprint: string, now: Instant): Calmed {
  const mark = markOf(order.state.marks, fingerprint, now);
  if (mark === null) return refused('This alert is not marked as a false positive.', '');
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${order.by.login} took the mark of ${mark.by} back: the rule asks for as much as before.`,
      lines: [],
      next: '',
    },
    events: [
      { ...head(order, now), kind: 'alert.unmarked', data: { fingerprint, setAt: mark.at, because: 'by_a_person' } },
    ],
  };
}

function head({ repo, comment }: Order, now: Instant): Omit<EventOf<'alert.marked'>, 'kind' | 'data'> {
  return {
    v: 1,
    id: `false-positive:${comment.id}`,
    at: comment.createdAt,
    seen: now,
    repo,
    subject: repositorySubject(repo),
  };
}
