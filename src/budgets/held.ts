import type { Amounts, BudgetFacts, BudgetUnit, LeaseMark } from '../core/budget.ts';
import type { Instant } from '../core/time.ts';
import { attemptKey } from '../metrics/attempt.ts';

/** Leases by attempt, and which of them hold what they reserved. */
export interface Held {
  readonly byAttempt: ReadonlyMap<string, readonly BudgetFacts['leases'][number][]>;
  isOpen(lease: LeaseMark): boolean;
}

/**
 * Looks through the leases at `now`. A lease holds what it reserved while it was not settled, its time is not over, and its run is
 * not known to have ended, whether or not somebody has recorded that.
 */
export function heldAt({ leases, attempts }: Pick<BudgetFacts, 'leases' | 'attempts'>, now: Instant): Held {
  const ended = new Set(attempts.flatMap(({ key, endedAt }) => (endedAt === null ? [] : key)));
  const byAttempt = new Map<string, BudgetFacts['leases'][number][]>();
  for (const lease of leases) {
    const group = byAttempt.get(attemptOf(lease));
    if (group === undefined) byAttempt.set(attemptOf(lease), [lease]);
    else group.push(lease);
  }
  return {
    byAttempt,
    isOpen: (lease) => lease.closed === null && now < lease.until && !ended.has(attemptOf(lease)),
  };
}

/** The attempt that a lease was taken for. */
export function attemptOf({ run, attempt }: Pick<LeaseMark, 'run' | 'attempt'>): string {
  return attemptKey(run, attempt);
}

/** What the work of a lease used; null while it was not settled, or if that is not known. */
export function settledAmount({ closed }: LeaseMark, unit: BudgetUnit): number | null {
  if (closed?.how !== 'settled') return null;
  // A pull request that it left open is counted separately.
  return unit === 'open_pull_requests' ? 0 : amountIn(closed.spent, unit);
}

/** What a lease reserved. */
export function reservedAmount({ reserved }: LeaseMark, unit: BudgetUnit): number {
  return amountIn(reserved, unit) ?? 0;
}

/** What one session uses, or may use, in the unit of a budget. For what is counted by the piece, that is one; null if not known. */
export function amountIn(amounts: Amounts, unit: BudgetUnit): number | null {
  switch (unit) {
    case 'usd':
    case 'tokens':
    case 'minutes':
      return amounts[unit];
    case 'runs':
    case 'open_pull_requests':
      return 1;
    default:
      return unit satisfies never;
  }
}
