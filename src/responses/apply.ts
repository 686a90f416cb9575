import type { Failure } from '../core/failure.ts';
import type { PlannedResponse, Receipt } from '../core/response.ts';
import type { IssuesApi } from '../github/port.ts';
import { applyIssue } from './issue/apply.ts';
import type { Applied } from './receipt.ts';
import { applyRerun, type RerunHand } from './rerun/apply.ts';
import { applyRollback, type RollbackHand } from './rollback/apply.ts';
import { applyStop, type StopHand } from './stop-plan/apply.ts';

/** What carries out responses; null for a kind that this job does not handle. */
export interface Hands {
  readonly issues: IssuesApi | null;
  readonly stop: StopHand | null;
  readonly rollback: RollbackHand | null;
  readonly rerun: RerunHand | null;
}

/**
 * Carries out a plan, one response after the other, and reports what came of each. When GitHub asks us to slow down, or our
 * own allowance is spent, the rest is not tried. It gets no receipt, so the next run picks it up.
 */
export async function applyResponses(
  planned: readonly PlannedResponse[],
  hands: Hands,
  done: (receipt: Receipt) => void = () => undefined,
): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for (const response of planned) {
    const applied = await applyOne(response, hands);
    if (applied === null) continue;
    const { receipt, failure } = applied;
    receipts.push(receipt);
    done(receipt);
    if (failure !== null && endsAll(failure)) break;
  }
  return receipts;
}

async function applyOne(response: PlannedResponse, { issues, stop, rollback, rerun }: Hands): Promise<Applied | null> {
  switch (response.kind) {
    case 'issue':
      return issues === null ? null : applyIssue(response, issues);
    case 'stop':
      return stop === null ? null : applyStop(response, stop);
    case 'rollback':
      return rollback === null ? null : applyRollback(response, rollback);
    case 'rerun':
      return rerun === null ? null : applyRerun(response, rerun);
    default:
      return response satisfies never;
  }
}

function endsAll(failure: Failure): boolean {
  switch (failure.kind) {
    case 'rate_limited':
    case 'budget_spent':
    case 'unauthorized':
      return true;
    case 'forbidden':
    case 'not_found':
    case 'gone':
    case 'conflict':
    case 'invalid':
    case 'unavailable':
    case 'unreadable':
    case 'too_large':
    case 'unsupported':
      return false;
    default:
      return failure.kind satisfies never;
  }
}
