import type { Quarantined } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { sha256 } from '../core/hash.ts';
import { keepBooks, NO_BOOKS } from './books.ts';
import { type Chain, headOf, holds, type Span } from './chain.ts';
import { emptyCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { findForeign } from './inspect.ts';
import { BATCHES_PER_FILE, chainFileOf, chainFiles, chainPath, STATE_PATH } from './layout.ts';
import { lineNumberAt } from './lines.ts';
import { foldBatches, loadChain, storedCheckpoint } from './load.ts';
import type { Damage, Verification } from './port.ts';
import { readLines, type Segment, segmentFault, segmentsOf } from './segments.ts';
import type { Tree } from './tree-store.ts';

interface Walk {
  readonly damages: Damage[];
  readonly quarantined: Quarantined[];
  events: number;
}

/** Walks everything: it holds when every byte is accounted for by the chain and the checkpoint is what the events give. */
export async function verifyTree<State>(tree: Tree, fold: Fold<State>, format: number): Promise<Verification> {
  const chain = await loadChain(tree, 1, null);
  const walk: Walk = { damages: [...chain.damages, ...missingFiles(tree, chain)], quarantined: [], events: 0 };
  await walkPartitions(tree, chain, walk);
  await walkTails(tree, chain, walk);
  const stored = await checkpointFault(tree, chain, fold, format);
  if (stored !== null) walk.damages.push(stored);
  const firstBad = walk.damages.reduce<Damage | null>(
    (first, damage) => (first === null || damage.batch < first.batch ? damage : first),
    null,
  );
  return {
    ok: firstBad === null,
    head: headOf(chain),
    batches: chain.batches.length,
    events: walk.events,
    firstBad,
    quarantined: walk.quarantined,
  };
}

function missingFiles(tree: Tree, { batches }: Chain): readonly Damage[] {
  const there = new Set(chainFiles(tree.files.keys()));
  const last = chainFileOf(batches.at(-1)?.n ?? 1);
  for (let file = 1; file < last; file++) {
    if (there.has(file)) continue;
    return [{ batch: (file - 1) * BATCHES_PER_FILE + 1, path: chainPath(file), reason: 'the file is gone' }];
  }
  return [];
}

async function walkPartitions(tree: Tree, { batches }: Chain, walk: Walk): Promise<void> {
  const segments = groupByPath(segmentsOf(batches));
  const foreign = groupByPath(batches.flatMap((batch) => batch.foreign.map((span) => ({ ...span, batch: batch.n }))));
  for (const path of [...new Set([...segments.keys(), ...foreign.keys()])].sort()) {
    const file = tree.files.has(path) ? await tree.read(path) : new Uint8Array();
    for (const segment of segments.get(path) ?? []) walkSegment(segment, file, walk);
    for (const span of foreign.get(path) ?? []) walkForeign(span, file, walk);
  }
}

function walkSegment(segment: Segment, file: Uint8Array, walk: Walk): void {
  const { batch, path, from, to, proof } = segment;
  const reason = segmentFault(segment, file);
  const lines = readLines(path, file, from, to);
  walk.events += lines.ids.length;
  walk.quarantined.push(...lines.quarantined);
  if (reason !== null) walk.damages.push({ batch, path, reason });
  else if (typeof proof === 'object' && proof.events !== lines.ids.length) {
    walk.damages.push({ batch, path, reason: `the batch holds ${lines.ids.length} of ${proof.events} events` });
  }
}

function walkForeign(span: Span & { readonly batch: number }, file: Uint8Array, walk: Walk): void {
  const { batch, path, from, to } = span;
  const bytes = file.subarray(from, to);
  const reason = 'foreign bytes that the chain names';
  walk.quarantined.push({
    path,
    line: lineNumberAt(file, from),
    byte: from,
    bytes: to - from,
    sha256: span.sha256,
    reason,
  });
  if (sha256(bytes) === span.sha256) return;
  walk.damages.push({ batch, path, reason: `the foreign bytes ${from} to ${to} are not those that were found` });
}

function groupByPath<T extends { readonly path: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.path);
    if (group === undefined) groups.set(item.path, [item]);
    else group.push(item);
  }
  return groups;
}

/** Bytes that lie behind what the chain knows: nobody answers for them until the next batch names them. */
async function walkTails(tree: Tree, chain: Chain, walk: Walk): Promise<void> {
  const { quarantined } = await findForeign(tree, keepBooks(NO_BOOKS, chain.batches, []), chain);
  for (const found of quarantined) {
    walk.quarantined.push(found);
    const reason = `bytes from ${found.byte} on: ${found.reason}`;
    walk.damages.push({ batch: (headOf(chain)?.batch ?? 0) + 1, path: found.path, reason });
  }
}

/** Remakes the checkpoint as far as the stored one goes. */
async function checkpointFault<State>(
  tree: Tree,
  chain: Chain,
  fold: Fold<State>,
  format: number,
): Promise<Damage | null> {
  const stored = await storedCheckpoint<State>(tree, format);
  if (stored === null || stored.kind === 'other_format') return null;
  const path = STATE_PATH;
  if (stored.kind === 'unreadable') {
    return { batch: headOf(chain)?.batch ?? 0, path, reason: 'the checkpoint cannot be read' };
  }
  const { head } = stored.checkpoint;
  if (!holds(chain, head)) return { batch: head.batch, path, reason: `batch ${head.batch} is not in the chain` };
  const batches = chain.batches.filter((batch) => batch.n <= head.batch);
  const { checkpoint } = await foldBatches(tree, batches, emptyCheckpoint(fold.initial), fold);
  const same = Buffer.compare(encodeCheckpoint(checkpoint, format), await tree.read(path)) === 0;
  return same ? null : { batch: head.batch, path, reason: 'the checkpoint is not what the events give' };
}
