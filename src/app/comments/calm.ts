import { SILENCE_LASTS, silenceOf } from '../../alerts/calm.ts';
import { matchedSilenceOf, matchersText } from '../../alerts/matched-silence.ts';
import { formatMoment } from '../../core/quantity.ts';
import { repositorySubject, type Subject } from '../../core/subject.ts';
import { after, type Duration, type Instant } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { Command } from '../../people/command.ts';
import type { LedgerState } from '../state.ts';
import { type Calmed, refused, tooLate } from './calmed.ts';
import type { Order } from './desk.ts';
import { calmMatching } from './silence.ts';

/** The commands that calm the alert of the issue they are written under. */
export type CalmCommand = Extract<Command, { verb: 'ack' | 'silence' | 'unsilence' }>;

/** Pure: the same comment gives the same events, so answering it twice changes nothing. Times count from when it was written. */
export function calm(order: Order, command: CalmCommand, now: Instant): Calmed {
  if (command.verb !== 'ack' && command.match !== null) {
    return calmMatching(order, { ...command, match: command.match }, now);
  }
  const { repo, comment, by, state } = order;
  const fingerprint = alertOf(state, comment.issue);
  if (fingerprint === null) {
    return refused('This issue is not about an alert.', 'Write the command in the issue of the alert that you mean.');
  }
  const calming: Calming = { repo, comment, login: by.login, state, fingerprint, now };
  switch (command.verb) {
    case 'ack':
      return acknowledge(calming, command.lasts, command.why);
    case 'silence':
      return silence(calming, command.lasts ?? SILENCE_LASTS, command.why);
    case 'unsilence':
      return unsilence(calming);
    default:
      return command satisfies never;
  }
}

interface Calming {
  readonly repo: string;
  readonly comment: RemoteComment;
  readonly login: string;
  readonly state: LedgerState;
  readonly fingerprint: string;
  readonly now: Instant;
}

/** The alert an issue belongs to, according to our own receipts. A marker in the issue's text proves nothing. */
export function alertOf({ responses }: LedgerState, issue: number): string | null {
  return Object.entries(responses.issues).find(([, { number, gone }]) => number === issue && !gone)?.[0] ?? null;
}

function acknowledge(calming: Calming, lasts: Duration | null, why: string | null): Calmed {
  const { comment, login, state, fingerprint, now } = calming;
  const alert = state.alerts.alerts[fingerprint];
  if (alert?.state !== 'active') return refused('The alert of this issue is over.', '');
  const until = lasts === null ? null : after(comment.createdAt, lasts);
  if (until !== null && until <= now) return tooLate(until);
  const acknowledgement = { by: login, at: comment.createdAt, until, note: why };
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${login} has taken this alert on${until === null ? '' : ` until ${formatMoment(until)}`}.`,
      lines: [],
      next: 'The issue stays, and says so from the next run on. It ends with its time or with the alert.',
    },
    events: [
      {
        ...base(calming, 'ack'),
        kind: 'alert.acknowledged',
        data: { fingerprint, episode: alert.episode, acknowledgement },
      },
    ],
  };
}

function silence(calming: Calming, lasts: Duration, why: string | null): Calmed {
  const { comment, login, fingerprint, now } = calming;
  const until = after(comment.createdAt, lasts);
  if (until <= now) return tooLate(until);
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${login} silenced this alert until ${formatMoment(until)}.`,
      lines: [],
      next: "Until then no issue is opened about it. The command 'unsilence' ends that.",
    },
    events: [
      {
        ...base(calming, 'silence'),
        kind: 'silence.set',
        data: { silence: { fingerprint, by: login, at: comment.createdAt, until, reason: why } },
      },
    ],
  };
}

function unsilence(calming: Calming): Calmed {
  const { login, state, fingerprint, now } = calming;
  const inForce = silenceOf(state.alerts, fingerprint, now);
  if (inForce === null) return notSilenced(calming);
  return {
    ok: true,
    answer: { head: 'Done', what: `${login} ended the silence of this alert.`, lines: [], next: '' },
    events: [
      {
        ...base(calming, 'unsilence'),
        kind: 'silence.ended',
        data: { fingerprint, setAt: inForce.at, because: 'by_a_person' },
      },
    ],
  };
}

function notSilenced({ state, fingerprint, now }: Calming): Calmed {
  const alert = state.alerts.alerts[fingerprint];
  const matched = alert === undefined ? null : matchedSilenceOf(state.alerts.matched ?? {}, alert, now);
  if (matched === null) return refused('This alert is not silenced.', '');
  const form = `unsilence ${matchersText(matched.match)}`;
  return refused('This alert has no silence of its own; one by labels holds it.', `A lead ends that with '${form}'.`);
}

interface Base {
  readonly v: 1;
  readonly id: string;
  readonly at: Instant;
  readonly seen: Instant;
  readonly repo: string;
  readonly subject: Subject;
}

function base({ repo, comment, now }: Calming, verb: CalmCommand['verb']): Base {
  const id = `${verb}:${comment.id}`;
  return { v: 1, id, at: comment.createdAt, seen: now, repo, subject: repositorySubject(repo) };
}
