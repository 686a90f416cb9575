import type { Config } from '../../config/schema.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { keptBranch } from '../../review/passport.ts';
import { type JudgedPull, REVIEW_CONTEXT, type ReviewStatus, rejectedStatus, statusOf } from '../../review/status.ts';
import type { LedgerState } from '../state.ts';
import { standOf } from './approval.ts';

interface Desk {
  readonly github: GitHub;
  readonly config: Config;
  readonly now: Instant;
}

/**
 * Sets the status of a head again after a lead's decision on it, from the passports in the ledger. The status belongs to all pull
 * requests with that head, so approving one does not turn it green for another. A passport for another base does not count. Null
 * when the configuration wants no status.
 * @throws OutsideFailure when GitHub refuses.
 */
export async function showStanding(
  { github, config, now }: Desk,
  state: LedgerState,
  head: string,
): Promise<ReviewStatus | null> {
  if (!config.review.status) return null;
  const judged: JudgedPull[] = [];
  const unseen: number[] = [];
  let rejectedBy: string | null = null;
  for (const pull of (await github.review.open()).filter((one) => one.head === head)) {
    const { number, baseRef, intoDefault } = pull;
    const last = state.reviewed.passports.find((one) => one.pull === number && one.head === head);
    const passport = last?.baseRef === keptBranch(baseRef) ? last : undefined;
    const reviews = state.pulls.reviews.filter((one) => one.pull === number);
    const said = { reviews, decisions: state.improvements.decisions, now };
    const stand = await standOf({ github, config }, said, { ...pull, baseSince: passport?.baseSince ?? now });
    rejectedBy ??= stand.rejectedBy;
    if (passport === undefined) unseen.push(number);
    else judged.push({ passport, intoDefault, ...stand });
  }
  const status =
    rejectedBy === null ? statusOf(judged, unseen, config.review.mode ?? config.mode) : rejectedStatus(rejectedBy);
  await github.pulls.setStatus(head, { context: REVIEW_CONTEXT, ...status, url: null });
  return status;
}
