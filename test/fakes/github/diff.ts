import type { BareRepository } from './git.ts';

/** What changed in one file between two commits. */
export interface FileDiff {
  readonly path: string;
  readonly from: string | null;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed';
  /** Of the file after the change; before it for one that was removed. */
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks alone; null for binary files, for those without changed lines and for those that are too large. */
  readonly patch: string | null;
}

/** GitHub shows no diff of a file beyond this. */
const MOST_LINES = 20_000;
const MOST_BYTES = 500_000;

/** The files between two commits, as the API of GitHub lists them. */
export async function changedFiles(git: BareRepository, from: string, to: string): Promise<readonly FileDiff[]> {
  const [raw, numbers, diff] = await Promise.all([
    git.diff(from, to, ['--raw', '--no-abbrev', '-z']),
    git.diff(from, to, ['--numstat', '-z']),
    git.diff(from, to, ['--patch']),
  ]);
  const entries = rawEntries(raw);
  const counts = numstat(numbers, entries.length);
  const patches = diff.split(/^diff --git .*$/m).slice(1);
  let at = 0;
  return entries.map((entry, i) => {
    const [additions, deletions] = counts[i] ?? [0, 0];
    // Git tells a file that became a link as one that went and one that came.
    const parts = patches.slice(at, at + (entry.status === 'changed' ? 2 : 1));
    at += parts.length;
    const found = parts.map(hunks).filter((part) => part !== null);
    return { ...entry, additions, deletions, patch: found.length === 0 ? null : found.join('\n') };
  });
}

/** The numbers that the answer for a single pull request holds. */
export async function countsOf(git: BareRepository, base: string, head: string): Promise<Record<string, number>> {
  const numbers = await git.diff(base, head, ['--numstat', '-z']);
  const files = rawEntries(await git.diff(base, head, ['--raw', '--no-abbrev', '-z'])).length;
  const rows = numstat(numbers, files);
  return {
    changed_files: files,
    additions: rows.reduce((sum, [added]) => sum + added, 0),
    deletions: rows.reduce((sum, [, removed]) => sum + removed, 0),
    commits: (await git.commitsBetween(base, head)).length,
  };
}

function rawEntries(raw: string): readonly Omit<FileDiff, 'additions' | 'deletions' | 'patch'>[] {
  const fields = raw.split('\0').filter((field) => field !== '');
  const entries = [];
  for (let i = 0; i < fields.length; ) {
    const [, , before = '', after = '', letter = ''] = (fields[i] ?? '').slice(1).split(' ');
    const moved = letter.startsWith('R') || letter.startsWith('C');
    const path = fields[i + (moved ? 2 : 1)] ?? '';
    entries.push({
      path,
      from: moved ? (fields[i + 1] ?? '') : null,
      status: statusOf(letter),
      blob: letter === 'D' ? before : after,
    });
    i += moved ? 3 : 2;
  }
  return entries;
}

function statusOf(letter: string): FileDiff['status'] {
  const words = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' } as const;
  return words[letter.charAt(0) as keyof typeof words] ?? 'changed';
}

/** Binary files have dashes, which GitHub tells as nothing. */
function numstat(text: string, files: number): readonly (readonly [number, number])[] {
  const rows = [...text.matchAll(/(?:^|\0)(\d+|-)\t(\d+|-)\t/g)].slice(0, files);
  return rows.map(([, added = '', removed = '']) => [Number(added) || 0, Number(removed) || 0] as const);
}

function hunks(diff: string): string | null {
  const start = diff.search(/^@@ /m);
  if (start < 0) return null;
  const patch = diff.slice(start).replace(/\n$/, '');
  return patch.length > MOST_BYTES || patch.split('\n').length > MOST_LINES ? null : patch;
}
