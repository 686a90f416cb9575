import { detailOf, type Engine, type SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';

/** A flat plan: what it covers costs no money. Without agent and engine it covers everything. */
export interface FlatPlan {
  readonly agent?: string | undefined;
  readonly engine?: Engine | undefined;
  /** The first UTC day that it covers; left out: always. */
  readonly from?: string | undefined;
}

/**
 * A session as a flat plan has it: no money is spent, the tokens stay, and what was reported and what the list asks for stay
 * beside it. As it is where no plan covers it. `at` is when it happened; without that only plans that always hold cover it.
 */
export function underPlan<S extends SessionReading>(
  session: S,
  agent: string | null,
  at: Instant | null,
  plans: readonly FlatPlan[],
): S {
  const covered = plans.some(
    (plan) =>
      (plan.agent === undefined || plan.agent === agent) &&
      (plan.engine === undefined || plan.engine === session.engine) &&
      (plan.from === undefined || (at !== null && at >= plan.from)),
  );
  if (!covered) return session;
  const detail = detailOf(session);
  return {
    ...session,
    cost: { usd: 0, basis: 'quota' },
    state: { ...session.state, cost: 'exact' },
    detail: detail.unpricedModels.length === 0 ? detail : { ...detail, unpricedModels: [] },
  };
}
