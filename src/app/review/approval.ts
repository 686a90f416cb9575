import type { Config } from '../../config/schema.ts';
import { attempt } from '../../core/failure.ts';
import type { Decision } from '../../core/improvement.ts';
import type { ReviewMark } from '../../core/pull.ts';
import { type Instant, latest } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { type Approvable, disqualified } from '../../people/approver.ts';
import { isLead } from '../../people/authorise.ts';
import type { Stand } from '../../review/status.ts';

/** One head of a pull request, against one base. */
interface Head {
  readonly number: number;
  readonly head: string;
  /** Approvals given before this moment were for another base. */
  readonly baseSince: Instant;
}

/** What people said about it, on GitHub and by commands. */
interface Said {
  /** Null when not known. */
  readonly reviews: readonly ReviewMark[] | null;
  readonly decisions: readonly Decision[];
  readonly now: Instant;
}

/**
 * The last decision leads gave on one head by `/checkrein approve` or `reject`; none if an approval has expired, or was for
 * another base. Pure.
 */
export function wordOn(
  decisions: readonly Decision[],
  { number, head, baseSince }: Head,
  now: Instant,
): Decision | null {
  const last = decisions.findLast(({ proposal, commit }) => proposal === `pull:${number}` && commit === head);
  if (last === undefined || isOver(last, now)) return null;
  return last.verdict === 'approved' && last.at < baseSince ? null : last;
}

function isOver({ expiresAt }: Decision, now: Instant): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** When the standing of one head last changed because somebody decided or a decision expired; '' if it never did. Pure. */
export function standSince(
  { reviews, decisions, now }: Said,
  { number, head }: Pick<Head, 'number' | 'head'>,
): Instant {
  const approvals = (reviews ?? []).filter(
    (one) => one.pull === number && one.head === head && one.verdict === 'approved',
  );
  const words = decisions.filter(({ proposal, commit }) => proposal === `pull:${number}` && commit === head);
  const moments = [
    ...approvals.map(({ at }) => at),
    ...words.map((word) => (isOver(word, now) && word.expiresAt !== null ? word.expiresAt : word.at)),
  ];
  return moments.reduce(latest, '');
}

/**
 * What leads say about exactly this head, by a review on GitHub or by a command. Decisions about an earlier head do not count,
 * nor do approvals by someone who may not give them. A rejection by command cannot be outvoted: it takes another commit.
 */
export async function standOf(
  { github, config }: { readonly github: GitHub; readonly config: Pick<Config, 'leads' | 'reviews'> },
  { reviews, decisions, now }: Said,
  pull: Head & Approvable,
): Promise<Stand> {
  const word = wordOn(decisions, pull, now);
  if (word?.verdict === 'rejected') return { approvedBy: null, rejectedBy: word.by.login };
  const { machines } = config.reviews;
  if (word !== null && disqualified(word.by, pull, machines) === null)
    return { approvedBy: word.by.login, rejectedBy: null };
  const last = new Map((reviews ?? []).filter(({ verdict }) => verdict !== 'commented').map((one) => [one.by.id, one]));
  for (const { by, verdict, head, at } of last.values()) {
    const isOfThis = head === pull.head && at >= pull.baseSince;
    if (verdict !== 'approved' || !isOfThis || disqualified(by, pull, machines) !== null) continue;
    const role = await attempt(() => github.people.role(by.login));
    if (role.ok && isLead(by, { kind: 'role', ...role.value }, config.leads)) {
      return { approvedBy: by.login, rejectedBy: null };
    }
  }
  return { approvedBy: null, rejectedBy: null };
}
