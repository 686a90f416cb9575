import type { BudgetFacts, Errand } from '../core/budget.ts';
import type { Parentage } from '../core/causal.ts';
import type { GateAnswer } from '../core/guard.ts';
import type { GuardTerms } from '../core/guard-terms.ts';
import { plainLine } from '../core/text.ts';

type Known = Pick<BudgetFacts, 'attempts' | 'leases'>;

/** Limits how deep a chain may go in which each run started the next: something that keeps setting itself off has to end. */
export function chainGate(
  known: Known,
  errand: Errand,
  { max_depth: most }: Pick<GuardTerms, 'max_depth'>,
  parentage: Parentage,
): GateAnswer {
  if (parentage.kind === 'unknown') return unplaced(known, errand, most, parentage);
  const depth = depthOf(known, errand);
  const how = parentage.kind === 'likely' ? ` ${likelyWords(parentage)}` : '';
  if (most !== null && depth > most) {
    const reason =
      `This run is the ${ordinal(depth)} of a chain in which each run started the next one; ${most} are allowed.${how} Start it by ` +
      'hand where that is meant, or raise `guard.max_depth`.';
    return { gate: 'chain', decision: 'deny', reason };
  }
  const reason =
    depth === 1 ? 'No other run is known to have started it.' : `It is the ${ordinal(depth)} run of a chain.${how}`;
  return { gate: 'chain', decision: 'allow', reason };
}

function likelyWords({ run, by, because }: Extract<Parentage, { kind: 'likely' }>): string {
  return `${plainLine(by)} set it off, likely out of run ${run}: ${because}.`;
}

/**
 * It is not known which of the runs was the parent. The run may start when none of them makes the chain too long, and is denied
 * when all of them do.
 */
function unplaced(
  known: Known,
  errand: Errand,
  most: number | null,
  { by, candidates }: Extract<Parentage, { kind: 'unknown' }>,
): GateAnswer {
  const depths = candidates.map((parent) => depthOf(known, { ...errand, parent }));
  const [least, deepest] = [Math.min(...depths), Math.max(...depths)];
  const told = candidates.slice(0, 5).map((run) => `${run}`);
  const which = `${plainLine(by)} set it off out of one of ${candidates.length} runs (${told.join(', ')}${told.length < candidates.length ? ', …' : ''})`;
  if (most === null || deepest <= most) {
    return {
      gate: 'chain',
      decision: 'allow',
      reason: `${which}, whose chain it is at most the ${ordinal(deepest)} run of.`,
    };
  }
  if (least > most) {
    const reason = `${which}: it is at least the ${ordinal(least)} of a chain, of which ${most} are allowed. Raise \`guard.max_depth\` where that is meant.`;
    return { gate: 'chain', decision: 'deny', reason };
  }
  const reason = `${which}, and nobody can tell which: it may be the ${ordinal(deepest)} of a chain, of which ${most} are allowed.`;
  return { gate: 'sight', decision: 'deny', reason };
}

/** The depth of the chain down to this run. A circle is counted once. */
function depthOf({ attempts, leases }: Known, { run, parent }: Errand): number {
  const parents = new Map<number, number>();
  for (const each of [...attempts, ...leases]) if (each.parent !== null) parents.set(each.run, each.parent);
  const path = new Set([run]);
  let above = parent ?? parents.get(run);
  while (above !== undefined && !path.has(above)) {
    path.add(above);
    above = parents.get(above);
  }
  // A run that closes a circle continues it: one more than its members.
  return path.size + (above === undefined ? 0 : 1);
}

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
