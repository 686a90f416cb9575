import type { Fold } from '../core/fold.ts';
import { LONGEST_OVERRIDE, type Override } from '../core/override.ts';
import { after, latest } from '../core/time.ts';

/** What leads let start although it could not be told whether it may, oldest first. */
export type OverridesState = readonly Override[];

/** Keeps the overrides in force, and those that recently ended. */
export const overridesFold: Fold<OverridesState> = {
  initial: [],
  apply: (state, events) => {
    const news = events.flatMap((event) => (event.kind === 'agent.overridden' ? [event.data.override] : []));
    if (news.length === 0) return state;
    const all = [...state, ...news];
    const oldest = after(all.map(({ at }) => at).reduce(latest), -LONGEST_OVERRIDE);
    return all.filter(({ until }) => until >= oldest);
  },
};
