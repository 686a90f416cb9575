import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { type Answer, answeredComment, writeAnswer } from '../../people/answer.ts';

/** Writes one answer per comment, and edits it when it already exists. */
export interface Pen {
  /** True for a comment that we answered, judging by the comments themselves. */
  hasAnswered(comment: number): boolean;
  /** @throws OutsideFailure when neither a new answer nor the old one can be written. */
  write(comment: RemoteComment, answer: Answer): Promise<void>;
}

/** Looks for our own answers among `comments`. Only comments we wrote ourselves count, since anybody can paste a marker. */
export async function makePen(
  { people, issues }: Pick<GitHub, 'people' | 'issues'>,
  comments: readonly RemoteComment[],
): Promise<Pen> {
  // Our identity is needed only to find earlier answers. A command is answered without it too.
  const viewer = await attempt(() => issues.me());
  const me = viewer.ok ? loginOf(viewer.value) : null;
  const ours = new Map<number, number>();
  const learn = (listed: readonly RemoteComment[]): void => {
    for (const { id, author, body } of listed) {
      const comment = answeredComment(body);
      if (comment === null || author === null || loginOf(author.login) !== me || ours.has(comment)) continue;
      ours.set(comment, id);
    }
  };
  learn(comments);
  const edit = (comment: number, body: string): Promise<void> | null => {
    const answer = ours.get(comment);
    return answer === undefined ? null : people.editAnswer(answer, body);
  };
  return {
    hasAnswered: (comment) => ours.has(comment),
    write: async ({ id, issue, createdAt }, answer) => {
      const body = writeAnswer(id, answer);
      const edited = edit(id, body);
      if (edited !== null) return await edited;
      const made = await attempt(() => people.answer(issue, body));
      if (!made.ok) {
        if (!made.failure.retry) throw new OutsideFailure(made.failure);
        // The answer may have arrived although the response was lost. Writing a second one would be one too many.
        learn(await people.comments(createdAt));
        const again = edit(id, body);
        if (again !== null) return await again;
      }
      ours.set(id, made.ok ? made.value.id : (await people.answer(issue, body)).id);
    },
  };
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
