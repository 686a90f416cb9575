import type { Facts } from '../core/facts.ts';
import type { Instant } from '../core/time.ts';
import { buildFacts } from '../metrics/facts.ts';
import type { LedgerState } from './state.ts';

/** What judges may know of a state of the ledger at a moment. */
export function factsOf(state: LedgerState, repo: string, now: Instant): Facts {
  const { rollups, recent, drills, violations, budgets } = state;
  const { agents } = state.agents;
  return buildFacts({
    ...{ repo, now, agents, rollups, recent, drills, violations, budgets },
    sources: state.sources.sources,
  });
}
