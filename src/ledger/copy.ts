import { OutsideFailure } from '../core/failure.ts';
import { type Batch, readChain } from './chain.ts';
import { CUTS, chainFiles, chainPath, dayOfPartition, README_PATH, STATE_PATH } from './layout.ts';
import { README_TEXT } from './readme.ts';
import { heldFiles } from './segments.ts';
import type { Tree, TreeChange, TreeStore } from './tree-store.ts';

/** The result of a copy. */
export interface Copied {
  /** Batches that were in the target before, from an earlier or interrupted copy. */
  readonly before: number;
  /** Batches that were copied now. */
  readonly added: number;
}

/**
 * Copies chain and events byte for byte, so the target has the same batches with the same hashes. Continues where an earlier
 * copy ended or was interrupted, and changes nothing in a target that contains anything other than the beginning of the same
 * chain. The source must be intact. What can be derived from the events is left to a rebuild of the target.
 * @throws OutsideFailure when a place cannot be read or written, or the target contains something else.
 */
export async function copyTree(
  from: TreeStore,
  to: TreeStore,
  progress: (done: number, total: number) => void,
): Promise<Copied> {
  const source = await from.open();
  const files = chainFiles(source.files.keys());
  let target = await to.open();
  if (chainFiles(target.files.keys()).length === 0) refuseStrangers(target, to.place);
  if (chainFiles(target.files.keys()).some((file) => !files.includes(file))) throw holdsAnother(to.place, from.place);
  const read = heldFiles(source);
  const copied = { before: 0, added: 0 };
  const covered = new Map<string, number>();
  for (const [index, file] of files.entries()) {
    const path = chainPath(file);
    const page = await pageOf(path, await read(path), target, { from: from.place, to: to.place });
    cover(covered, page.known);
    checkSizes(target, covered, page, to.place);
    cover(covered, page.missing);
    copied.before += page.known.length;
    copied.added += page.missing.length;
    if (page.missing.length > 0) {
      const changes = [...(await changesFor(page, target, covered, read)), ...(await leftByCut(source, target))];
      target = await add(to, target, changes);
    }
    progress(index + 1, files.length);
  }
  return copied;
}

/** A chain file: what the target has of it, and what is missing. */
interface Page {
  readonly path: string;
  readonly known: readonly Batch[];
  readonly missing: readonly Batch[];
  /** The bytes that the target is missing. */
  readonly rest: Uint8Array;
  readonly keep: number;
}

async function pageOf(
  path: string,
  bytes: Uint8Array,
  target: Tree,
  place: { readonly from: string; readonly to: string },
): Promise<Page> {
  const there = target.files.has(path) ? await target.read(path) : new Uint8Array();
  if (Buffer.compare(bytes.subarray(0, there.length), there) !== 0) throw holdsAnother(place.to, place.from);
  const known = readChain([{ path, bytes: there }]).batches;
  const { batches } = readChain([{ path, bytes }]);
  return { path, known, missing: batches.slice(known.length), rest: bytes.subarray(there.length), keep: there.length };
}

/** How many bytes of each partition some batches cover. */
function cover(covered: Map<string, number>, batches: readonly Batch[]): void {
  for (const { parts, foreign } of batches) {
    for (const { path, to } of [...foreign, ...parts]) if (dayOfPartition(path) !== null) covered.set(path, to);
  }
}

/** Anything in the target beyond its own chain was put there by somebody else. */
function checkSizes(target: Tree, covered: ReadonlyMap<string, number>, { missing }: Page, place: string): void {
  const touched = new Set(missing.flatMap(({ parts, foreign }) => [...parts, ...foreign].map(({ path }) => path)));
  for (const path of touched) {
    if (dayOfPartition(path) === null || (target.files.get(path) ?? 0) === (covered.get(path) ?? 0)) continue;
    throw refused(
      `The file ${path} in ${place} is not as long as its chain says`,
      'Look at it with `checkrein ledger verify`, or copy to a place that is empty',
    );
  }
}

async function changesFor(
  { path, rest, keep }: Page,
  target: Tree,
  covered: ReadonlyMap<string, number>,
  read: (path: string) => Promise<Uint8Array>,
): Promise<readonly TreeChange[]> {
  const changes: TreeChange[] = [];
  for (const [partition, end] of covered) {
    const size = target.files.get(partition) ?? 0;
    if (end <= size) continue;
    changes.push({ path: partition, keep: size, bytes: (await read(partition)).subarray(size, end) });
  }
  changes.push({ path, keep, bytes: rest });
  if (!target.files.has(README_PATH)) changes.push({ path: README_PATH, keep: 0, bytes: Buffer.from(README_TEXT) });
  return changes;
}

/** What a cut left of the source's beginning. It is copied along with the first batches after it. */
async function leftByCut(source: Tree, target: Tree): Promise<readonly TreeChange[]> {
  const paths = [...source.files.keys()].filter((path) => path.startsWith(CUTS) && !target.files.has(path));
  return await Promise.all(paths.map(async (path) => ({ path, keep: 0, bytes: await source.read(path) })));
}

async function add(to: TreeStore, target: Tree, changes: readonly TreeChange[]): Promise<Tree> {
  const result = await to.commit(target, changes, 'Copy a ledger');
  if (result.kind === 'committed') return result.tree;
  throw new OutsideFailure({
    kind: 'conflict',
    message: `Somebody else wrote to ${to.place} while a ledger was being copied to it`,
    remedy: 'Let nothing write there until the copy is done, and run it again: it goes on where it was',
    retry: true,
  });
}

function refuseStrangers(target: Tree, place: string): void {
  const found = [...target.files.keys()].find((path) => path === STATE_PATH || dayOfPartition(path) !== null);
  if (found === undefined) return;
  throw refused(`${place} has a file ${found} and no chain, so it is not an empty place`, 'Copy to an empty place');
}

function holdsAnother(to: string, from: string): OutsideFailure {
  return refused(
    `${to} holds another ledger than ${from}, or one of the two has gone on by itself or was compacted since it was copied`,
    'Copy to an empty place. Two ledgers cannot be joined: their chains would not hold',
  );
}

function refused(message: string, remedy: string): OutsideFailure {
  return new OutsideFailure({ kind: 'conflict', message: `${message}. Nothing was changed`, remedy, retry: false });
}
