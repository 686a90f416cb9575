import type { LedgerEvent } from '../../core/event.ts';
import { nearest } from '../../core/nearest.ts';
import { LONGEST_OVERRIDE, type Override } from '../../core/override.ts';
import { formatMoment } from '../../core/quantity.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { after, formatDuration, type Instant } from '../../core/time.ts';
import type { Answer } from '../../people/answer.ts';
import type { Command } from '../../people/command.ts';
import type { Order } from './desk.ts';

/** The result of an override on a state of the ledger. */
interface Overridden {
  /** False when nothing was overridden. */
  readonly ok: boolean;
  readonly answer: Answer;
  readonly events: readonly LedgerEvent[];
}

/**
 * Lets an agent start for a while although nobody can tell whether it may. That the author is a lead was checked before. Pure:
 * the same comment gives the same event, so answering it twice changes nothing. The time counts from when it was written.
 */
export function overrideGuard(
  { repo, comment, by, state }: Order,
  { agent: asked, lasts, why }: Extract<Command, { verb: 'override' }>,
  known: readonly string[],
  now: Instant,
): Overridden {
  const names = [...new Set([...known, ...state.agents.agents.map(({ name }) => name)])];
  const agent = asked === null ? null : names.find((name) => name.toLowerCase() === asked.toLowerCase());
  if (agent === undefined) return refused(strangerWords(asked ?? '', names));
  if (lasts > LONGEST_OVERRIDE) {
    return refused(`An override ends after ${formatDuration(LONGEST_OVERRIDE)} at the latest.`);
  }
  const until = after(comment.createdAt, lasts);
  if (until <= now) return refused(`The time that this asks for was over on ${formatMoment(until)}.`);
  const override: Override = { agent, by: by.login, why, at: comment.createdAt, until };
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} lets ${agent ?? 'every agent'} start until ${formatMoment(until)} also where nobody can tell whether it may.`,
      lines: [],
      next: 'It ends by itself, and lifts no limit that is known: budgets are raised with `raise`, a stop ends with `resume`.',
    },
    events: [
      {
        ...{ v: 1, id: `override:${comment.id}`, at: comment.createdAt, seen: now, repo },
        subject: agent === null ? repositorySubject(repo) : agentSubject(agent),
        kind: 'agent.overridden',
        data: { override },
      },
    ],
  };
}

function strangerWords(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  const meant = near === null ? '' : ` Did you mean ${near}?`;
  return `There is no agent ${name}.${meant} ${names.length === 0 ? 'None is known.' : `The agents are: ${names.join(', ')}.`}`;
}

function refused(what: string): Overridden {
  return { ok: false, answer: { head: 'Refused', what: `${what} Nothing was done.`, lines: [], next: '' }, events: [] };
}
