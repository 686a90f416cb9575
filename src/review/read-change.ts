import type { ChangedFile } from '../core/passport.ts';
import { foldedPath } from '../core/text.ts';
import type { PathEntry, RemoteFileChange } from '../github/review-port.ts';
import type { ReadFile } from './matter.ts';
import { type PatchLine, readPatch } from './patch.ts';

/** A pointer may have a line for each extension in addition to its three. */
const MOST_POINTER_LINES = 8;

/** The blob of an empty file. */
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** What is at the paths of a change, after it and before; null if the repository is too large to find out. */
export interface Entries {
  readonly after: ReadonlyMap<string, PathEntry> | null;
  readonly before: ReadonlyMap<string, PathEntry> | null;
}

/**
 * Files with their lines and modes. A file without hunks is `same` only if its content is known to be. If GitHub's counts and
 * hunks disagree, it is unknown what changed.
 */
export function readFiles(files: readonly RemoteFileChange[], entries: Entries): readonly ReadFile[] {
  const names = byFoldedPath([...(entries.after?.keys() ?? [])]);
  return files.map((file) => {
    const after = file.status === 'removed' ? null : (entries.after?.get(file.path) ?? null);
    const before = file.status === 'added' ? null : (entries.before?.get(file.from ?? file.path) ?? null);
    const twin = after === null ? null : (names.get(foldedPath(file.path))?.find((name) => name !== file.path) ?? null);
    const plain: ChangedFile = { ...file, mode: after?.mode ?? null };
    return { ...plain, modeBefore: before?.mode ?? null, twin, ...linesOf(file, after, before) };
  });
}

function byFoldedPath(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) groups.set(foldedPath(path), [...(groups.get(foldedPath(path)) ?? []), path]);
  return groups;
}

function linesOf(
  file: RemoteFileChange,
  after: PathEntry | null,
  before: PathEntry | null,
): Pick<ReadFile, 'lines' | 'reading'> {
  if (file.patch === null) return { lines: [], reading: withoutHunks(file, after, before) };
  const read = readPatch(file.patch);
  if (read === null || read.additions !== file.additions || read.deletions !== file.deletions) {
    return { lines: [], reading: 'unread' };
  }
  return { lines: read.lines, reading: isPointer(read.lines) ? 'binary' : 'text' };
}

/**
 * Git LFS stores the content elsewhere and leaves three lines in its place
 * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
 */
function isPointer(lines: readonly PatchLine[]): boolean {
  const after = lines.filter(({ kind }) => kind !== 'removed');
  const [first] = after;
  return (
    first?.line === 1 &&
    /^version https:\/\/git-lfs\.github\.com\/spec\//.test(first.text) &&
    after.length <= MOST_POINTER_LINES &&
    after.some(({ text }) => text.startsWith('oid '))
  );
}

function withoutHunks(file: RemoteFileChange, after: PathEntry | null, before: PathEntry | null): ReadFile['reading'] {
  if (file.additions + file.deletions > 0) return 'unread';
  const blobs = [file.blob, after?.blob ?? before?.blob ?? null];
  const isEmpty = (file.status === 'added' || file.status === 'removed') && blobs.every((blob) => blob === EMPTY_BLOB);
  const isSame = after !== null && before !== null && after.blob === before.blob;
  return isEmpty || isSame ? 'same' : 'binary';
}
