import { attempt } from '../../core/failure.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { commentMarker, passportComment } from '../../review/comment.ts';
import type { Matter } from '../../review/matter.ts';
import { type JudgedPull, REVIEW_CONTEXT, type ReviewStatus, statusOf } from '../../review/status.ts';
import type { ReviewDesk, ReviewOutcome } from './desk.ts';

/** A pull request that was reviewed. */
export interface Reviewed extends JudgedPull {
  readonly matter: Matter;
  /** What else to say, in our words. */
  readonly said: readonly string[];
}

/** Pull requests that share a head. */
interface Sharing {
  readonly reviewed: readonly Reviewed[];
  /** Those with the same head that could not be reviewed. */
  readonly unseen: readonly number[];
  readonly problems: readonly string[];
}

/** Writes the passports under their pull requests, and then the status of their common head. */
export async function tellOfReview(
  desk: ReviewDesk,
  { reviewed, unseen, problems }: Sharing,
): Promise<readonly ReviewOutcome[]> {
  const mode = desk.config.review.mode ?? desk.config.mode;
  const status = statusOf(reviewed, unseen, mode);
  const comments: (CommentResult & { readonly pull: number })[] = [];
  for (const one of reviewed) comments.push({ pull: one.passport.pull, ...(await comment(desk, one, reviewed, mode)) });
  const set = await attempt(() => setStatus(desk, reviewed, status));
  const more = set.ok
    ? problems
    : [...problems, `Its status could not be set: ${set.failure.message}. ${set.failure.remedy}`];
  return reviewed.map(({ passport, approvedBy, rejectedBy }) => {
    const written = comments.find(({ pull }) => pull === passport.pull);
    return {
      ...{ pull: passport.pull, passport, status, approvedBy, rejectedBy, comment: written?.url ?? null },
      problems: [...more, ...(written?.problem === null || written === undefined ? [] : [written.problem])],
    };
  });
}

/** A status that already says the same is left alone: a commit takes at most a thousand of them. */
async function setStatus(desk: ReviewDesk, reviewed: readonly Reviewed[], status: ReviewStatus): Promise<void> {
  const [first] = reviewed;
  if (desk.dryRun || !desk.config.review.status || first === undefined) return;
  const { head } = first.passport;
  await desk.github.pulls.setStatus(head, { context: REVIEW_CONTEXT, ...status, url: null });
}

interface CommentResult {
  readonly url: string | null;
  readonly problem: string | null;
}

async function comment(
  desk: ReviewDesk,
  one: Reviewed,
  all: readonly Reviewed[],
  mode: 'shadow' | 'enforce',
): Promise<CommentResult> {
  const { passport, said } = one;
  if (desk.dryRun || !desk.config.review.comment || passport.authorship.verdict === 'person')
    return { url: null, problem: null };
  const sharedWith = all.map((other) => other.passport.pull).filter((pull) => pull !== passport.pull);
  const docs = `${desk.home}/docs/review.md`;
  const body = passportComment(passport, { ...one, mode, sharedWith, said, docs });
  const done = await attempt(() => put(desk.github, passport.pull, body));
  return done.ok
    ? { url: done.value, problem: null }
    : {
        url: null,
        problem: `The passport could not be written under it: ${done.failure.message}. ${done.failure.remedy}`,
      };
}

/** Edits our own comment, or writes one. A comment that already says the same is left as it is. */
async function put({ review, people, issues }: GitHub, pull: number, body: string): Promise<string> {
  const marker = commentMarker(pull);
  const marked = (await review.comments(pull)).filter((one) => one.body.startsWith(marker));
  const own = marked.length === 0 ? null : await ownOf(marked, issues.me);
  if (own === null) return (await people.answer(pull, body)).url;
  if (own.body !== body) await people.editAnswer(own.id, body);
  return own.url;
}

/** Anybody can paste a marker: ours is the comment we wrote. */
async function ownOf(marked: readonly RemoteComment[], me: () => Promise<string>): Promise<RemoteComment | null> {
  const login = (await me()).toLowerCase();
  return marked.find(({ author }) => author?.login.toLowerCase().replace(/\[bot\]$/, '') === login) ?? null;
}
