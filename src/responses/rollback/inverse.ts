import type { PathEntry, ReviewApi } from '../../github/review-port.ts';
import type { PullToDecide, RollbackApi, TreeEdit } from '../../github/rollback-port.ts';

/** What it takes to undo a merge on top of a branch, file by file. */
export type Inverse =
  | { readonly kind: 'edits'; readonly edits: readonly TreeEdit[] }
  /** Files that somebody has changed since: undoing them by force would undo that too. */
  | { readonly kind: 'conflicts'; readonly paths: readonly string[] }
  /** Nothing of it is left. */
  | { readonly kind: 'undone' }
  /** The earlier content cannot be determined. */
  | { readonly kind: 'unknown'; readonly why: string };

interface Sources {
  readonly review: Pick<ReviewApi, 'entries'>;
  readonly rollback: Pick<RollbackApi, 'commit'>;
}

/**
 * Computes the inverse of a merged pull request: each of its files as it was before, provided nobody has changed it since.
 * A merge commit or a squash has the earlier state as its parent. For a rebase, as many commits are walked back as the pull
 * request has.
 */
export async function inverseOf(
  { review, rollback }: Sources,
  { mergeCommit, commits }: Pick<PullToDecide, 'mergeCommit' | 'commits'>,
  paths: readonly string[],
  head: string,
): Promise<Inverse> {
  if (mergeCommit === null) return unknown('GitHub does not name the commit by which it was merged');
  const then = await review.entries(mergeCommit, paths);
  const now = await review.entries(head, paths);
  if (then === null || now === null) return unknown('the change is too wide for its files to be looked up');
  let at = mergeCommit;
  for (let step = 0; step < Math.max(1, Math.min(commits, MOST_COMMITS)); step += 1) {
    const [parent] = (await rollback.commit(at)).parents;
    if (parent === undefined) return unknown('its merge has no commit before it');
    const before = await review.entries(parent, paths);
    if (before === null) return unknown('the change is too wide for its files to be looked up');
    if (paths.every((path) => !isSame(before.get(path), then.get(path)))) return inverse(paths, { before, then, now });
    at = parent;
  }
  return unknown('no commit before its merge is without the whole of it');
}

/** A longer rebase must be taken back by hand. */
const MOST_COMMITS = 50;

function unknown(why: string): Inverse {
  return { kind: 'unknown', why };
}

type Entries = ReadonlyMap<string, PathEntry>;

function inverse(
  paths: readonly string[],
  { before, then, now }: { readonly before: Entries; readonly then: Entries; readonly now: Entries },
): Inverse {
  const left = paths.filter((path) => !isSame(now.get(path), before.get(path)));
  const conflicts = left.filter((path) => !isSame(now.get(path), then.get(path)));
  if (conflicts.length > 0) return { kind: 'conflicts', paths: conflicts };
  if (left.length === 0) return { kind: 'undone' };
  return { kind: 'edits', edits: left.map((path) => ({ path, entry: before.get(path) ?? null })) };
}

function isSame(a: PathEntry | undefined, b: PathEntry | undefined): boolean {
  return a?.blob === b?.blob && a?.mode === b?.mode;
}
