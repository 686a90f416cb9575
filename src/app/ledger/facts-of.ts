import type { Facts } from '../../core/facts.ts';
import type { Instant } from '../../core/time.ts';
import { buildFacts } from '../../metrics/facts.ts';
import { improvementFacts } from '../../metrics/improvements.ts';
import { NOTHING_READ, type ReadAhead } from '../../metrics/measured-series.ts';
import { pullFacts } from '../../sources/pulls/fold.ts';
import type { LedgerState } from '../state.ts';

/** What judges may know of a state of the ledger at a moment, with the series that were read ahead for them. */
export function factsOf(state: LedgerState, repo: string, now: Instant, ahead: ReadAhead = NOTHING_READ): Facts {
  const { rollups, recent, drills, violations, budgets, events, health, items, models, episodes } = state;
  const { comments, denials, shadow, opinions, savings, serverUses, halt } = state;
  return buildFacts({
    ...{ repo, now, ahead, rollups, recent, drills, violations, budgets, events, health, items, models, episodes },
    ...{ comments, denials, shadow, opinions, savings, serverUses },
    agents: state.agents.agents,
    agentsSince: state.agents.since,
    pullRequests: pullFacts(state.pulls, now),
    changes: improvementFacts(state.improvements, state.pulls),
    sources: state.sources.sources,
    held: halt.halt === null ? [] : halt.held.map(({ path }) => path),
  });
}
