import type { LedgerEvent } from '../core/event.ts';
import type { ViolationMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { DAY } from '../core/time.ts';
import { keepMarks } from './marks.ts';

/** The violations of the last days. */
export interface ViolationsState {
  /** The moment reached by the newest of them. Retention is counted from here. */
  readonly newest: string | null;
  /** Oldest first, by id of their events. */
  readonly violations: readonly ViolationMark[];
}

const KEPT = { keptFor: 14 * DAY, most: 500 };

/** Keeps the violations of the last 14 days, at most the last 500. */
export const violationsFold: Fold<ViolationsState> = {
  initial: { newest: null, violations: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const found = events.flatMap((event) => (event.kind === 'violation.found' ? [event] : []));
    if (found.length === 0) return state;
    const { newest, marks } = keepMarks(
      { newest: state.newest, marks: state.violations },
      found.map(({ id, at, seen, data }) => ({ at, seen, mark: { id, at, ...data.violation } })),
      KEPT,
    );
    return { newest, violations: marks };
  },
};
