import type { Denial } from '../core/denial.ts';
import type { Fold } from '../core/fold.ts';
import { after, DAY, type Duration, latest } from '../core/time.ts';

/** Which agents may not start for a while, oldest first. */
export type DenialsState = readonly Denial[];

/** How long after its end a denial is remembered. */
const KEPT: Duration = 30 * DAY;
const MOST_KEPT = 500;

/** Keeps the denials in force, and those that recently ended. */
export const denialsFold: Fold<DenialsState> = {
  initial: [],
  apply: (state, events) => {
    const news = events.flatMap((event) => (event.kind === 'agent.denied' ? [event.data.denial] : []));
    if (news.length === 0) return state;
    const all = [...state, ...news];
    const newest = all.map(({ at }) => at).reduce(latest);
    return all.filter(({ until }) => until >= after(newest, -KEPT)).slice(-MOST_KEPT);
  },
};
