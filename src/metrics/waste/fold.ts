import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import { after, DAY, type Duration } from '../../core/time.ts';
import type { SavingMark } from '../../core/waste.ts';

/** What people were advised to change, and what came of it. */
export interface SavingsState {
  /** Oldest first, those of the last 200 days. */
  readonly savings: readonly SavingMark[];
}

const KEPT_FOR: Duration = 200 * DAY;

/** Keeps the predicted savings. */
export const savingsFold: Fold<SavingsState> = {
  initial: { savings: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const relevant = events.filter((event) => event.kind === 'saving.predicted' || event.kind === 'saving.scored');
    if (relevant.length === 0) return state;
    const marks = new Map(state.savings.map((mark) => [mark.id, mark]));
    for (const event of relevant) take(marks, event);
    const all = [...marks.values()].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    const newest = all.at(-1)?.at;
    return { savings: newest === undefined ? all : all.filter(({ at }) => at >= after(newest, -KEPT_FOR)) };
  },
};

function take(marks: Map<string, SavingMark>, event: EventOf<'saving.predicted' | 'saving.scored'>): void {
  if (event.kind === 'saving.predicted') {
    if (!marks.has(event.id)) marks.set(event.id, { ...event.data.saving, id: event.id, outcome: null });
    return;
  }
  const mark = marks.get(event.data.saving);
  if (mark !== undefined) marks.set(mark.id, { ...mark, outcome: event.data.outcome });
}
