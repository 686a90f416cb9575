import type { Certainty } from '../../core/outcome.ts';
import { detailOf, UNKNOWN_DETAIL } from '../../core/session.ts';
import type { FoundSession } from './found-session.ts';

/**
 * A session of whose transcript only the rows with usage were read: what other rows would tell is unknown, and whether usage is
 * missing cannot be told. Records of other kinds are read whole and stay as they are.
 */
export function onlyUsage(found: FoundSession): FoundSession {
  if (found.part === null) return found;
  const { state, ...reading } = found.reading;
  const { computedCost, computedState, unpricedModels } = detailOf(found.reading);
  return {
    ...found,
    reading: {
      ...reading,
      outcome: 'unknown',
      duration: null,
      turns: null,
      tools: [],
      denials: null,
      state: {
        tokens: atMost(state.tokens),
        cost: atMost(state.cost),
        turns: 'unknown',
        tools: 'unknown',
        latency: 'unknown',
      },
      // Rows that were passed over would tell of files, denials and switches: that none was seen proves nothing.
      detail: { ...UNKNOWN_DETAIL, computedCost, computedState: atMost(computedState), unpricedModels },
    },
  };
}

function atMost(state: Certainty): Certainty {
  return state === 'exact' || state === 'estimate' ? 'lower_bound' : state;
}
