import type { EventOf } from '../../core/event.ts';
import type { Asker } from '../../core/improvement.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { RollbackEnd } from '../../responses/rollback/roll-back.ts';

/** Who wanted a change reverted, and when. */
export interface RollbackOrder {
  readonly repo: string;
  readonly now: Instant;
  readonly pull: number;
  readonly by: Asker;
  readonly askedAt: Instant;
}

/** Records that a pull request was opened that reverts another. The same for everyone who opens the same one. */
export function openedEvent(
  { repo, now, pull, by, askedAt }: RollbackOrder,
  { opened, way, commit }: Extract<RollbackEnd, { kind: 'opened' }>,
): EventOf<'rollback.opened'> {
  const rollback = { pull, revert: opened.number, url: opened.url, by, way, askedAt, commit };
  return {
    v: 1,
    id: `rollback:${pull}:opened:${opened.number}`,
    kind: 'rollback.opened',
    at: askedAt,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { rollback },
  };
}
