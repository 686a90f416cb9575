import { createHash } from 'node:crypto';
import type { Instant } from '../../../src/core/time.ts';
import type { GraphqlObject } from './graphql-language.ts';
import type { FakePull } from './pulls.ts';
import { nodeId, stamp } from './shapes/urls.ts';
import type { FakeUser, World } from './world.ts';

export interface FakeReview {
  readonly id: number;
  /** Null for an account that is gone. */
  readonly author: FakeUser | null;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly head: string;
  /** Null while it is not sent. */
  readonly at: Instant | null;
}

type Turn =
  | { readonly type: 'ReadyForReviewEvent' | 'ConvertToDraftEvent'; readonly at: Instant }
  | { readonly type: 'ClosedEvent'; readonly at: Instant; readonly by: FakeUser };

/** What people did with a pull request. */
interface PullLife {
  readonly reviews: FakeReview[];
  asked: (FakeUser | { readonly team: string })[];
  readonly turns: Turn[];
  mergedBy: FakeUser | null;
  mergeCommit: string | null;
}

const lives = new WeakMap<FakePull, PullLife>();

/** What people did with a pull request; change it freely. */
export function lifeOf(pull: FakePull): PullLife {
  const life = lives.get(pull) ?? { reviews: [], asked: [], turns: [], mergedBy: null, mergeCommit: null };
  lives.set(pull, life);
  return life;
}

/** A review of the head as it is. Who gives one is asked no longer. */
export function reviewPull(
  world: World,
  pull: FakePull,
  review: { readonly by: FakeUser | null; readonly state: FakeReview['state']; readonly at: Instant },
): FakeReview {
  const life = lifeOf(pull);
  const at = review.state === 'PENDING' ? null : review.at;
  const made = { id: world.nextId(), author: review.by, state: review.state, head: pull.headSha, at };
  life.reviews.push(made);
  life.asked = life.asked.filter((who) => who !== review.by);
  pull.issue.updatedAt = review.at;
  return made;
}

/** Merges by somebody; the commit is made up. */
export function mergePull(pull: FakePull, by: FakeUser, at: Instant): void {
  const life = lifeOf(pull);
  closePull(pull, by, at);
  pull.mergedAt = at;
  life.mergedBy = by;
  life.mergeCommit = createHash('sha1').update(`merge ${pull.issue.number}`).digest('hex');
}

/** Closes by somebody, without a merge. */
export function closePull(pull: FakePull, by: FakeUser, at: Instant): void {
  Object.assign(pull.issue, { state: 'closed', closedAt: at, closedBy: by, updatedAt: at });
  lifeOf(pull).turns.push({ type: 'ClosedEvent', at, by });
}

/** Leaves the draft, or becomes one again. */
export function turnPull(pull: FakePull, to: 'ready' | 'draft', at: Instant): void {
  pull.isDraft = to === 'draft';
  lifeOf(pull).turns.push({ type: to === 'ready' ? 'ReadyForReviewEvent' : 'ConvertToDraftEvent', at });
  pull.issue.updatedAt = at;
}

/** A new commit on its branch. */
export function pushTo(pull: FakePull, at: Instant): void {
  pull.headSha = createHash('sha1').update(`${pull.headSha} ${at}`).digest('hex');
  pull.issue.updatedAt = at;
}

/** As GraphQL orders them by UPDATED_AT. */
export function lastChangedFirst(pulls: readonly FakePull[]): readonly FakePull[] {
  return [...pulls].sort((a, b) => (a.issue.updatedAt < b.issue.updatedAt ? 1 : -1));
}

/** The fields of GraphQL's `PullRequest` that tell of people. */
export function lifeObject(pull: FakePull, actor: (user: FakeUser) => GraphqlObject): Record<string, unknown> {
  const { issue } = pull;
  const { reviews, asked, turns, mergedBy, mergeCommit } = lifeOf(pull);
  const person = (user: FakeUser | null): GraphqlObject | null => (user === null ? null : actor(user));
  return {
    title: issue.title,
    body: issue.body ?? '',
    createdAt: stamp(issue.createdAt),
    updatedAt: stamp(issue.updatedAt),
    closedAt: issue.closedAt === null ? null : stamp(issue.closedAt),
    mergedAt: pull.mergedAt === null ? null : stamp(pull.mergedAt),
    baseRefName: pull.baseRef,
    mergedBy: person(mergedBy),
    mergeCommit: mergeCommit === null ? null : { __typename: 'Commit', oid: mergeCommit },
    reviewRequests: () => ({
      __typename: 'ReviewRequestConnection',
      nodes: asked.map((who) => ({
        __typename: 'ReviewRequest',
        requestedReviewer: 'team' in who ? { __typename: 'Team', combinedSlug: who.team } : actor(who),
      })),
    }),
    reviews: ({ last }: { readonly last: number }) => ({
      __typename: 'PullRequestReviewConnection',
      totalCount: reviews.length,
      nodes: reviews.slice(-last).map((review) => ({
        __typename: 'PullRequestReview',
        id: nodeId('PRR', review.id),
        databaseId: review.id,
        state: review.state,
        submittedAt: review.at === null ? null : stamp(review.at),
        author: person(review.author),
        commit: { __typename: 'Commit', oid: review.head },
      })),
    }),
    timelineItems: ({ last, itemTypes }: { readonly last: number; readonly itemTypes: readonly string[] }) => ({
      __typename: 'PullRequestTimelineItemsConnection',
      nodes: turns
        .filter(({ type }) => itemTypes.includes(constantName(type)))
        .slice(-last)
        .map((turn) => ({
          __typename: turn.type,
          createdAt: stamp(turn.at),
          ...(turn.type === 'ClosedEvent' ? { actor: actor(turn.by) } : {}),
        })),
    }),
  };
}

/** `READY_FOR_REVIEW_EVENT` of `ReadyForReviewEvent`. */
function constantName(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
