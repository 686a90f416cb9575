import type { EventOf, LedgerEvent } from '../../src/core/event.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { PullMark, PullStanding, ReviewMark } from '../../src/core/pull.ts';
import type { Actor } from '../../src/core/run.ts';
import { repositorySubject } from '../../src/core/subject.ts';
import type { Instant } from '../../src/core/time.ts';
import { factsAfter, REPO, sourceStatus } from './happenings.ts';

export const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
export const ADA: Actor = { id: 7, login: 'ada', type: 'User' };
export const BOB: Actor = { id: 8, login: 'bob', type: 'User' };

/** A pull request, with what matters named and the rest made up. */
export interface PullWish extends Partial<Omit<PullMark, 'standing'>> {
  readonly number: number;
  readonly createdAt: Instant;
  readonly standing?: Partial<PullStanding>;
}

export function pullSeen(wish: PullWish): EventOf<'pull.seen'> {
  const { number, createdAt, standing, ...rest } = wish;
  const closedAt = wish.closedAt ?? wish.mergedAt ?? null;
  const updatedAt = wish.updatedAt ?? closedAt ?? createdAt;
  const pull: PullMark = {
    number,
    agent: 'fixer',
    author: CLAUDE,
    run: null,
    createdAt,
    updatedAt,
    draft: false,
    head: 'a'.repeat(40),
    base: 'main',
    mergedAt: null,
    mergeCommit: wish.mergedAt == null ? null : `${number}`.padStart(40, '0'),
    mergedBy: wish.mergedAt == null ? null : ADA,
    reverts: null,
    ...rest,
    closedAt,
    standing: {
      verdict: 'agent',
      readyAt: createdAt,
      asked: [],
      closedBy: closedAt === null ? null : ADA,
      titleHash: `hash ${number}`,
      ...standing,
    },
  };
  return { ...head(`pull:${number}:${updatedAt}`, updatedAt), kind: 'pull.seen', data: { pull } };
}

export function reviewGiven(
  wish: Partial<ReviewMark> & { readonly pull: number; readonly at: Instant },
): EventOf<'review.given'> {
  const review: ReviewMark = { id: wish.pull * 1_000, by: ADA, verdict: 'approved', head: 'a'.repeat(40), ...wish };
  const id = `review:${review.pull}:${review.id}:${review.verdict}`;
  return { ...head(id, review.at), kind: 'review.given', data: { review } };
}

function head(id: string, at: Instant): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at, seen: at, repo: REPO, subject: repositorySubject(REPO) };
}

/** The facts of a ledger whose pull requests are read well. */
export function factsWithPulls(events: readonly LedgerEvent[], now: Instant): Facts {
  const sources = ['actions-runs', 'artifacts', 'items', 'pulls'].map((name) => sourceStatus(name, now));
  return factsAfter(events, { now, agents: ['fixer', 'docs'], sources });
}
