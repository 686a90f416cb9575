import type { LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { WouldHave } from '../../core/shadow.ts';
import { after, DAY, type Duration, latest } from '../../core/time.ts';

/** What shadow mode held back, oldest first. */
export type ShadowState = readonly WouldHave[];

const KEPT: Duration = 90 * DAY;
const MOST_KEPT = 500;

/** Keeps what shadow mode held back in the last 90 days. */
export const shadowFold: Fold<ShadowState> = {
  initial: [],
  apply: (state, events) => {
    const news = events.flatMap(heldBack);
    if (news.length === 0) return state;
    const all = [...state, ...news];
    const newest = all.map(({ at }) => at).reduce(latest);
    return all.filter(({ at }) => at >= after(newest, -KEPT)).slice(-MOST_KEPT);
  },
};

function heldBack(event: LedgerEvent): readonly WouldHave[] {
  if (event.kind === 'halt.would_have') {
    const { rule, fingerprint, agents, episode = null, do: kind = 'stop' } = event.data;
    return [{ at: event.at, do: kind, rule, fingerprint, episode, agents, until: null }];
  }
  if (event.kind !== 'remedy.decided') return [];
  const { do: kind, verdict, name, fingerprint, episode, agents, until } = event.data.remedy;
  if (kind !== 'deny' || verdict !== 'would_have' || until === undefined) return [];
  return [{ at: event.at, do: kind, rule: name, fingerprint, episode, agents, until }];
}
