import type { CommentMark } from '../../core/causal.ts';
import type { EventOf } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { SourceMoment } from '../progress.ts';

/** The bot that a job acts as with its own token. Its comments start no workflow, so they are never part of a chain. */
const JOB_BOT = 41_898_282;

/**
 * What is kept of comments to trace what they led to: those of bots and apps, and, in the same issues, the fact that a person
 * joined in. Nothing is kept of the text except the number of the run that a bot links to.
 */
export function commentEvents(
  comments: readonly RemoteComment[],
  known: readonly CommentMark[],
  { repo, now }: SourceMoment,
): readonly EventOf<'comment.seen'>[] {
  const seen = new Set(known.map(({ id }) => id));
  const talked = new Set(known.flatMap(({ bot, item }) => (bot === null ? [] : [item])));
  const marks: CommentMark[] = [];
  for (const comment of [...comments].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))) {
    const mark = markOf(comment, repo);
    if (mark === null || seen.has(mark.id)) continue;
    if (mark.bot === null && !talked.has(mark.item)) continue;
    talked.add(mark.item);
    marks.push(mark);
  }
  return marks.map((comment) => ({
    v: 1,
    id: `comment:${comment.id}`,
    kind: 'comment.seen',
    at: comment.at,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { comment },
  }));
}

/** Null for comments that are irrelevant for chains. */
function markOf({ id, issue, author, app, createdAt, body }: RemoteComment, repo: string): CommentMark | null {
  if (author?.id === JOB_BOT || (author === null && app === null)) return null;
  const isBot = author?.type === 'Bot' || app !== null;
  return {
    ...{ id, item: issue, app, at: createdAt },
    bot: isBot ? author : null,
    claims: isBot ? runLinkedIn(body, repo) : null,
  };
}

/** The run of this repository that a text links to. Null if there is none, or more than one. */
export function runLinkedIn(body: string, repo: string): number | null {
  const page = `/${repo}/actions/runs/`.toLowerCase();
  const runs = body
    .toLowerCase()
    .split(page)
    .slice(1)
    .flatMap((rest) => /^\d{1,15}(?!\d)/.exec(rest)?.[0] ?? []);
  const [only, ...others] = new Set(runs);
  return only === undefined || others.length > 0 ? null : Number(only);
}
