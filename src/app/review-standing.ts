import type { Config } from '../config/schema.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import { type JudgedPull, REVIEW_CONTEXT, rejectedStatus, statusOf } from '../review/status.ts';
import { standOf } from './review-approval.ts';
import type { LedgerState } from './state.ts';

interface Desk {
  readonly github: GitHub;
  readonly config: Config;
  readonly now: Instant;
}

/** The pull request about which somebody has just said something. */
interface Spoken {
  readonly number: number;
  readonly head: string;
  readonly author: Actor | null;
}

/**
 * Sets the status of a head anew after a lead's word on it, from the passports that the ledger has: it belongs to all pull requests with that
 * head, so that the approval of one does not turn it green for another.
 * @throws OutsideFailure when GitHub refuses.
 */
export async function showStanding(desk: Desk, state: LedgerState, spoken: Spoken): Promise<void> {
  const { github, config, now } = desk;
  if (!config.review.status) return;
  const open = await github.review.open();
  const sharing = open.filter(({ number, head }) => head === spoken.head && number !== spoken.number);
  const judged: JudgedPull[] = [];
  const unseen: number[] = [];
  let rejectedBy: string | null = null;
  for (const { number, head, author } of [spoken, ...sharing]) {
    const reviews = state.pulls.reviews.filter(({ pull, by }) => pull === number && by.type === 'User');
    const said = { reviews, decisions: state.improvements.decisions, now };
    const stand = await standOf({ github, config }, said, { number, head, author });
    rejectedBy ??= stand.rejectedBy;
    const passport = state.reviewed.passports.find((one) => one.pull === number && one.head === head);
    if (passport === undefined) unseen.push(number);
    else judged.push({ passport, ...stand });
  }
  const status =
    rejectedBy === null ? statusOf(judged, unseen, config.review.mode ?? config.mode) : rejectedStatus(rejectedBy);
  await github.pulls.setStatus(spoken.head, { context: REVIEW_CONTEXT, ...status, url: null });
}
