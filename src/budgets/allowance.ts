import type { Severity } from '../core/outcome.ts';
import type { Period } from '../metrics/period.ts';

/** An allowance of money for a UTC day or month, of one agent or of all agents of the repository. */
export interface Budget {
  readonly name: string;
  readonly period: Period;
  readonly usd: number;
  /** Left out: the whole repository. */
  readonly agent?: string | undefined;
  /** Shares of `usd` at which to say something before it is used up. */
  readonly warn_at: readonly number[];
}

/** A part of a budget that is used up. */
export interface Stage {
  readonly severity: Severity;
  /** The spend in dollars from which on this stage holds. */
  readonly from: number;
}

/** Sums of cents are not exact; what lies this close to a line has reached it. */
const ROUNDING = 1e-9;

/**
 * The stage that a spend has reached; `null` below the first one. The limit itself is critical, the last stage of
 * `warn_at` a warning, those before it are for information.
 */
export function stageOf(budget: Budget, usd: number): Stage | null {
  const shares = [...budget.warn_at].sort((a, b) => a - b);
  const stages: readonly Stage[] = [
    ...shares.map((share, place) => ({
      severity: place === shares.length - 1 ? ('warning' as const) : ('info' as const),
      from: share * budget.usd,
    })),
    { severity: 'critical', from: budget.usd },
  ];
  return stages.findLast(({ from }) => usd >= from - ROUNDING) ?? null;
}
