import type { BudgetUnit } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import type { OwnerQuery } from '../core/owner-use.ts';
import type { Instant } from '../core/time.ts';
import { type Budget, termsOf } from './allowance.ts';
import { type Span, spanOf } from './calendar.ts';
import type { Spend } from './spend-page.ts';

/** What has to be asked about the other repositories of the owner before these budgets can be judged; nothing for most. */
export function ownerQueries(budgets: readonly Budget[], now: Instant): readonly OwnerQuery[] {
  const terms = budgets.map((budget) => termsOf(budget));
  const asked = terms.filter(({ scope, unit }) => scope.kind === 'organisation' && unit !== 'open_pull_requests');
  return asked.map((each) => {
    const { from, to } = spanOf(each, now);
    return { from, to, now };
  });
}

/** The spend of a repository with that of the others of its owner in the same time, where they were asked; else as it is. */
export function withOthers(
  own: Spend,
  { others }: Pick<Facts, 'others'>,
  { unit, span }: { readonly unit: BudgetUnit; readonly span: Pick<Span, 'from' | 'to'> },
): Spend {
  if (unit === 'open_pull_requests') return own;
  const use = others?.find(({ query }) => query.from === span.from && query.to === span.to);
  if (use === undefined) return own;
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

/** Why what the others use is no proof, as the end of a sentence; null when it is one. */
export function doubtAboutOthers({ others }: Spend): string | null {
  if (others === null) return 'what its other repositories use is not in this ledger';
  if (others.silent === 0) return null;
  const which = others.silent === 1 ? '1 of its repositories' : `${others.silent} of its repositories`;
  return `nothing was heard of ${which} for more than a day`;
}
