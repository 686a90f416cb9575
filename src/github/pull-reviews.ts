import type { Asked, ReviewMark } from '../core/pull.ts';
import type { Instant } from '../core/time.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import { askGraphql } from './graphql.ts';
import type { PullReviewsApi, ReviewedPull } from './pull-reviews-port.ts';
import { actorOfGraphql } from './pulls.ts';
import type { Raw } from './raw.ts';

const READ: Purpose = { doing: 'read the reviews of pull requests', permission: 'pull-requests: read' };

const ACTOR =
  '{ __typename login ... on Bot { databaseId } ... on User { databaseId } ... on Organization { databaseId } }';

/** All of it in one request. GraphQL cannot filter pull requests by time, but it can list the most recently changed first. */
const QUERY = `query ($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 25, after: $cursor, orderBy: { field: UPDATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title body isDraft createdAt updatedAt closedAt mergedAt headRefOid headRefName baseRefName
        author ${ACTOR}
        mergedBy ${ACTOR}
        mergeCommit { oid }
        reviewRequests(first: 20) {
          nodes { requestedReviewer { __typename ... on User { login databaseId } ... on Bot { login databaseId } ... on Team { combinedSlug } } }
        }
        reviews(last: 100) {
          totalCount
          nodes { databaseId state submittedAt author ${ACTOR} commit { oid } }
        }
        timelineItems(last: 50, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, CLOSED_EVENT]) {
          nodes {
            __typename
            ... on ReadyForReviewEvent { createdAt }
            ... on ConvertToDraftEvent { createdAt }
            ... on ClosedEvent { createdAt actor ${ACTOR} }
          }
        }
      }
    }
  }
}`;

/** Pull requests with their reviews, read by GraphQL: REST would need two requests for each. */
export function pullReviewsApi(connection: Connection, repo: string): PullReviewsApi {
  const [owner, name] = repo.split('/');
  const read = async (cursor: string | null): Promise<Page> => {
    const data = await askGraphql(connection, READ, QUERY, { owner, name, cursor });
    const listed = data.object('repository').object('pullRequests');
    const info = listed.object('pageInfo');
    const next = info.flag('hasNextPage') ? info.text('endCursor') : null;
    return { pulls: listed.list('nodes').map(pullOf), next };
  };
  return { changedSince: (since, pages) => readSince(read, since, pages) };
}

async function readSince(
  read: (cursor: string | null) => Promise<Page>,
  since: Instant,
  pages: number,
): ReturnType<PullReviewsApi['changedSince']> {
  const found = new Map<number, ReviewedPull>();
  let page = await read(null);
  for (let turned = 1; ; turned += 1) {
    // What changes during paging moves to the front. It is seen twice or at the next look, but never missed.
    const changed = page.pulls.filter(({ updatedAt }) => updatedAt >= since);
    for (const pull of changed) found.set(pull.number, found.get(pull.number) ?? pull);
    const next = changed.length < page.pulls.length ? null : page.next;
    if (next === null || turned >= pages) return { pulls: [...found.values()], whole: next === null };
    page = await read(next);
  }
}

interface Page {
  readonly pulls: readonly ReviewedPull[];
  readonly next: string | null;
}

function pullOf(raw: Raw): ReviewedPull {
  const number = raw.number('number');
  const reviews = raw.object('reviews');
  const listed = reviews.list('nodes');
  const closedAt = raw.instantOrNull('closedAt');
  const timeline = raw.object('timelineItems').list('nodes');
  return {
    number,
    title: raw.text('title'),
    body: raw.text('body'),
    author: actorOfGraphql(raw.objectOrNull('author')),
    createdAt: raw.instant('createdAt'),
    updatedAt: raw.instant('updatedAt'),
    draft: raw.flag('isDraft'),
    head: raw.text('headRefOid'),
    headRef: raw.text('headRefName'),
    base: raw.text('baseRefName'),
    closedAt,
    closedBy: closedAt === null ? null : closedBy(timeline),
    mergedAt: raw.instantOrNull('mergedAt'),
    mergedBy: actorOfGraphql(raw.objectOrNull('mergedBy')),
    mergeCommit: raw.objectOrNull('mergeCommit')?.text('oid') ?? null,
    readyAt: readyAt(raw, timeline),
    asked: raw.object('reviewRequests').list('nodes').flatMap(askedOf),
    reviews: listed.flatMap((review) => reviewOf(number, review)),
    moreReviews: Math.max(0, reviews.number('totalCount') - listed.length),
  };
}

/** If its first change was out of draft, it was opened as a draft. */
function readyAt(raw: Raw, timeline: readonly Raw[]): Instant | null {
  const turn = timeline.find((event) => event.text('__typename') !== 'ClosedEvent');
  if (turn === undefined) return raw.flag('isDraft') ? null : raw.instant('createdAt');
  return turn.text('__typename') === 'ReadyForReviewEvent' ? turn.instant('createdAt') : raw.instant('createdAt');
}

function closedBy(timeline: readonly Raw[]): ReviewedPull['closedBy'] {
  const last = timeline.findLast((event) => event.text('__typename') === 'ClosedEvent');
  return actorOfGraphql(last?.objectOrNull('actor') ?? null);
}

/** Null for what the token may not see. */
function askedOf(raw: Raw): readonly Asked[] {
  const who = raw.objectOrNull('requestedReviewer');
  switch (who?.text('__typename')) {
    case 'User':
    case 'Bot':
      return [{ id: who.number('databaseId'), name: who.text('login') }];
    case 'Team':
      return [{ id: null, name: `@${who.text('combinedSlug')}` }];
    default:
      return [];
  }
}

const VERDICTS: Readonly<Record<string, ReviewMark['verdict']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
};

/** A review that is not submitted is private. If its author is gone, a person cannot be told from a bot. */
function reviewOf(pull: number, raw: Raw): readonly ReviewMark[] {
  const verdict = VERDICTS[raw.text('state')];
  const by = actorOfGraphql(raw.objectOrNull('author'));
  const at = raw.instantOrNull('submittedAt');
  if (verdict === undefined || by === null || at === null) return [];
  const id = raw.number('databaseId');
  return [{ pull, id, by, verdict, head: raw.objectOrNull('commit')?.text('oid') ?? null, at }];
}
