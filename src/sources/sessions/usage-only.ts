import type { Certainty } from '../../core/outcome.ts';
import { detailOf, UNKNOWN_DETAIL } from '../../core/session.ts';
import { CLAUDE_TRANSCRIPT } from './claude/transcript/reading.ts';
import type { FoundSession } from './found-session.ts';

/**
 * A session whose transcript was only read for rows with usage. What other rows say is unknown, and so is whether usage is missing.
 * Other kinds of records are read in full and stay as they are.
 */
export function onlyUsage(found: FoundSession): FoundSession {
  if (found.reading.format !== CLAUDE_TRANSCRIPT) return found;
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
      // Files, denials and switches would be in the skipped rows, so their absence proves nothing.
      detail: { ...UNKNOWN_DETAIL, computedCost, computedState: atMost(computedState), unpricedModels },
    },
  };
}

function atMost(state: Certainty): Certainty {
  return state === 'exact' || state === 'estimate' ? 'lower_bound' : state;
}
