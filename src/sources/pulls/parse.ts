import { authorshipOf } from '../../core/authorship.ts';
import { type AuthorshipSignals, bodySign } from '../../core/authorship-signs.ts';
import type { PullMark, PullRecord, ReviewMark } from '../../core/pull.ts';
import { keptName } from '../../core/redact.ts';
import type { Actor } from '../../core/run.ts';
import type { ReviewedPull } from '../../github/pull-reviews-port.ts';
import { titleHash } from '../items/parse.ts';

/** What helps to tell whose a pull request is, apart from GitHub's data about it. */
export interface Surroundings extends Pick<AuthorshipSignals, 'runs' | 'agents'> {
  /** `OWNER/NAME`. */
  readonly repo: string;
  /** The slug of the app that opened the pull request with this number. Null if there is none, or if it is unknown. */
  appOf(number: number): string | null;
  /** Logins of programs that GitHub treats as people, in lower case. */
  readonly machines: readonly string[];
  /** The already known pull requests, by number. */
  readonly known: ReadonlyMap<number, PullRecord>;
}

/** The mark of a pull request, with its author as far as known now. */
export function pullMark(pull: ReviewedPull, around: Surroundings): PullMark {
  const { number, author, createdAt, updatedAt, draft, head, closedAt, mergedAt, mergedBy, mergeCommit } = pull;
  const { verdict, agent, run } = authorshipOf({
    author,
    app: around.appOf(number),
    headRef: pull.headRef,
    createdAt,
    body: bodySign(pull.body, around.repo),
    commits: 'unasked',
    runs: around.runs,
    agents: around.agents,
  });
  return {
    ...{ number, agent, author, run, createdAt, updatedAt, draft, head, base: keptName(pull.base), closedAt, mergedAt },
    // Before the merge GitHub names a trial commit.
    mergeCommit: mergedAt === null ? null : mergeCommit,
    mergedBy: mergedBy === null ? null : actorIn(around, mergedBy),
    reverts: reverted(pull, around),
    standing: {
      verdict,
      readyAt: pull.readyAt,
      asked: pull.asked.map(({ id, name }) => ({ id, name: keptName(name) })),
      closedBy: pull.closedBy === null ? null : actorIn(around, pull.closedBy),
      titleHash: titleHash(pull.title),
    },
  };
}

/** Only this much of a text is searched for a revert. */
const CONSIDERED = 4_096;

/**
 * The pull request that it reverts: the one named in GitHub's wording (`Reverts octo/repo#12`, alone on a line), or the one merged
 * by the commit named in git's wording. Anyone can write these, so it counts only after the merge.
 */
function reverted({ number, body }: ReviewedPull, { repo, known }: Surroundings): number | null {
  const text = body.slice(0, CONSIDERED);
  const [, place, named] = /^Reverts ([\w.-]+\/[\w.-]+)?#(\d{1,9})\s*$/m.exec(text) ?? [];
  if (named !== undefined && (place === undefined || place.toLowerCase() === repo.toLowerCase())) {
    return Number(named) === number ? null : Number(named);
  }
  const [, commit] = /^This reverts commit ([\da-f]{40})\b/m.exec(text) ?? [];
  if (commit === undefined) return null;
  return [...known.values()].find(({ mergeCommit }) => mergeCommit === commit)?.number ?? null;
}

/** The reviews by people, without bots and without the author's own. */
export function reviewsOfPeople({ author, reviews }: ReviewedPull, around: Surroundings): readonly ReviewMark[] {
  return reviews.filter(({ by }) => actorIn(around, by).type === 'User' && by.id !== author?.id);
}

/** A program that GitHub treats as a person is a bot. */
function actorIn({ machines }: Surroundings, actor: Actor): Actor {
  return machines.includes(actor.login.toLowerCase()) ? { ...actor, type: 'Bot' } : actor;
}
