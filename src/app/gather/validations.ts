import type { EventOf } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import type { PullMark } from '../../core/pull.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { RollbackApi } from '../../github/rollback-port.ts';
import type { Source } from '../job.ts';
import { wordOn } from '../review/approval.ts';
import type { LedgerState } from '../state.ts';

/** At most this many heads are asked about in one run. */
const MOST_ASKED = 5;

/**
 * Finds changes that have passed checks and review. Only heads that a person approved are asked about, so a quiet watch asks
 * nothing. Nobody waits for it, so it cannot count as a blind source.
 */
export function validationSource(
  api: Pick<RollbackApi, 'checks'>,
  at: { readonly repo: string; readonly now: Instant },
): Source {
  return {
    name: 'validations',
    gather: async (state) => {
      const events: EventOf<'improvement.validated'>[] = [];
      const complaints: string[] = [];
      for (const { number, head } of approvedHeads(state, at.now).slice(0, MOST_ASKED)) {
        const checks = await attempt(() => api.checks(number));
        if (!checks.ok) complaints.push(`${checks.failure.message}. ${checks.failure.remedy}`);
        else if (checks.value === 'passed') events.push(validated(at, number, head));
      }
      // Repeating the same words for each would only be noise.
      return { events, complaints: [...new Set(complaints)] };
    },
  };
}

/** The pull requests of agents whose head a person approved and whose outcome is not known yet. */
function approvedHeads({ pulls, improvements, reviewed }: LedgerState, now: Instant): readonly PullMark[] {
  return pulls.pulls.filter(({ number, head, closedAt, mergedAt, standing }) => {
    const known = improvements.cases[number];
    const isOver = (closedAt !== null && mergedAt === null) || known?.deployed != null;
    if (isOver || standing?.verdict === 'person' || known?.validated?.head === head) return false;
    const byReview = pulls.reviews.findLast(
      (review) => review.pull === number && review.head === head && review.verdict !== 'commented',
    );
    const baseSince = reviewed.passports.find(({ pull }) => pull === number)?.baseSince ?? '';
    const byLead = wordOn(improvements.decisions, { number, head, baseSince }, now)?.verdict;
    return byLead === 'approved' || (byLead !== 'rejected' && byReview?.verdict === 'approved');
  });
}

function validated(
  { repo, now }: { readonly repo: string; readonly now: Instant },
  pull: number,
  head: string,
): EventOf<'improvement.validated'> {
  return {
    ...{ v: 1, id: `improvement:${pull}:validated:${head}`, kind: 'improvement.validated', at: now, seen: now, repo },
    subject: repositorySubject(repo),
    data: { pull, head },
  };
}
