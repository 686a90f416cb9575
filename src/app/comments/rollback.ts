import { keptName } from '../../core/redact.ts';
import type { Answer } from '../../people/answer.ts';
import { type RollbackEnd, rollBack } from '../../responses/rollback/roll-back.ts';
import { openedEvent } from '../judge/rollback-events.ts';
import type { Desk, Effect, Order } from './desk.ts';

/** What to take back, and why. */
interface Wish {
  readonly pull: number;
  readonly why: string | null;
}

/**
 * Opens a draft that reverts a merged pull request, for a lead. Asked twice, it opens one.
 * @throws OutsideFailure when GitHub refuses, or the ledger cannot be written.
 */
export async function rollbackFor({ github, ledger, world }: Desk, order: Order, { pull, why }: Wish): Promise<Effect> {
  const { by, comment, repo, state } = order;
  const judgement = state.improvements.cases[pull]?.judgements.at(-1) ?? null;
  const end = await rollBack(github, pull, { askedBy: by.login, why, judgement });
  if (end.kind === 'opened') {
    const asker = { kind: 'person', actor: by } as const;
    const opened = openedEvent({ repo, now: world.now(), pull, by: asker, askedAt: comment.createdAt }, end);
    await ledger.append(() => [opened]);
  }
  const outcome = end.kind === 'opened' ? 'done' : 'refused';
  return { outcome, answer: rollbackAnswer(by.login, pull, end), stopped: null };
}

function rollbackAnswer(login: string, pull: number, end: RollbackEnd): Answer {
  switch (end.kind) {
    case 'opened':
      return {
        head: 'Done',
        what: end.before
          ? `Pull request ${end.opened.number} takes pull request ${pull} back already.`
          : `${login} asked to take pull request ${pull} back: pull request ${end.opened.number} does, as a draft.`,
        lines: end.way === 'git' ? ['GitHub could not revert it by itself; it was made file by file'] : [],
        next: 'A person looks at it, marks it as ready and merges it. Checkrein merges nothing, and watches whether it helps.',
      };
    case 'refused':
      return {
        head: 'Refused',
        what: `${end.why} Nothing was done.`,
        lines: end.files.map((path) => keptName(path, 200)),
        next: end.next,
      };
    default:
      return end satisfies never;
  }
}
