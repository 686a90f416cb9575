import { SILENCE_LASTS } from '../../alerts/calm.ts';
import { fits } from '../../alerts/match.ts';
import { matchedInForce, matchersKey, matchersText } from '../../alerts/matched-silence.ts';
import type { EventOf } from '../../core/event.ts';
import type { Matchers } from '../../core/notice-terms.ts';
import { formatMoment } from '../../core/quantity.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Command } from '../../people/command.ts';
import { type Calmed, refused, tooLate } from './calmed.ts';
import type { Order } from './desk.ts';

/** A silence by labels, or its end. */
type Matching<V extends Command['verb']> = Extract<Command, { verb: V }> & { readonly match: Matchers };

const MOST_SHOWN = 10;

/**
 * Pure: the same comment gives the same events. It applies whichever issue it is written under, and times count from when it was
 * written.
 */
export function calmMatching(order: Order, command: Matching<'silence' | 'unsilence'>, now: Instant): Calmed {
  switch (command.verb) {
    case 'silence':
      return silence(order, command, now);
    case 'unsilence':
      return unsilence(order, command.match, now);
    default:
      return command satisfies never;
  }
}

function silence(order: Order, { match, lasts, why }: Matching<'silence'>, now: Instant): Calmed {
  const { comment, by } = order;
  const until = after(comment.createdAt, lasts ?? SILENCE_LASTS);
  if (until <= now) return tooLate(until);
  const text = matchersText(match);
  const data = { silence: { match, by: by.login, at: comment.createdAt, until, reason: why } };
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} silenced all alerts with ${text} until ${formatMoment(until)}, critical ones too.`,
      lines: heldLines(order, match),
      next: `Until then nobody is told when one of them begins, only when one ends. The command 'unsilence ${text}' ends the silence.`,
    },
    events: [{ ...base(order, 'silence', now), kind: 'silence.matched', data }],
  };
}

/** How many open alerts it silences now, and which. */
function heldLines({ state }: Order, match: Matchers): readonly string[] {
  const open = Object.values(state.alerts.alerts).filter((alert) => alert.state === 'active');
  const held = open.filter((alert) => fits(match, alert));
  const names = held.slice(0, MOST_SHOWN).map(({ name, subject }) => `${name} of ${subject.name}`);
  const more = held.length > MOST_SHOWN ? [`and ${held.length - MOST_SHOWN} more`] : [];
  return [`It holds ${held.length} of ${open.length} open alerts now`, ...names, ...more];
}

function unsilence(order: Order, match: Matchers, now: Instant): Calmed {
  const { by, state } = order;
  const inForce = matchedInForce(state.alerts.matched ?? {}, now);
  const meant = inForce.find((silence) => matchersKey(silence.match) === matchersKey(match));
  if (meant === undefined) {
    const known = inForce.slice(0, MOST_SHOWN).map((silence) => `'unsilence ${matchersText(silence.match)}'`);
    const next = known.length === 0 ? 'None by labels is in force.' : `What can be ended: ${known.join(', ')}.`;
    return refused(`No silence with ${matchersText(match)} is in force.`, next);
  }
  const data = { match, setAt: meant.at, by: by.login };
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} ended the silence of all alerts with ${matchersText(match)}.`,
      lines: [],
      next: 'The next run tells of those that are open and were not told.',
    },
    events: [{ ...base(order, 'unsilence', now), kind: 'silence.unmatched', data }],
  };
}

/** An end takes effect when it is read: a comment that was read late has not ended anything earlier. */
function base(
  { repo, comment }: Order,
  verb: 'silence' | 'unsilence',
  now: Instant,
): Omit<EventOf<'silence.matched'>, 'kind' | 'data'> {
  const at = verb === 'silence' ? comment.createdAt : now;
  return { v: 1, id: `${verb}:${comment.id}`, at, seen: now, repo, subject: repositorySubject(repo) };
}
