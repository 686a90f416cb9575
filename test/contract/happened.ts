import type { LedgerEvent } from '../../src/core/event.ts';
import type { Fold } from '../../src/core/fold.ts';
import type { Instant } from '../../src/core/time.ts';

/** A fold that notices events that are lost, doubled or out of order. */
export interface Tally {
  readonly events: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly last: readonly string[];
}

export const tallyFold: Fold<Tally> = {
  initial: { events: 0, kinds: {}, last: [] },
  apply: (state, events) => {
    const kinds: Record<string, number> = { ...state.kinds };
    for (const { kind } of events) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const last = [...state.last, ...events.slice(-20).map(({ id }) => id)].slice(-20);
    return { events: state.events + events.length, kinds, last };
  },
};

export const NOW: Instant = '2026-11-21T09:30:00.000Z';

/** An event with an id of its own that happened at a moment. */
export function happened(id: string, at: Instant = NOW): LedgerEvent {
  return {
    v: 1,
    id,
    kind: 'watch.ran',
    at,
    seen: NOW,
    repo: 'octo/repo',
    subject: { kind: 'checkrein', name: 'watch' },
    data: { trigger: 'schedule', run: 7, late: null, requests: 12 },
  };
}
