import { authorshipOf } from '../../core/authorship.ts';
import { bodySign } from '../../core/authorship-signs.ts';
import type { Instant } from '../../core/time.ts';
import type { RemoteChange } from '../../github/review-port.ts';
import { keptBranch } from '../../review/passport.ts';
import type { LedgerState } from '../state.ts';
import { standSince } from './approval.ts';
import type { ReviewDesk } from './desk.ts';

/** Pull requests beyond this number are left to the next run, the newest ones. */
const MOST_AT_ONCE = 10;

/** Open pull requests of agents whose head was not yet reviewed against their target branch, oldest first, and how many are left over. */
export interface Sweep {
  readonly numbers: readonly number[];
  readonly left: number;
}

/** Looks for what no event announced: a pull request opened by a workflow does not start a run. */
export async function toReview({ github, ledger, now }: Pick<ReviewDesk, 'github' | 'ledger' | 'now'>): Promise<Sweep> {
  const open = await github.review.open();
  const { state } = await ledger.read();
  const due = open.filter((pull) => isDue(pull, state, { repo: github.repo, now: now() })).map(({ number }) => number);
  return { numbers: due.slice(0, MOST_AT_ONCE), left: Math.max(0, due.length - MOST_AT_ONCE) };
}

/** Judged by the list alone; commits are read only during the review. */
function isDue(
  pull: RemoteChange,
  { reviewed, agents, pulls, improvements }: LedgerState,
  { repo, now }: { readonly repo: string; readonly now: Instant },
): boolean {
  const made = reviewed.passports.find((one) => one.pull === pull.number);
  if (made?.head === pull.head && made.baseRef === keptBranch(pull.baseRef)) {
    return standSince({ ...pulls, ...improvements, now }, pull) > made.at;
  }
  if (made !== undefined || pulls.pulls.some(({ number }) => number === pull.number)) return true;
  const { verdict } = authorshipOf({
    author: pull.author,
    app: null,
    headRef: pull.headRef,
    createdAt: pull.createdAt,
    body: bodySign(pull.body, repo),
    commits: 'unasked',
    runs: [],
    agents: agents.agents,
  });
  return verdict !== 'person';
}
