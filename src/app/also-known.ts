import type { FactsInput } from '../metrics/facts.ts';
import type { LedgerState } from './state.ts';

/** What judges may know beside runs, sessions and sources. */
export function alsoKnown({
  halt,
  items,
  models,
  episodes,
}: LedgerState): Pick<FactsInput, 'held' | 'items' | 'models' | 'episodes'> {
  return {
    held: halt.halt === null ? [] : halt.held.map(({ path }) => path),
    items,
    models,
    episodes,
  };
}
