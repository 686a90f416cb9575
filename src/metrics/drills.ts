import type { DrillMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import type { DrillRecord } from '../core/halt-events.ts';

/** The recent drills of the stop. */
export interface DrillsState {
  /** Oldest first, the last twenty of each mode, so that many dry drills do not push out the live one. */
  readonly drills: readonly DrillMark[];
}

const KEPT = 20;
const MODES: readonly DrillRecord['mode'][] = ['live', 'dry'];

/** Keeps what the last drills measured. */
export const drillsFold: Fold<DrillsState> = {
  initial: { drills: [] },
  apply(state, events) {
    const held = events.flatMap((event) => (event.kind === 'drill.ran' ? [{ at: event.at, ...event.data.drill }] : []));
    if (held.length === 0) return state;
    const all = [...state.drills, ...held].sort(byMoment);
    return { drills: MODES.flatMap((mode) => all.filter((drill) => drill.mode === mode).slice(-KEPT)).sort(byMoment) };
  },
};

/** The last drill that really stopped something; null if there was none. */
export function lastLiveDrill(drills: readonly DrillMark[]): DrillMark | null {
  return drills.findLast(({ mode }) => mode === 'live') ?? null;
}

function byMoment(a: DrillMark, b: DrillMark): number {
  return a.at < b.at ? -1 : Number(a.at > b.at);
}
