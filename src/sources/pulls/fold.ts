import type { LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { PullFacts, PullMark, PullRecord, ReviewMark } from '../../core/pull.ts';
import { after, DAY, type Duration, type Instant, latest } from '../../core/time.ts';
import { PULLS } from './name.ts';

/** Agents' pull requests and what people said about them. */
export interface PullsState {
  /** The earliest change seen, or the first look. All changes since then are known. '' before the first. */
  readonly since: string;
  /** The time of the newest change among them. '' before the first. */
  readonly newest: string;
  /** By number, oldest first. */
  readonly pulls: readonly PullRecord[];
  /** By moment, oldest first. */
  readonly reviews: readonly ReviewMark[];
}

/** How long closed pull requests are kept. Open ones are always kept. */
const KEPT_FOR: Duration = 100 * DAY;
/** An agent that opens pull requests endlessly must not grow our memory endlessly. */
const MOST_KEPT = 2_000;
/** Per pull request. */
const MOST_REVIEWS = 100;

/** Keeps agents' pull requests: open ones and recently closed ones. */
export const pullsFold: Fold<PullsState> = {
  initial: { since: '', newest: '', pulls: [], reviews: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const seen = events.flatMap((event) => (event.kind === 'pull.seen' ? [event.data.pull] : []));
    const given = events.flatMap((event) => (event.kind === 'review.given' ? [event.data.review] : []));
    const looked = events.flatMap((event) => (isLook(event) ? [event.at] : []));
    const since = [...looked, ...seen.map(({ updatedAt }) => updatedAt)].reduce(
      (first, at) => (first === '' || at < first ? at : first),
      state.since,
    );
    if (seen.length === 0 && given.length === 0) return since === state.since ? state : { ...state, since };
    const records = new Map(state.pulls.map((pull) => [pull.number, pull]));
    for (const mark of seen) records.set(mark.number, joined(records.get(mark.number), mark));
    const newest = seen.reduce((last, { updatedAt }) => (updatedAt > last ? updatedAt : last), state.newest);
    const oldest = newest === '' ? '' : after(newest, -KEPT_FOR);
    const pulls = [...records.values()]
      .filter(({ closedAt }) => closedAt === null || closedAt >= oldest)
      .sort((a, b) => a.number - b.number)
      .slice(-MOST_KEPT);
    return { since, newest, pulls, reviews: keptReviews([...state.reviews, ...given], pulls) };
  },
};

function isLook(event: LedgerEvent): boolean {
  return event.kind === 'source.read' && event.data.source === PULLS;
}

/** The last look counts. The author was determined while its run was still known, so it is kept. */
function joined(known: PullRecord | undefined, mark: PullMark): PullRecord {
  if (known === undefined) return { ...mark, headSince: mark.standing?.readyAt ?? mark.createdAt };
  const [older, newer] = known.updatedAt <= mark.updatedAt ? [known, mark] : [mark, known];
  const headSince = older.head === newer.head ? known.headSince : newer.updatedAt;
  return {
    ...newer,
    agent: known.agent ?? mark.agent,
    run: known.run ?? mark.run,
    reverts: newer.reverts ?? older.reverts,
    ...standingOf(older, newer),
    headSince,
  };
}

function standingOf({ standing: older }: PullMark, { standing: newer }: PullMark): Pick<PullMark, 'standing'> {
  if (newer === undefined) return older === undefined ? {} : { standing: older };
  return { standing: older?.verdict === 'agent' ? { ...newer, verdict: 'agent' } : newer };
}

/** A dismissal stays, whatever is read later about the same review. */
function keptReviews(all: readonly ReviewMark[], pulls: readonly PullRecord[]): readonly ReviewMark[] {
  const numbers = new Set(pulls.map(({ number }) => number));
  const byId = new Map<number, ReviewMark>();
  for (const review of all) {
    if (!numbers.has(review.pull) || byId.get(review.id)?.verdict === 'dismissed') continue;
    byId.set(review.id, review);
  }
  const ordered = [...byId.values()].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
  const counts = new Map<number, number>();
  return ordered
    .reverse()
    .filter(({ pull }) => {
      const count = (counts.get(pull) ?? 0) + 1;
      counts.set(pull, count);
      return count <= MOST_REVIEWS;
    })
    .reverse();
}

/** What is known at `now`, without anything later. */
export function pullFacts({ since, newest, pulls, reviews }: PullsState, now: Instant): PullFacts {
  return {
    since: since === '' ? now : newest === '' ? since : latest(since, after(newest, -KEPT_FOR)),
    pulls: pulls.filter(({ createdAt }) => createdAt <= now),
    reviews: reviews.filter(({ at }) => at <= now),
  };
}
