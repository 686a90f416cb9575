import type { Facts } from '../core/facts.ts';
import type { Instant } from '../core/time.ts';
import { buildFacts } from '../metrics/facts.ts';
import { NOTHING_READ, type ReadAhead } from '../metrics/measured-series.ts';
import type { LedgerState } from './state.ts';

/** What judges may know of a state of the ledger at a moment, with the series that were read ahead for them. */
export function factsOf(state: LedgerState, repo: string, now: Instant, ahead: ReadAhead = NOTHING_READ): Facts {
  const {
    rollups,
    recent,
    drills,
    violations,
    budgets,
    events,
    health,
    items,
    models,
    episodes,
    halt,
    comments,
    denials,
  } = state;
  return buildFacts({
    ...{
      repo,
      now,
      ahead,
      rollups,
      recent,
      drills,
      violations,
      budgets,
      events,
      health,
      items,
      models,
      episodes,
      comments,
      denials,
    },
    agents: state.agents.agents,
    sources: state.sources.sources,
    held: halt.halt === null ? [] : halt.held.map(({ path }) => path),
  });
}
