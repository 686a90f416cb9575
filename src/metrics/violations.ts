import type { LedgerEvent } from '../core/event.ts';
import type { ViolationMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { after, DAY, type Duration } from '../core/time.ts';
import { witnessed } from './attempt.ts';

/** The violations of the last days. */
export interface ViolationsState {
  /** How far the world had got by the newest of them; what is kept is counted from here. */
  readonly newest: string | null;
  /** Oldest first, by id of their events. */
  readonly violations: readonly ViolationMark[];
}

const KEPT_FOR: Duration = 14 * DAY;
/** A fleet that does nothing else must not swell the state. */
const MOST_KEPT = 500;

/** Keeps the violations of the last 14 days, the last 500 of them. */
export const violationsFold: Fold<ViolationsState> = {
  initial: { newest: null, violations: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const found = events.flatMap((event) => (event.kind === 'violation.found' ? [event] : []));
    if (found.length === 0) return state;
    const newest = found.map(witnessed).reduce((last, at) => (at > last ? at : last), state.newest ?? '');
    const marks = new Map(state.violations.map((mark) => [mark.id, mark]));
    for (const { id, at, data } of found) marks.set(id, { id, at, ...data.violation });
    const oldest = after(newest, -KEPT_FOR);
    const kept = [...marks.values()].filter((mark) => mark.at >= oldest).sort(byMoment);
    return { newest, violations: kept.slice(-MOST_KEPT) };
  },
};

function byMoment(a: ViolationMark, b: ViolationMark): number {
  return `${a.at} ${a.id}` < `${b.at} ${b.id}` ? -1 : 1;
}
