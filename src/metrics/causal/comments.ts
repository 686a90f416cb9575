import type { CommentMark } from '../../core/causal.ts';
import type { Fold } from '../../core/fold.ts';
import { after, DAY, type Duration, latest } from '../../core/time.ts';

/** What was said in threads with bots, oldest first, without the words. */
export type CommentsState = readonly CommentMark[];

const KEPT: Duration = 35 * DAY;
/** Bots that talk endlessly must not make us remember endlessly. */
const MOST_KEPT = 2_000;

/** Keeps the comments of the last 35 days, each once. */
export const commentsFold: Fold<CommentsState> = {
  initial: [],
  apply: (state, events) => {
    const seen = events.flatMap((event) => (event.kind === 'comment.seen' ? [event.data.comment] : []));
    if (seen.length === 0) return state;
    const known = new Set(state.map(({ id }) => id));
    const fresh = seen.filter(({ id }, i) => !known.has(id) && seen.findIndex((one) => one.id === id) === i);
    const all = [...state, ...fresh].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id));
    const newest = all.map(({ at }) => at).reduce(latest, '');
    const oldest = newest === '' ? '' : after(newest, -KEPT);
    return all.filter(({ at }) => at >= oldest).slice(-MOST_KEPT);
  },
};
