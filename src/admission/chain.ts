import type { BudgetFacts, Errand } from '../core/budget.ts';
import type { GateAnswer } from '../core/guard.ts';
import type { GuardTerms } from '../core/guard-terms.ts';

type Known = Pick<BudgetFacts, 'attempts' | 'leases'>;

/** A chain in which each run started the next one goes only so deep: what sets itself off again and again has to end. */
export function chainGate(
  known: Known,
  errand: Errand,
  { max_depth: most }: Pick<GuardTerms, 'max_depth'>,
): GateAnswer {
  const depth = depthOf(known, errand);
  if (most !== null && depth > most) {
    const reason =
      `This run is the ${ordinal(depth)} of a chain in which each run started the next one; ${most} are allowed. Start it by hand ` +
      'where that is meant, or raise `guard.max_depth`.';
    return { gate: 'chain', decision: 'deny', reason };
  }
  const reason =
    depth === 1 ? 'No other run is known to have started it.' : `It is the ${ordinal(depth)} run of a chain.`;
  return { gate: 'chain', decision: 'allow', reason };
}

/** How many runs of the chain there are down to this one; a circle is counted once round. */
function depthOf({ attempts, leases }: Known, { run, parent }: Errand): number {
  const parents = new Map<number, number>();
  for (const each of [...attempts, ...leases]) if (each.parent !== null) parents.set(each.run, each.parent);
  const path = new Set([run]);
  let above = parent ?? parents.get(run);
  while (above !== undefined && !path.has(above)) {
    path.add(above);
    above = parents.get(above);
  }
  // Whoever closes a circle goes on with it: one more than its members.
  return path.size + (above === undefined ? 0 : 1);
}

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
