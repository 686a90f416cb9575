import type { RuleResponse } from '../../config/responses.ts';
import type { Config } from '../../config/schema.ts';
import type { Alert } from '../../core/alert.ts';
import type { EventOf } from '../../core/event.ts';
import type { RemedyAnswer, RemedyRecord } from '../../core/notice-record.ts';
import { formatMoment } from '../../core/quantity.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Answer } from '../../people/answer.ts';
import type { Command } from '../../people/command.ts';
import { askedOf } from '../../responses/asked.ts';
import { wordOn } from '../../responses/remedy/approval.ts';
import { lastMark, type RemedyMark } from '../../responses/remedy/log.ts';
import { alertOf } from './calm.ts';
import { type Calmed, refused, tooLate } from './calmed.ts';
import type { Order } from './desk.ts';

type DecideCommand = Extract<Command, { verb: 'approve' | 'reject' }>;

/** What may wait for a lead's decision; `notify` never does. */
type Remedy = Exclude<RemedyRecord['do'], 'notify'>;

const REMEDIES: readonly Remedy[] = ['pause-agent', 'deny', 'stop', 'retry-run', 'rerun-failed'];

/** The response an id names; null when it names a commit or a proposal. */
export function remedyNamed(id: string): Remedy | null {
  return REMEDIES.find((kind) => kind === id.toLowerCase()) ?? null;
}

/**
 * Agrees to what the alert of an issue asks for, or declines it. That the author is a lead was checked before. Valid for this
 * episode and for those named when the lead was asked, once, and for a limited time. Pure: the same comment gives the same event.
 */
export function answerRemedy(
  order: Order,
  command: DecideCommand & { readonly kind: Remedy },
  config: Pick<Config, 'mode' | 'responses'>,
  now: Instant,
): Calmed {
  const { state, comment, by } = order;
  const { kind, verb, why } = command;
  const fingerprint = alertOf(state, comment.issue);
  const alert = fingerprint === null ? undefined : state.alerts.alerts[fingerprint];
  if (alert === undefined) {
    return refused(
      'This issue is not about an alert.',
      'Write the command in the issue of the alert that asks for it.',
    );
  }
  const asked = askedOf(alert, config.responses);
  const offer = lastMark(state.remedies, alert, kind);
  const bar = barOfAlert(alert, asked, kind, config.mode) ?? barOfOffer(offer, { comment, kind, now });
  if (bar !== null || offer === undefined || asked === null) return refused(bar ?? '', '');
  const expiresAt = verb === 'approve' ? after(comment.createdAt, asked.approval_lasts) : null;
  if (expiresAt !== null && expiresAt <= now) return tooLate(expiresAt);
  const answer: RemedyAnswer = {
    ...{ fingerprint: alert.fingerprint, episode: alert.episode, do: kind },
    ...{ verdict: verb === 'approve' ? 'approved' : 'rejected', by, comment: comment.id },
    ...{ at: comment.createdAt, expiresAt, why },
  };
  return { ok: true, answer: doneAnswer(answer, offer), events: [answeredEvent(order, answer, now)] };
}

/** Objections that follow from the alert and the configuration; null when there are none. */
function barOfAlert(
  { state }: Alert,
  asked: Pick<RuleResponse, 'do' | 'mode'> | null,
  kind: Remedy,
  mode: Config['mode'],
): string | null {
  if (state !== 'active') return 'The alert of this issue is over.';
  if (asked?.do !== kind) return `The configuration does not ask for ${kind} here.`;
  const isShadow = (asked.mode ?? mode) === 'shadow';
  return isShadow ? 'In shadow mode this is only recorded, so that there is nothing to agree to.' : null;
}

/** Why there is nothing to decide; null when there is. */
function barOfOffer(
  offer: RemedyMark | undefined,
  { comment, kind, now }: Pick<Order, 'comment'> & { kind: Remedy; now: Instant },
): string | null {
  if (offer === undefined) return `Nothing waits for a word about ${kind} here.`;
  if (offer.verdict !== 'awaits_approval') {
    return `What became of ${kind} in this episode was settled on ${formatMoment(offer.at)}.`;
  }
  // GitHub writes the time of a comment in whole seconds.
  if (comment.createdAt < `${offer.at.slice(0, 19)}.000Z`) {
    return 'It was asked for after this was written: look at the issue, and write the command again.';
  }
  const said = wordOn(offer, now);
  return said === null ? null : `${said.by.login} has ${said.verdict} it already, on ${formatMoment(said.at)}.`;
}

function doneAnswer({ by, verdict, do: kind, expiresAt }: RemedyAnswer, { agents, runs }: RemedyMark): Answer {
  const isApproved = verdict === 'approved';
  const until = expiresAt === null ? '' : `, good until ${formatMoment(expiresAt)}`;
  return {
    head: 'Done',
    what: `${by.login} ${verdict} ${kind} for this episode${until}.`,
    lines: [
      ...(agents.length === 0 ? [] : [`It is about ${agents.slice(0, 20).join(', ')}`]),
      ...(runs ?? []).map(({ run, attempt }) => `Run ${run}, attempt ${attempt}`),
    ],
    next: isApproved ? 'The next run of Checkrein carries it out, once.' : 'It is not done in this episode.',
  };
}

function answeredEvent({ repo, comment }: Order, answer: RemedyAnswer, now: Instant): EventOf<'remedy.answered'> {
  return {
    ...{ v: 1, id: `remedy-answer:${comment.id}`, kind: 'remedy.answered', at: comment.createdAt, seen: now, repo },
    subject: repositorySubject(repo),
    data: { answer },
  };
}
