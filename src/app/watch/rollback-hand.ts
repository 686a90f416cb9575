import type { LedgerEvent } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { RollbackHand } from '../../responses/rollback/apply.ts';
import { openedEvent } from '../judge/rollback-events.ts';
import type { LedgerState } from '../state.ts';

/** Drafts the rollbacks that a verdict asks for. The outcome of each is in the ledger before the next one begins. */
export function rollbackHand(job: {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly now: Instant;
}): RollbackHand {
  const { github, ledger, now } = job;
  const { repo } = github;
  const refuse = async (pull: number, why: string): Promise<void> => {
    const event: LedgerEvent = {
      ...{ v: 1, id: `rollback:${pull}:refused:${now}`, kind: 'rollback.refused', at: now, seen: now, repo },
      subject: repositorySubject(repo),
      data: { pull, why },
    };
    await ledger.append(() => [event]);
  };
  return {
    draft: async ({ pull, judgement }) => {
      const { rollBack } = await import('../../responses/rollback/roll-back.ts');
      const end = await rollBack(github, pull, { askedBy: null, why: null, judgement });
      if (end.kind === 'refused') await refuse(pull, `${end.why} ${end.next}`);
      else {
        const order = { repo, now, pull, by: { kind: 'verdict' }, askedAt: now } as const;
        await ledger.append(() => [openedEvent(order, end)]);
      }
      return end;
    },
    refuse,
  };
}
