import type { LedgerEvent, Quarantined } from '../core/event.ts';
import { OutsideFailure } from '../core/failure.ts';
import type { Fold } from '../core/fold.ts';
import { type Books, coveredBytes, keepBooks, knownPartitions } from './books.ts';
import { type Batch, type Chain, headOf, holds, readChain } from './chain.ts';
import { type Checkpoint, decodeCheckpoint, emptyCheckpoint, type StoredCheckpoint } from './checkpoint.ts';
import type { Findings } from './findings.ts';
import { reportsAmong } from './findings.ts';
import { chainFileOf, chainFiles, chainPath, STATE_PATH } from './layout.ts';
import type { Damage } from './port.ts';
import { readSegments, segmentsOf } from './segments.ts';
import type { Tree } from './tree-store.ts';

/** A ledger as it is in a tree. */
export interface Loaded<State> {
  readonly tree: Tree;
  /** Brought up to the end of the chain. */
  readonly checkpoint: Checkpoint<State>;
  /** The end of the chain, as far back as it was needed. */
  readonly chain: Chain;
  readonly findings: Findings;
}

/** How many events a fold is given at once when many are read. */
const CHUNK = 20_000;

/** Reads the checkpoint and what the chain has beyond it; everything when the checkpoint is of no use. */
export async function load<State>(tree: Tree, fold: Fold<State>, format: number): Promise<Loaded<State>> {
  const last = chainFiles(tree.files.keys()).at(-1);
  const [stored, end] = await Promise.all([
    storedCheckpoint<State>(tree, format),
    last === undefined ? null : tree.read(chainPath(last)),
  ]);
  if (last === undefined && stored?.kind === 'unreadable') throw notOurs();
  if (stored?.kind === 'sound') {
    const from = Math.min(chainFileOf(stored.checkpoint.head.batch + 1), last ?? 0);
    const chain = await loadChain(tree, from, end);
    if (holds(chain, stored.checkpoint.head)) return await bringUp(tree, chain, stored.checkpoint, fold, []);
  }
  const chain = await loadChain(tree, 1, end);
  return await bringUp(tree, chain, emptyCheckpoint(fold.initial), fold, uselessCheckpoint(stored));
}

/** Without a chain there is nothing to remake the file from: it may belong to somebody else, and would be overwritten. */
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

/** Reads the chain files from number `from` on. `end` is the content of the last when it is known. */
export async function loadChain(tree: Tree, from: number, end: Uint8Array | null): Promise<Chain> {
  const numbers = chainFiles(tree.files.keys()).filter((number) => number >= from);
  const files = numbers.map(async (number, index) => {
    const path = chainPath(number);
    const known = index === numbers.length - 1 ? end : null;
    return { path, bytes: known ?? (await tree.read(path)) };
  });
  return readChain(await Promise.all(files));
}

function uselessCheckpoint<State>(stored: StoredCheckpoint<State> | null): readonly Damage[] {
  if (stored?.kind !== 'sound') return [];
  const { batch, hash } = stored.checkpoint.head;
  return [{ batch, path: STATE_PATH, reason: `batch ${batch} (${hash.slice(0, 12)}) is not in the chain` }];
}

async function bringUp<State>(
  tree: Tree,
  chain: Chain,
  from: Checkpoint<State>,
  fold: Fold<State>,
  damages: readonly Damage[],
): Promise<Loaded<State>> {
  const missing = chain.batches.filter((batch) => batch.n > (from.head?.batch ?? 0));
  const folded = await foldBatches(tree, missing, from, fold);
  const checkpoint = { ...folded.checkpoint, head: headOf(chain) ?? from.head };
  return {
    tree,
    checkpoint,
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

/** Folds the events of some batches into a checkpoint. */
export async function foldBatches<State>(
  tree: Tree,
  batches: readonly Batch[],
  from: Checkpoint<State>,
  fold: Fold<State>,
): Promise<{ readonly checkpoint: Checkpoint<State>; readonly findings: Findings }> {
  const damages: Damage[] = [];
  const quarantined: Quarantined[] = [];
  const reported: string[] = [];
  let state = from.state;
  let chunk: LedgerEvent[] = [];
  for await (const { events, segment, fault, quarantined: bad } of readSegments(
    tree,
    segmentsOf(batches, from.books),
  )) {
    if (fault !== null) damages.push({ batch: segment.batch, path: segment.path, reason: fault });
    quarantined.push(...bad);
    reported.push(...reportsAmong(events));
    for (const event of events) chunk.push(event);
    if (chunk.length < CHUNK) continue;
    state = fold.apply(state, chunk);
    chunk = [];
  }
  if (chunk.length > 0) state = fold.apply(state, chunk);
  const last = batches.at(-1);
  const head = last === undefined ? from.head : { batch: last.n, hash: last.hash };
  return {
    checkpoint: { head, books: keepBooks(from.books, batches, reported), state },
    findings: { damages, quarantined },
  };
}

/** Partitions that hold less than the chain says. */
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
