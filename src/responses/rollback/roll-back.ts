import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Rollback } from '../../core/improvement.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteChange } from '../../github/review-port.ts';
import type { PullToDecide } from '../../github/rollback-port.ts';
import { inverseOf } from './inverse.ts';
import { type RollbackReason, rollbackText, takenBack } from './text.ts';

/** The result of taking a change back. */
export type RollbackEnd =
  | {
      readonly kind: 'opened';
      /** The address is unknown for one that already existed. */
      readonly opened: { readonly number: number; readonly url: string | null };
      readonly way: Rollback['way'];
      readonly commit: string;
      /** Whether it already existed. */
      readonly before: boolean;
    }
  | {
      readonly kind: 'refused';
      /** One sentence of ours; paths in it are a stranger's text. */
      readonly why: string;
      /** A few of the files concerned. */
      readonly files: readonly string[];
      /** What a person can do. */
      readonly next: string;
    };

type Hands = Pick<GitHub, 'repo' | 'review' | 'rollback' | 'git' | 'issues'>;

const SHOWN = 10;
const WORKFLOWS = '.github/workflows/';

/**
 * Opens a draft pull request that takes a merged one back, with GitHub's own revert or else from git objects. It first
 * checks for what GitHub would refuse late and quietly: workflow files, which a job's token may not write. An existing
 * draft is not opened again. Never merges anything.
 * @throws OutsideFailure when GitHub cannot be read or refuses both ways.
 */
export async function rollBack(github: Hands, number: number, reason: RollbackReason): Promise<RollbackEnd> {
  const pull = await github.rollback.pull(number);
  if (pull === null) return refused(`There is no pull request ${number}.`, [], '');
  if (pull.state !== 'merged' || pull.mergeCommit === null) {
    return refused(`Pull request ${number} is not merged: there is nothing to take back.`, [], 'Close it instead.');
  }
  const { items, whole } = await github.review.files(number);
  const paths = [...new Set(items.flatMap(({ path, from }) => (from === null ? [path] : [path, from])))];
  const bar = barredBy(pull, paths, whole);
  if (bar !== null) return bar;
  const known = await alreadyOpen(github, number);
  if (known !== null) {
    return {
      kind: 'opened',
      opened: { number: known.number, url: null },
      way: 'github',
      commit: pull.mergeCommit,
      before: true,
    };
  }
  const text = rollbackText(github.repo, pull, reason);
  const byGitHub = await attempt(() => github.rollback.revert(pull.node, text));
  if (byGitHub.ok)
    return { kind: 'opened', opened: byGitHub.value, way: 'github', commit: pull.mergeCommit, before: false };
  if (isHopeless(byGitHub.failure)) throw new OutsideFailure(byGitHub.failure);
  return await byGit(github, pull, paths, text);
}

function refused(why: string, files: readonly string[], next: string): RollbackEnd {
  return { kind: 'refused', why, files: files.slice(0, SHOWN), next };
}

function byHand({ mergeCommit, base }: PullToDecide): string {
  return `Take it back by hand: git switch -c rollback origin/${base}, then git revert ${mergeCommit ?? 'COMMIT'} (with -m 1 for a merge commit), push, and open a pull request.`;
}

/** What no job token may do, or nobody can check. */
function barredBy(pull: PullToDecide, paths: readonly string[], whole: boolean): RollbackEnd | null {
  const workflows = paths.filter((path) => path.startsWith(WORKFLOWS));
  if (workflows.length > 0) {
    const why = `Pull request ${pull.number} changes workflow files, which the token of a job may not write.`;
    return refused(why, workflows, byHand(pull));
  }
  return whole ? null : refused(`Pull request ${pull.number} has more files than GitHub lists.`, [], byHand(pull));
}

/** Only our own counts, because anybody can paste a marker. */
async function alreadyOpen({ review, issues }: Hands, number: number): Promise<RemoteChange | null> {
  const marked = (await review.open()).filter(({ body }) => takenBack(body ?? '') === number);
  if (marked.length === 0) return null;
  const me = (await issues.me()).toLowerCase();
  return marked.find(({ author }) => author?.login.toLowerCase().replace(/\[bot\]$/, '') === me) ?? null;
}

/** Failures that would stop the other way too. */
function isHopeless({ kind }: Failure): boolean {
  return kind === 'rate_limited' || kind === 'budget_spent' || kind === 'unauthorized' || kind === 'unavailable';
}

async function byGit(
  github: Hands,
  pull: PullToDecide,
  paths: readonly string[],
  text: { readonly title: string; readonly body: string },
): Promise<RollbackEnd> {
  const base = await github.git.branch(pull.base);
  if (base === null)
    return refused(`The branch that pull request ${pull.number} was merged into is gone.`, [], byHand(pull));
  const found = await inverseOf(github, pull, paths, base.commit);
  switch (found.kind) {
    case 'conflicts':
      return refused(
        `Files of pull request ${pull.number} have changed since it was merged.`,
        found.paths,
        byHand(pull),
      );
    case 'undone':
      return refused(`Nothing of pull request ${pull.number} is left: it was taken back already.`, [], '');
    case 'unknown':
      return refused(`Pull request ${pull.number} cannot be taken back by itself: ${found.why}.`, [], byHand(pull));
    case 'edits': {
      const tree = await github.rollback.tree(base.tree, found.edits);
      const commit = await github.git.createCommit(
        `${text.title}\n\nThis reverts commit ${pull.mergeCommit}.\n`,
        tree,
        [base.commit],
      );
      const head = `checkrein/rollback-${pull.number}-${commit.slice(0, 7)}`;
      await github.git.createBranch(head, commit);
      const opened = await github.rollback.draft({ head, base: pull.base, ...text });
      return { kind: 'opened', opened, way: 'git', commit: pull.mergeCommit ?? '', before: false };
    }
    default:
      return found satisfies never;
  }
}
