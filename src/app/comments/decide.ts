import type { EventOf } from '../../core/event.ts';
import type { Decision } from '../../core/improvement.ts';
import { formatMoment } from '../../core/quantity.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import type { PullToDecide } from '../../github/rollback-port.ts';
import type { Answer } from '../../people/answer.ts';
import { type Disqualified, disqualified } from '../../people/approver.ts';
import type { Command } from '../../people/command.ts';
import { keptBranch } from '../../review/passport.ts';
import { wordOn } from '../review/approval.ts';
import { showStanding } from '../review/standing.ts';
import type { LedgerState } from '../state.ts';
import type { Desk, Effect, Order } from './desk.ts';
import { rollbackFor } from './rollback.ts';

type DecideCommand = Extract<Command, { verb: 'approve' | 'reject' }>;

const COMMIT = /^[0-9a-f]{12,40}$/i;
/** Anybody can make another commit that begins with so few digits. */
const SHORT_COMMIT = /^[0-9a-f]{4,11}$/i;

/**
 * Approves or rejects one head of a pull request, or a proposal of ours. That the author is a lead was checked before. Valid for
 * exactly these parameters, once, and for a limited time.
 * @throws OutsideFailure when GitHub or the ledger fails.
 */
export async function decideFor(desk: Desk, order: Order, command: DecideCommand): Promise<Effect> {
  if (SHORT_COMMIT.test(command.id)) {
    return refused(`'${command.id}' is too short for a commit.`, 'Write its 40 digits, or at least the first 12.');
  }
  if (!COMMIT.test(command.id)) return await decideProposal(desk, order, command);
  const pull = await desk.github.rollback.pull(order.comment.issue);
  if (pull === null) return refused('A commit is approved under the pull request that it belongs to.', '');
  const bar = barFor(pull, order, command, desk.config.reviews.machines);
  if (bar !== null) return bar;
  return await decideHead(desk, order, command, pull);
}

function refused(what: string, next: string): Effect {
  return {
    outcome: 'refused',
    answer: { head: 'Refused', what: `${what} Nothing was done.`, lines: [], next },
    stopped: null,
  };
}

/** Why nobody may decide this, or why this author may not. */
function barFor(
  pull: PullToDecide,
  { by }: Order,
  { verb, id }: DecideCommand,
  machines: readonly string[],
): Effect | null {
  if (pull.state !== 'open') return refused(`Pull request ${pull.number} is ${pull.state}.`, '');
  if (!pull.head.startsWith(id.toLowerCase())) {
    const next = `Look at the new changes first. Its head is ${pull.head.slice(0, 12)} now.`;
    return refused(`Pull request ${pull.number} has another head than ${id.slice(0, 12)}.`, next);
  }
  if (verb === 'reject') return null;
  const why = disqualified(by, pull, machines);
  return why === null ? null : refused(DISQUALIFIED[why], 'Ask another lead.');
}

const DISQUALIFIED: Readonly<Record<Disqualified, string>> = {
  machine: 'Only people approve a pull request.',
  author: 'Nobody approves a pull request of their own.',
  requester: 'The person who asked Copilot for a change cannot approve it.',
};

async function decideHead(desk: Desk, order: Order, command: DecideCommand, pull: PullToDecide): Promise<Effect> {
  const { ledger, github, world, config } = desk;
  const proposal = `pull:${pull.number}`;
  const decision = decisionOf(order, command, { proposal, pull: pull.number, commit: pull.head });
  const lasts = config.improvements.approval_lasts;
  const made: Decision = { ...decision, expiresAt: command.verb === 'approve' ? after(decision.at, lasts) : null };
  const settled: { why: string | null } = { why: null };
  const written = await ledger.append((state) => {
    settled.why = whyNot(state, made, pull.base, world.now());
    // Repeating the same decision only sets the status again, which may have failed.
    return settled.why !== null || sameDecision(state, made, world.now())
      ? []
      : [decidedEvent(order, made, world.now())];
  });
  if (settled.why !== null) return refused(settled.why, '');
  const isApproved = made.verdict === 'approved';
  const until = made.expiresAt === null ? '' : `, good until ${formatMoment(made.expiresAt)}`;
  const status = await showStanding({ github, config, now: world.now() }, written.state, pull.head);
  const shown = status === null ? '' : ` Its status is ${status.state}: ${status.description}.`;
  return done({
    what: `${order.by.login} ${made.verdict} commit ${pull.head.slice(0, 12)} of pull request ${pull.number}${until}.${shown}`,
    next: isApproved ? 'A new commit needs a new approval. Checkrein merges nothing.' : 'A new commit can be approved.',
  });
}

/** Objections that follow from the ledger. */
function whyNot(
  { improvements, reviewed }: LedgerState,
  { pull, commit, verdict, expiresAt, at }: Decision,
  base: string,
  now: Instant,
): string | null {
  if (verdict === 'rejected') return null;
  if (expiresAt !== null && expiresAt <= now) return 'This approval would be over by now.';
  const passport = reviewed.passports.find((one) => one.pull === pull);
  if (passport?.head !== commit || passport.baseRef !== keptBranch(base)) {
    return `There is no risk passport of commit ${commit.slice(0, 12)} for this base yet: nobody knows what would be approved.`;
  }
  if (at < passport.baseSince) return 'Its base was changed after this was written.';
  const last = wordOn(improvements.decisions, { ...passport, number: pull }, now);
  return last?.verdict === 'rejected'
    ? `${last.by.login} has rejected commit ${commit.slice(0, 12)}: it takes another commit.`
    : null;
}

/** One that has expired can be given again. */
function sameDecision(
  { improvements, reviewed }: LedgerState,
  { pull, commit, verdict }: Decision,
  now: Instant,
): boolean {
  const baseSince = reviewed.passports.find((one) => one.pull === pull)?.baseSince ?? '';
  return wordOn(improvements.decisions, { number: pull, head: commit, baseSince }, now)?.verdict === verdict;
}

async function decideProposal(desk: Desk, order: Order, command: DecideCommand): Promise<Effect> {
  const { ledger, world } = desk;
  const found: { decision: Decision | null; why: string } = { decision: null, why: '' };
  await ledger.append(({ improvements }) => {
    const now = world.now();
    // The id is arbitrary user text: `constructor` must not match a proposal.
    const proposal = Object.hasOwn(improvements.proposals, command.id) ? improvements.proposals[command.id] : undefined;
    if (proposal === undefined || proposal.expiresAt <= now) {
      const before = improvements.decisions.find((one) => one.proposal === command.id);
      found.why = missing(before);
      return [];
    }
    const decision = decisionOf(order, command, {
      proposal: proposal.id,
      pull: proposal.pull,
      commit: proposal.commit,
    });
    found.decision = { ...decision, expiresAt: command.verb === 'approve' ? proposal.expiresAt : null };
    return [decidedEvent(order, found.decision, now)];
  });
  const { decision } = found;
  if (decision === null) return refused(found.why, 'The ids of open proposals stand in the issues of their alerts.');
  if (decision.verdict === 'approved')
    return await rollbackFor(desk, order, { pull: decision.pull, why: decision.why });
  return done({
    what: `${order.by.login} decided that pull request ${decision.pull} stays as it is.`,
    next: 'Its alert ends with the next run.',
  });
}

/** A proposal can be decided once. */
function missing(before: Decision | undefined): string {
  return before === undefined
    ? 'There is no such proposal, or its time has run out.'
    : `${before.by.login} has ${before.verdict} this proposal already, on ${formatMoment(before.at)}.`;
}

function decisionOf(
  { by, comment }: Order,
  { verb, why }: DecideCommand,
  of: Pick<Decision, 'proposal' | 'pull' | 'commit'>,
): Omit<Decision, 'expiresAt'> {
  const verdict = verb === 'approve' ? 'approved' : 'rejected';
  return { ...of, verdict, by, comment: comment.id, at: comment.createdAt, why };
}

function decidedEvent({ repo }: Order, decision: Decision, now: Instant): EventOf<'proposal.decided'> {
  return {
    ...{ v: 1, id: `decision:${decision.comment}`, kind: 'proposal.decided', at: decision.at, seen: now, repo },
    subject: repositorySubject(repo),
    data: { decision },
  };
}

function done({ what, next }: Pick<Answer, 'what' | 'next'>): Effect {
  return { outcome: 'done', answer: { head: 'Done', what, lines: [], next }, stopped: null };
}
