import { termsOf } from '../../budgets/allowance.ts';
import type { Config } from '../../config/schema.ts';
import type { Raise } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { nearest } from '../../core/nearest.ts';
import { formatAmount, formatMoment } from '../../core/quantity.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Answer } from '../../people/answer.ts';
import type { Command } from '../../people/command.ts';
import { pullFacts } from '../../sources/pulls/fold.ts';
import type { Order } from './desk.ts';

/** The result of a raise on a state of the ledger. */
export interface Raised {
  /** False when nothing was raised. */
  readonly ok: boolean;
  readonly answer: Answer;
  readonly events: readonly LedgerEvent[];
}

/**
 * Raises a budget for a while. That the author is a lead was checked before. Pure: the same comment gives the same event, so
 * answering it twice changes nothing. The time counts from when it was written.
 */
export function raiseBudget(
  { repo, comment, by, state }: Order,
  { budget: name, to, inUsd, lasts }: Extract<Command, { verb: 'raise' }>,
  { budgets }: Pick<Config, 'budgets'>,
  now: Instant,
): Raised {
  const budget = budgets.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (budget === undefined) return refused(strangerWords(name, budgets));
  const configured = termsOf(budget, [], now, pullFacts(state.pulls, now));
  const { unit, limit } = configured;
  const until = after(comment.createdAt, lasts);
  if (until <= now) return refused(`The time that this asks for was over on ${formatMoment(until)}.`);
  if (inUsd && unit !== 'usd')
    return refused(`The budget ${budget.name} is not in dollars: it allows ${formatAmount(limit, unit)}.`);
  if (to <= limit) return refused(`The budget ${budget.name} allows ${formatAmount(limit, unit)} already.`);
  const raise: Raise = { budget: budget.name, to, unit, by: by.login, at: comment.createdAt, until };
  const before = termsOf(budget, Object.values(state.budgets.raises), now).raise;
  const instead =
    before === null ? '' : ` instead of ${formatAmount(before.to, unit)} until ${formatMoment(before.until)}`;
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} raised the budget ${budget.name} to ${formatAmount(to, unit)} until ${formatMoment(until)}${instead}.`,
      lines: [],
      next: `It ends by itself: then ${formatAmount(limit, unit)} holds again. Issues say so from the next run on.`,
    },
    events: [
      {
        ...{ v: 1, id: `raise:${comment.id}`, at: comment.createdAt, seen: now, repo },
        subject: repositorySubject(repo),
        kind: 'budget.raised',
        data: { raise },
      },
    ],
  };
}

function strangerWords(name: string, budgets: Config['budgets']): string {
  const names = budgets.map((budget) => budget.name);
  const near = nearest(name, names);
  const meant = near === null ? '' : ` Did you mean ${near}?`;
  const all = names.length === 0 ? 'There are none.' : `The budgets are: ${names.join(', ')}.`;
  return `There is no budget ${name}.${meant} ${all}`;
}

function refused(what: string): Raised {
  return { ok: false, answer: { head: 'Refused', what: `${what} Nothing was done.`, lines: [], next: '' }, events: [] };
}
