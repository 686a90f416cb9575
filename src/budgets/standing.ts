import type { BudgetUnit, WorkPlace } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import { agentSubject, repositorySubject, type Subject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { type Instant, MINUTE } from '../core/time.ts';
import type { Unit } from '../core/unit.ts';
import { type Scope, soleName, type Terms, termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { type Span, spanOf } from './calendar.ts';
import { spendByName } from './count.ts';
import { nameIn, type Spend } from './spend-page.ts';

/** The state of a budget at a moment; for a scope of many, that of the one that has used most. */
export interface Standing {
  readonly terms: Terms;
  readonly span: Span;
  /** Who has used most; empty for the whole, null if nobody has used anything. */
  readonly name: string | null;
  readonly spend: Spend;
  /** How many others have reached the limit too. */
  readonly others: number;
}

/** Adds up what counts against a budget. */
export function standingOf(facts: Facts, budget: Budget, now: Instant): Standing {
  const terms = termsOf(budget, facts.budgets().raises, now, facts.pullRequests);
  const span = spanOf(terms, now);
  const { byName, rest } = spendByName(facts, { scope: terms.scope, unit: terms.unit, span }, now);
  const all = [...byName].sort(most);
  const [first] = all;
  const over = all.filter(([, { known }]) => known >= terms.limit).length;
  return {
    ...{ terms, span, name: first?.[0] ?? null, spend: first?.[1] ?? rest },
    others: Math.max(0, over - 1),
  };
}

function most([a, one]: readonly [string, Spend], [b, other]: readonly [string, Spend]): number {
  return other.known - one.known || other.total - one.total || (a < b ? -1 : 1);
}

/** The agent or the repository that a budget is about. */
export function subjectOf({ scope }: Pick<Terms, 'scope'>, repo: string): Subject {
  return scope.kind === 'agent' && scope.name !== '*' ? agentSubject(scope.name) : repositorySubject(repo);
}

/** Whether a piece of work counts here. Work that cannot be placed does not. */
export function isOf({ terms, name }: Pick<Standing, 'terms' | 'name'>, place: WorkPlace, own: string): boolean {
  return nameIn(terms.scope, place, own) === (name ?? soleName(terms.scope) ?? '');
}

/** Whom a standing is about, as the subject of a sentence. */
export function whoOf(
  { terms: { scope }, name, spend }: Pick<Standing, 'terms' | 'name' | 'spend'>,
  repo: string,
): string {
  const shown = plainLine(name ?? '');
  switch (scope.kind) {
    case 'repository':
      return `The agents of ${plainLine(repo)}`;
    case 'organisation':
      return organisationWords(spend, plainLine(repo));
    case 'agent':
    case 'workflow':
      return shown === '' ? `No ${scope.kind}` : shown;
    case 'actor':
      return shown === '' ? 'Nobody' : `The agents that run for ${shown}`;
    case 'chain':
      return shown === '' ? 'No chain of runs' : `The chain of runs that begins with ${shown}`;
    case 'session':
      return shown === '' ? 'No session' : `The session ${shown}`;
    default:
      return scope satisfies never;
  }
}

function organisationWords({ others }: Spend, repo: string): string {
  if (others === null) return `The agents of ${repo}, a part of the organisation,`;
  const more = others.repositories === 1 ? '1 more repository' : `${others.repositories} more repositories`;
  return `The agents of ${repo} and ${more} of ${repo.split('/')[0] ?? ''}`;
}

/** The budget's unit in findings: minutes are written as a time. */
export function findingUnit(unit: BudgetUnit): Unit {
  switch (unit) {
    case 'usd':
    case 'tokens':
    case 'runs':
      return unit;
    case 'minutes':
      return 'ms';
    case 'open_pull_requests':
      return 'count';
    default:
      return unit satisfies never;
  }
}

/** An amount in the unit of a finding, without floating-point noise below millionths. */
export function inFindings(amount: number, unit: BudgetUnit): number {
  return unit === 'minutes' ? amount * MINUTE : smooth(amount);
}

/** An amount without floating-point noise below millionths. */
export function smooth(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** Whether each of many has an allowance of its own. */
export function isOfMany(scope: Scope): boolean {
  return scope.kind !== 'repository' && scope.kind !== 'organisation' && soleName(scope) === null;
}
