import type { LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { ItemMark } from '../../core/item.ts';
import { after, DAY, type Duration } from '../../core/time.ts';

/** The issues and pull requests of bots. */
export interface ItemsState {
  /** The time of the newest change among them. '' before the first. */
  readonly newest: string;
  /** By number, oldest first. */
  readonly items: readonly ItemMark[];
}

/** How long closed items are kept after their creation. Open ones are always kept. */
const KEPT_FOR: Duration = 35 * DAY;
/** A bot that opens issues endlessly must not grow our memory endlessly. */
const MOST_KEPT = 2_000;

/** Keeps what bots made: open items and recent ones. */
export const itemsFold: Fold<ItemsState> = {
  initial: { newest: '', items: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const seen = events.flatMap((event) => (event.kind === 'item.seen' ? [event.data.item] : []));
    if (seen.length === 0) return state;
    const marks = new Map(state.items.map((item) => [item.number, item]));
    for (const item of seen) {
      const known = marks.get(item.number);
      // The author was determined while its run was still known. A later look adds the end.
      if (known === undefined || known.updatedAt <= item.updatedAt) {
        marks.set(item.number, { ...item, agent: known?.agent ?? item.agent });
      }
    }
    const newest = seen.reduce((last, { updatedAt }) => (updatedAt > last ? updatedAt : last), state.newest);
    const oldest = after(newest, -KEPT_FOR);
    const kept = [...marks.values()].filter((item) => item.closedAt === null || item.createdAt >= oldest);
    return { newest, items: kept.sort((a, b) => a.number - b.number).slice(-MOST_KEPT) };
  },
};
