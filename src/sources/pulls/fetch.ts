import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import { sha256 } from '../../core/hash.ts';
import type { PullMark, ReviewMark } from '../../core/pull.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { PullReviewsApi, ReviewedPull } from '../../github/pull-reviews-port.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { PULLS } from './name.ts';
import { pullMark, reviewsOfPeople, type Surroundings } from './parse.ts';
import { promiseIn } from './promise.ts';

/** Lists lag, and clocks differ, so changes shortly before the last look are read once more. */
const OVERLAP: Duration = 5 * MINUTE;
/** A thousand pull requests. A quiet watch reads one page. */
const MOST_PAGES = 40;

export interface PullsRequest {
  readonly api: PullReviewsApi;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  /** How far back the first look goes. */
  readonly lookBack: Duration;
  readonly around: Omit<Surroundings, 'repo'>;
}

/**
 * Reads the pull requests that changed since the last look with their reviews, in one request if few have. Keeps those of agents
 * and those that revert one of them. A failure is only reported, because it hides nothing of what agents spend.
 */
export async function gatherPulls({ api, moment, sources, lookBack, around }: PullsRequest): Promise<Gathered> {
  const { now, repo } = moment;
  const mark = watermarkOf(sources, PULLS);
  const since = mark === null ? after(now, -lookBack) : after(mark, -OVERLAP);
  const listed = await attempt(() => api.changedSince(since, MOST_PAGES));
  if (!listed.ok) {
    const { message, remedy } = listed.failure;
    return { events: [], complaints: [`What waits for review is not known: ${message}. ${remedy}.`] };
  }
  const { pulls, whole } = listed.value;
  const surroundings = { ...around, repo };
  const kept = ofAgents(pulls, surroundings);
  return gather(PULLS, moment, async () => ({
    events: kept.flatMap(({ pull, mark: seen }) => [
      pullSeen(seen, moment),
      ...reviewsOfPeople(pull, surroundings).map((review) => reviewGiven(review, moment)),
      ...promiseOf(pull, moment),
    ]),
    complaints: complaintsOf(kept, whole),
    watermark: now,
    items: pulls.length,
    failure: null,
  }));
}

interface Kept {
  readonly pull: ReviewedPull;
  readonly mark: PullMark;
}

/** Those that agents made or may have made, those already known, and those that revert one of these. */
function ofAgents(pulls: readonly ReviewedPull[], around: Surroundings): readonly Kept[] {
  const marked = pulls.map((pull) => ({ pull, mark: pullMark(pull, around) }));
  const own = marked.filter(({ mark }) => mark.standing?.verdict !== 'person' || around.known.has(mark.number));
  const numbers = new Set([...around.known.keys(), ...own.map(({ mark }) => mark.number)]);
  return marked.filter(({ mark }) => numbers.has(mark.number) || (mark.reverts !== null && numbers.has(mark.reverts)));
}

function complaintsOf(kept: readonly Kept[], whole: boolean): readonly string[] {
  const cut = kept.filter(({ pull }) => pull.moreReviews > 0).map(({ pull }) => `#${pull.number}`);
  return [
    ...(whole ? [] : [`Of the pull requests only the ${MOST_PAGES * 25} that changed last were read.`]),
    ...(cut.length === 0 ? [] : [`Of ${cut.slice(0, 10).join(', ')} only the last hundred reviews were read.`]),
  ];
}

/** The improvement that it promises. Once merged, it is held to what it said before. */
function promiseOf(pull: ReviewedPull, moment: SourceMoment): readonly EventOf<'improvement.proposed'>[] {
  const promise = promiseIn(pull.body);
  if (promise === null) return [];
  const digest = sha256(JSON.stringify([pull.head, promise])).slice(0, 12);
  const id = `improvement:${pull.number}:proposed:${digest}`;
  const data = { pull: pull.number, by: { kind: 'block' }, head: pull.head, ...promise } as const;
  // GitHub does not say when a text was changed, and the same text must always have the same time.
  return [{ ...head(id, pull.createdAt, moment), kind: 'improvement.proposed', data }];
}

function pullSeen(pull: PullMark, moment: SourceMoment): EventOf<'pull.seen'> {
  const id = `pull:${pull.number}:${pull.updatedAt}`;
  return { ...head(id, pull.updatedAt, moment), kind: 'pull.seen', data: { pull } };
}

/** A review that is dismissed later is recorded again. GitHub's list does not say when that was. */
function reviewGiven(review: ReviewMark, moment: SourceMoment): EventOf<'review.given'> {
  const id = `review:${review.pull}:${review.id}:${review.verdict}`;
  return { ...head(id, review.at, moment), kind: 'review.given', data: { review } };
}

function head(
  id: string,
  at: Instant,
  { repo, now }: SourceMoment,
): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at, seen: now, repo, subject: repositorySubject(repo) };
}
