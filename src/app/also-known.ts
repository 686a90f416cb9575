import type { FactsInput } from '../metrics/facts.ts';
import type { LedgerState } from './state.ts';

/** What judges may know beside runs, sessions and sources. */
export function alsoKnown({ halt, items, models }: LedgerState): Pick<FactsInput, 'held' | 'items' | 'models'> {
  return {
    held: halt.halt === null ? [] : halt.held.map(({ path }) => path),
    items,
    models,
  };
}
