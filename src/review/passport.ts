import { sha256 } from '../core/hash.ts';
import type { Passport } from '../core/passport.ts';
import type { PullFacts } from '../core/pull.ts';
import { keptName } from '../core/redact.ts';
import type { Instant } from '../core/time.ts';
import { floorFindings, lookFirst, riskOf, unreadOf } from './floor.ts';
import { costOf, trackRecord } from './known-work.ts';
import type { Matter, WorkMark } from './matter.ts';

/** The content of a passport besides what is in the change. */
export interface Surroundings {
  readonly at: Instant;
  readonly baseSince: Instant;
  /** False if GitHub did not list all files. */
  readonly whole: boolean;
  /** What else could not be read, in our words. */
  readonly unread: readonly string[];
  readonly instructions: readonly { readonly path: string; readonly blob: string }[];
  readonly pulls: Pick<PullFacts, 'pulls' | 'reviews'>;
  readonly work: readonly WorkMark[];
}

/** The risk passport of one head, from the floor of checks only. Pure. */
export function passportOf(matter: Matter, around: Surroundings): Passport {
  const findings = floorFindings(matter);
  const unread = unreadOf(matter, around.whole, around.unread);
  const { agent } = matter.authorship;
  return {
    pull: matter.number,
    head: matter.head,
    baseRef: keptBranch(matter.baseRef),
    mergeBase: matter.mergeBase,
    baseSince: around.baseSince,
    at: around.at,
    authorship: matter.authorship,
    risk: riskOf(findings, unread),
    findings,
    unread,
    cost: costOf(matter.work.sessions),
    models: [...new Set(matter.work.sessions.flatMap(({ models }) => models.map((model) => keptName(model))))],
    ...(around.instructions.length === 0 ? {} : { instructions: around.instructions }),
    record: trackRecord(around.pulls, around.work, { agent, pull: matter.number }),
    lookFirst: lookFirst(findings),
  };
}

/** The name of a branch in a form safe to keep. Names stay distinct: an unsafe one becomes a name that no branch can have. */
export function keptBranch(name: string): string {
  return keptName(name) === name ? name : `branch ${sha256(name).slice(0, 16)}`;
}
