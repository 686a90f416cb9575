/*
 * Files in a folder, for any number of processes on one machine, without locks.
 *
 * A commit is a file in `journal/`. Entry k contains everything that commit k changes. It is written to a temporary file,
 * synced, and then given the name `<k>.entry` by link(2), which fails when the name is taken. That is the compare-and-swap, and
 * the moment from which the commit can no longer be lost. k is the number after the one that the writer had opened.
 *
 * Applying an entry to the files is idempotent, so any process may do it at any time, even twice or concurrently:
 *   append    writes its bytes at their fixed offset: the same bytes at the same place. Files only ever grow.
 *   create    links a finished file to its name. If the name exists, the file was created before and is left alone.
 *   replace   renames a finished file over the old one. Only for caches (`state.json`): a process that slept through newer
 *             entries may restore an older version. It then applies all newer entries, so the newest version wins in the
 *             end. If it dies in between, an older version stays, which the ledger notices and brings up to date.
 *   remove    deletes a file. Names are never reused for anything else. A process that slept through a removal may restore
 *             an old file, which then belongs to nothing and is ignored. It never creates a file by an append.
 * An entry that was applied and synced gets a mark `<k>.done`. Marks are separate files, so the highest mark never goes back.
 * Entries up to the highest mark are never applied again. `open` first applies the ones above it, in order, so it always sees
 * whole commits, wherever another process was killed.
 *
 * Entries are removed once they are KEPT_ENTRIES below the highest mark. A writer that slept that long could then take a
 * number that was used and removed. It checks the marks again after its link: as long as the highest is less than
 * KEPT_ENTRIES above its number, nobody can have removed that number before. Otherwise the files decide. If what it appended
 * is at its offset, it won and was overtaken. If something else is there, it lost and takes its entry back, which nobody has
 * applied because it is below the highest mark.
 *
 * Others may write to the files without the journal. Their bytes are not overwritten: a commit is refused when a file that it
 * changes has a different size than at `open`, and bytes that appear in between are copied to `set-aside/` first.
 */
import { OutsideFailure } from '../core/failure.ts';
import { errorCode, onDisk } from './directory-failure.ts';
import { applyEntry, listFiles, makeRoot, readPart, sizeOf } from './directory-files.ts';
import {
  type JournalChange,
  type JournalEntry,
  KEPT_ENTRIES,
  listJournal,
  markDone,
  placeEntry,
  pruneJournal,
  readEntry,
  withdrawEntry,
} from './directory-journal.ts';
import type { CommitResult, Tree, TreeChange, TreeStore } from './tree-store.ts';

/** Files in the folder at `root`, which the first commit creates. A change keeps either nothing or the whole file. */
export function directoryStore(root: string): TreeStore {
  const place = `dir:${root}`;
  return {
    place,
    shifts: true,
    open: () => onDisk(place, 'open', () => open(root, place)),
    commit: (base, changes) => onDisk(place, 'write to', () => commit(root, place, base, changes)),
  };
}

async function open(root: string, place: string): Promise<Tree> {
  for (let applied = (await listJournal(root)).done; ; ) {
    applied = await rollForward(root, applied, null);
    const files = await listFiles(root);
    // As long as nothing newer is committed, the list is complete.
    const { done, entries } = await listJournal(root);
    if (Math.max(done, entries.at(-1) ?? 0) <= applied) return treeOf(root, place, applied, files);
  }
}

function treeOf(root: string, place: string, version: number, files: ReadonlyMap<string, number>): Tree {
  return {
    version: String(version),
    files,
    read: (path) =>
      onDisk(place, 'read from', () => read(root, place, path, files, { from: 0, to: Number.POSITIVE_INFINITY })),
    readPart: (path, from, to) => onDisk(place, 'read from', () => read(root, place, path, files, { from, to })),
  };
}

async function read(
  root: string,
  place: string,
  path: string,
  files: ReadonlyMap<string, number>,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Uint8Array> {
  const size = files.get(path);
  try {
    if (size !== undefined) return await readPart(root, path, from, Math.min(to, size));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  throw new OutsideFailure({
    kind: 'not_found',
    message: `The file ${path} is not in ${place}`,
    remedy: 'Restore it from a copy, or check the ledger with `checkrein ledger verify`',
    retry: false,
  });
}

/** Applies every entry after `applied`, in order, until there is none newer; returns the number of the last. */
async function rollForward(root: string, applied: number, known: JournalEntry | null): Promise<number> {
  for (let last = applied; ; ) {
    const { done, entries } = await listJournal(root);
    const next = entries.find((number) => number > last);
    if (next === undefined) return Math.max(last, done);
    const entry = known?.number === next ? known : await readEntry(root, next);
    if (entry !== null) {
      await applyEntry(root, entry);
      await markDone(root, next);
    }
    last = next;
  }
}

async function commit(root: string, place: string, base: Tree, changes: readonly TreeChange[]): Promise<CommitResult> {
  const version = Number(base.version);
  const entry: JournalEntry = { number: version + 1, changes: changes.map((change) => journalChange(base, change)) };
  await makeRoot(root);
  if (await overtaken(root, version, base, entry)) return { kind: 'conflict' };
  if (!(await placeEntry(root, entry))) return { kind: 'conflict' };
  const { done } = await listJournal(root);
  if (done >= entry.number + KEPT_ENTRIES && !(await stands(root, entry))) {
    await withdrawEntry(root, entry.number);
    return { kind: 'conflict' };
  }
  await rollForward(root, version, entry);
  await pruneJournal(root);
  const sizes = new Map(base.files);
  for (const { path, keep, bytes } of changes) {
    if (bytes === null) sizes.delete(path);
    else sizes.set(path, keep + bytes.length);
  }
  return { kind: 'committed', tree: treeOf(root, place, entry.number, sizes) };
}

function journalChange(base: Tree, { path, keep, bytes }: TreeChange): JournalChange {
  const size = base.files.get(path);
  if (bytes === null) return { how: 'remove', path, keep: 0, bytes: new Uint8Array() };
  if (keep !== 0 && keep !== size) throw new Error(`cannot keep ${keep} of the ${size} bytes of ${path}`);
  if (size === undefined) return { how: 'create', path, keep, bytes };
  return { how: keep === size ? 'append' : 'replace', path, keep, bytes };
}

/**
 * True when the folder is no longer at `version`, or something was written past the journal to a file that the entry changes.
 */
async function overtaken(root: string, version: number, base: Tree, { changes }: JournalEntry): Promise<boolean> {
  const { done, entries } = await listJournal(root);
  if (Math.max(done, entries.at(-1) ?? 0) !== version) return true;
  const sizes = await Promise.all(changes.map(({ path }) => sizeOf(root, path)));
  return changes.some(({ path, how }, index) => isAdding(how) && sizes[index] !== (base.files.get(path) ?? 0));
}

function isAdding(how: JournalChange['how']): boolean {
  return how === 'create' || how === 'append';
}

/** True when the files contain what an entry adds. */
async function stands(root: string, { changes }: JournalEntry): Promise<boolean> {
  const added = changes.filter(({ how }) => isAdding(how));
  const found = await Promise.all(
    added.map(async ({ path, keep, bytes }) => {
      const end = keep + bytes.length;
      const there = (await sizeOf(root, path)) >= end ? await readPart(root, path, 0, end) : new Uint8Array();
      return Buffer.compare(there.subarray(keep), bytes) === 0;
    }),
  );
  return added.length > 0 && found.every(Boolean);
}
