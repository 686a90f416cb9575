import type { BudgetUnit } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import type { OwnerQuarter, OwnerQuery, SharedUnit } from '../core/owner-use.ts';
import { between, DAY, type Instant, MINUTE } from '../core/time.ts';
import { type Scope, termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { type Span, spanOf } from './calendar.ts';
import type { Spend } from './spend-page.ts';

/** What must be queried about the owner's other repositories before these budgets can be judged; nothing for most. */
export function ownerQueries(budgets: readonly Budget[], now: Instant): readonly OwnerQuery[] {
  const terms = budgets.map((budget) => termsOf(budget));
  const asked = terms.filter(({ scope, unit }) => scope.kind === 'organisation' && unit !== 'open_pull_requests');
  return asked.map((each) => {
    const { from, to } = spanOf(each, now);
    return { from, to, now };
  });
}

/**
 * The spend of a repository combined with that of its owner's others in the same time if they were queried; otherwise unchanged.
 */
export function withOthers(
  own: Spend,
  { others, othersByQuarter }: Pick<Facts, 'others' | 'othersByQuarter'>,
  { unit, span }: { readonly unit: BudgetUnit; readonly span: Pick<Span, 'from' | 'to'> },
): Spend {
  if (unit === 'open_pull_requests') return own;
  const use = others?.find(({ query }) => query.from === span.from && query.to === span.to);
  if (use === undefined) return withQuarters(own, { others, othersByQuarter }, { unit, span });
  const { known, pieces, assumed, guessed, uncounted, reserved } = use.units[unit];
  return {
    ...own,
    known: own.known + known,
    estimated: own.estimated + assumed,
    total: own.total + known + assumed,
    sessions: own.sessions + pieces + guessed + uncounted,
    guessed: own.guessed + guessed,
    uncounted: own.uncounted + uncounted,
    reserved: own.reserved + reserved,
    leases: own.leases + use.leases,
    others: { known, repositories: use.repositories, silent: use.silent },
  };
}

const QUARTER = 15 * MINUTE;

/** The same for a stretch that was not queried separately. A quarter that it begins in counts in proportion. */
function withQuarters(
  own: Spend,
  { others, othersByQuarter }: Pick<Facts, 'others' | 'othersByQuarter'>,
  { unit, span }: { readonly unit: SharedUnit; readonly span: Pick<Span, 'from' | 'to'> },
): Spend {
  const [any] = others ?? [];
  if (any === undefined || othersByQuarter === null) return own;
  const sum = { known: 0, pieces: 0 };
  for (const { at, known, pieces } of othersByQuarter) {
    const share = at >= span.to ? 0 : at >= span.from ? 1 : Math.max(0, 1 - between(at, span.from) / QUARTER);
    sum.known += known[unit] * share;
    sum.pieces += pieces[unit] * share;
  }
  return {
    ...own,
    known: own.known + sum.known,
    total: own.total + sum.known,
    sessions: own.sessions + Math.round(sum.pieces),
    others: { known: sum.known, repositories: any.repositories, silent: any.silent },
  };
}

/** What the others used between two moments, by quarter of an hour; nothing for budgets of this repository alone. */
export function quartersOf(
  { othersByQuarter }: Pick<Facts, 'othersByQuarter'>,
  scope: Scope,
  { from, to }: Pick<Span, 'from' | 'to'>,
): readonly OwnerQuarter[] {
  if (scope.kind !== 'organisation') return [];
  return (othersByQuarter ?? []).filter(({ at }) => at >= from && at < to);
}

/** A week in which clocks change may be an hour shorter. */
const SHORTEST_FORECAST = 6 * DAY;

/** Whether these budgets need more than the sum of their period: for a forecast, or for the rate of the last hours. */
export function needsQuarters(budgets: readonly Budget[], now: Instant): boolean {
  return ownerQueries(budgets, now).some(({ from, to }) => between(from, to) >= SHORTEST_FORECAST);
}

/** Why the daily use of an organisation's budget is not known; null for any other budget, and if it is known. */
export function doubtAboutDays(
  { others, othersByQuarter }: Pick<Facts, 'others' | 'othersByQuarter'>,
  scope: Scope,
): string | null {
  if (scope.kind !== 'organisation') return null;
  const [any] = others ?? [];
  return doubtAboutOthers({ others: othersByQuarter === null || any === undefined ? null : { ...any, known: 0 } });
}

/** Why the others' use is not proof, as the end of a sentence; null if it is. */
export function doubtAboutOthers({ others }: Pick<Spend, 'others'>): string | null {
  if (others === null) return 'what its other repositories use is not in this ledger';
  if (others.silent === 0) return null;
  const which = others.silent === 1 ? '1 of its repositories' : `${others.silent} of its repositories`;
  return `nothing was heard of ${which} for more than a day`;
}
