import type { FlatPlan } from '../../core/price.ts';
import { detailOf, type SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';

/**
 * A session under a flat plan: it costs no money and keeps its tokens, its reported cost and its list price. Unchanged if no plan
 * covers it. `at` is when it happened; without it only plans without time limits apply.
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
