import type { LedgerEvent } from '../core/event.ts';
import { OutsideFailure } from '../core/failure.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import { type Books, coveredBytes, keepBooks, knownPartitions } from './books.ts';
import { type Batch, type Chain, headOf, holds, readChain } from './chain.ts';
import { type Checkpoint, decodeCheckpoint, emptyCheckpoint, type StoredCheckpoint } from './checkpoint.ts';
import { type Base, readBase } from './cut.ts';
import type { Findings } from './findings.ts';
import { reportsAmong } from './findings.ts';
import { chainFileOf, chainFiles, chainPath, cutFolder, lastCut, STATE_PATH } from './layout.ts';
import { addRows, PageMismatch, type Pages, pagesOf, type ReadFile, readPage } from './pages.ts';
import type { Damage, Head } from './port.ts';
import type { Reckoning } from './reckoning.ts';
import { readSegments, segmentsOf } from './segments.ts';
import type { Tree } from './tree-store.ts';

/** A ledger as it is in a tree. */
export interface Loaded<State> {
  readonly tree: Tree;
  /** Brought up to the end of the chain. */
  readonly checkpoint: Checkpoint<State>;
  /** The rollups that belong to the checkpoint. */
  readonly pages: Pages;
  /** The end of the chain, as far back as needed. */
  readonly chain: Chain;
  readonly findings: Findings;
  /** The batch of the checkpoint in the files; null if it must be remade. */
  readonly stands: number | null;
}

/** A checkpoint and the rollups that belong to it. */
export interface Reckoned<State> {
  readonly checkpoint: Checkpoint<State>;
  readonly pages: Pages;
}

/** How many events a fold gets at once when many are read. */
const CHUNK = 20_000;

/** Reads the checkpoint and what the chain has beyond it; reads everything when the checkpoint is unusable. */
export async function load<State>(tree: Tree, reckoning: Reckoning<State>): Promise<Loaded<State>> {
  const last = chainFiles(tree.files.keys()).at(-1);
  const [stored, end] = await Promise.all([
    storedCheckpoint<State>(tree, reckoning.format),
    last === undefined ? null : tree.read(chainPath(last)),
  ]);
  if (last === undefined && stored?.kind === 'unreadable') throw notOurs();
  if (stored?.kind !== 'sound') return await loadFromBase(tree, reckoning);
  const { checkpoint } = stored;
  // From before a cut: what it says about the partitions is no longer true.
  if ((checkpoint.books.cut?.batch ?? null) !== lastCut(tree.files.keys())) return await loadFromBase(tree, reckoning);
  const chain = await loadChain(tree, Math.min(chainFileOf(checkpoint.head.batch + 1), last ?? 0), end);
  if (!holds(chain, checkpoint.head)) return await loadFromBase(tree, reckoning, [unfounded(checkpoint.head)]);
  try {
    const from = { checkpoint, pages: pagesOf(checkpoint.pages) };
    return { ...(await bringUp(tree, chain, from, reckoning, [])), stands: checkpoint.head.batch };
  } catch (error) {
    return await loadFromBase(tree, reckoning, [mismatch(error, checkpoint.head)]);
  }
}

function unfounded({ batch, hash }: Head): Damage {
  return { batch, path: STATE_PATH, reason: `batch ${batch} (${hash.slice(0, 12)}) is not in the chain` };
}

/** The damage when a page does not belong to its checkpoint; any other error is rethrown. */
export function mismatch(error: unknown, head: Head | null): Damage {
  if (!(error instanceof PageMismatch)) throw error;
  return {
    batch: head?.batch ?? 0,
    path: error.path,
    reason: 'the rollups in it are not those that the checkpoint names',
  };
}

/** Remakes everything from the base. */
export async function loadFromBase<State>(
  tree: Tree,
  reckoning: Reckoning<State>,
  damages: readonly Damage[] = [],
): Promise<Loaded<State>> {
  const base = await readBase(tree, reckoning, emptyCheckpoint(reckoning.fold.initial));
  const chain = await chainAfter(tree, base);
  const pages = await basePages(tree, base);
  const { head } = base.checkpoint;
  const loose = head === null || holds(chain, head) ? [] : [looseEnd(head)];
  const from = { checkpoint: base.checkpoint, pages };
  return { ...(await bringUp(tree, chain, from, reckoning, [...damages, ...loose])), stands: null };
}

/** The chain starting with the last batch of a base. */
export function chainAfter<State>(tree: Tree, { checkpoint: { head } }: Base<State>): Promise<Chain> {
  return loadChain(tree, head === null ? 1 : chainFileOf(head.batch + 1), null);
}

/** The damage when the chain does not continue where a cut left it. */
export function looseEnd(head: Head): Damage {
  const batch = head.batch + 1;
  return {
    batch,
    path: chainPath(chainFileOf(batch)),
    reason: `the chain does not go on from the cut at batch ${batch - 1}`,
  };
}

/** The rollups of a base, all in memory: the files next to the state may be newer. */
export async function basePages<State>(tree: Tree, { record, checkpoint }: Base<State>): Promise<Pages> {
  if (record === null) return pagesOf(checkpoint.pages);
  const folder = cutFolder(record.cut.batch);
  const pages = pagesOf(checkpoint.pages);
  const held = new Map<string, Uint8Array>();
  for (const path of Object.keys(checkpoint.pages)) {
    const bytes = await readPage(pages, path, readIn(tree, `${folder}/`));
    if (bytes !== null) held.set(path, bytes);
  }
  return { ...pages, held, unwritten: new Set(held.keys()) };
}

/** Reads files below a folder of a tree. */
export function readIn(tree: Tree, folder = ''): ReadFile {
  return async (path) => (tree.files.has(folder + path) ? await tree.read(folder + path) : null);
}

/** Without a chain the file cannot be remade. It may belong to somebody else and would be overwritten. */
function notOurs(): OutsideFailure {
  return new OutsideFailure({
    kind: 'invalid',
    message: `There is a file ${STATE_PATH} that Checkrein did not write, and no ledger beside it`,
    remedy: 'Give the ledger a folder or branch of its own, or move the file away',
    retry: false,
  });
}

/** The checkpoint in a tree; null when there is none. */
export async function storedCheckpoint<State>(tree: Tree, format: number): Promise<StoredCheckpoint<State> | null> {
  return tree.files.has(STATE_PATH) ? decodeCheckpoint<State>(await tree.read(STATE_PATH), format) : null;
}

/** Reads the chain files starting with number `from`. `end` is the content of the last one if known. */
export async function loadChain(tree: Tree, from: number, end: Uint8Array | null): Promise<Chain> {
  const numbers = chainFiles(tree.files.keys()).filter((number) => number >= from);
  const files = numbers.map(async (number, index) => {
    const path = chainPath(number);
    const known = index === numbers.length - 1 ? end : null;
    return { path, bytes: known ?? (await tree.read(path)) };
  });
  return readChain(await Promise.all(files));
}

async function bringUp<State>(
  tree: Tree,
  chain: Chain,
  from: Reckoned<State>,
  reckoning: Reckoning<State>,
  damages: readonly Damage[],
): Promise<Omit<Loaded<State>, 'stands'>> {
  const before = from.checkpoint.head;
  const missing = chain.batches.filter((batch) => batch.n > (before?.batch ?? 0));
  const folded = await foldBatches(tree, missing, from, reckoning);
  const checkpoint = { ...folded.checkpoint, head: headOf(chain) ?? before };
  return {
    tree,
    checkpoint,
    pages: folded.pages,
    chain,
    findings: {
      damages: [
        ...damages,
        ...chain.damages,
        ...folded.findings.damages,
        ...cutShort(tree, checkpoint.books, checkpoint),
      ],
      quarantined: folded.findings.quarantined,
    },
  };
}

/** Reads one chain file. */
export async function loadChainFile(tree: Tree, number: number): Promise<Chain> {
  const path = chainPath(number);
  return readChain([{ path, bytes: await tree.read(path) }]);
}

/** Folds the events of some batches into a checkpoint and its rollups. */
export async function foldBatches<State>(
  tree: Tree,
  batches: readonly Batch[],
  from: Reckoned<State>,
  reckoning: Reckoning<State>,
): Promise<Reckoned<State> & { readonly findings: Findings; readonly events: number }> {
  const damages: Damage[] = [];
  const quarantined: Quarantined[] = [];
  const reported: string[] = [];
  const { books } = from.checkpoint;
  let reckoned: StateAndPages<State> = { state: from.checkpoint.state, pages: from.pages };
  let chunk: LedgerEvent[] = [];
  let count = 0;
  for await (const { events, segment, fault, quarantined: bad } of readSegments(tree, segmentsOf(batches, books))) {
    if (fault !== null) damages.push({ batch: segment.batch, path: segment.path, reason: fault });
    quarantined.push(...bad);
    reported.push(...reportsAmong(events));
    count += events.length;
    for (const event of events) chunk.push(event);
    if (chunk.length < CHUNK) continue;
    reckoned = await reckon(reckoned, chunk, reckoning, readIn(tree));
    chunk = [];
  }
  reckoned = await reckon(reckoned, chunk, reckoning, readIn(tree));
  const last = batches.at(-1);
  const head = last === undefined ? from.checkpoint.head : { batch: last.n, hash: last.hash };
  const { state, pages } = reckoned;
  return {
    checkpoint: { head, books: keepBooks(books, batches, reported), state, pages: pages.hashes },
    pages,
    findings: { damages, quarantined },
    events: count,
  };
}

interface StateAndPages<State> {
  readonly state: State;
  readonly pages: Pages;
}

/** State and rollups after more events. */
export async function reckon<State>(
  { state, pages }: StateAndPages<State>,
  events: readonly LedgerEvent[],
  { fold, measuring }: Reckoning<State>,
  read: ReadFile,
): Promise<StateAndPages<State>> {
  if (events.length === 0) return { state, pages };
  const next = fold.apply(state, events);
  if (measuring === null) return { state: next, pages };
  return { state: next, pages: await addRows(pages, measuring.rows(state, events), measuring.keptSince(next), read) };
}

/** Partitions that are shorter than the chain says. */
function cutShort<State>(tree: Tree, books: Books, { head }: Checkpoint<State>): readonly Damage[] {
  const damages: Damage[] = [];
  for (const path of knownPartitions(books)) {
    const size = tree.files.get(path) ?? 0;
    const covered = coveredBytes(books, path);
    if (size >= covered) continue;
    const reason = tree.files.has(path)
      ? `the file has ${size} of ${covered} bytes`
      : `the file is gone (${covered} bytes)`;
    damages.push({ batch: head?.batch ?? 0, path, reason });
  }
  return damages;
}
