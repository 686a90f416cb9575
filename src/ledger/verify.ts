import { sha256 } from '../core/hash.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import { keepBooks } from './books.ts';
import { type Chain, headOf, holds, type Span } from './chain.ts';
import { emptyCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { type Base, type CutRecord, readBase, statementOf } from './cut.ts';
import { findForeign } from './inspect.ts';
import { BATCHES_PER_FILE, chainFileOf, chainFiles, chainPath, cutFolder, STATE_PATH } from './layout.ts';
import { lineNumberAt } from './lines.ts';
import { basePages, chainAfter, foldBatches, looseEnd, readIn, storedCheckpoint } from './load.ts';
import { isPageOf } from './page-file.ts';
import type { PageHashes } from './pages.ts';
import type { Damage, Verification } from './port.ts';
import type { Reckoning } from './reckoning.ts';
import { readLines, type Segment, segmentFault, segmentsOf } from './segments.ts';
import type { Tree } from './tree-store.ts';

interface Walk {
  readonly damages: Damage[];
  readonly quarantined: Quarantined[];
  events: number;
}

/** Verifies everything: the chain accounts for every byte, and the checkpoint follows from the events. */
export async function verifyTree<State>(tree: Tree, reckoning: Reckoning<State>): Promise<Verification> {
  const base = await readBase(tree, reckoning, emptyCheckpoint(reckoning.fold.initial));
  const read = await chainAfter(tree, base);
  const chain = { ...read, batches: read.batches.filter(({ n }) => n > (base.checkpoint.head?.batch ?? 0)) };
  const walk: Walk = { damages: [...chain.damages, ...missingFiles(tree, chain, base)], quarantined: [], events: 0 };
  await walkBase(tree, read, base, walk);
  await walkPartitions(tree, chain, base, walk);
  await walkTails(tree, chain, base, walk);
  walk.damages.push(...(await checkpointFaults(tree, chain, base, reckoning)));
  const firstBad = walk.damages.reduce<Damage | null>(
    (first, damage) => (first === null || damage.batch < first.batch ? damage : first),
    null,
  );
  return {
    ok: firstBad === null,
    head: headOf(chain),
    batches: chain.batches.length,
    events: walk.events + (base.record?.kept.events ?? 0),
    firstBad,
    quarantined: walk.quarantined,
    cut: cutOf(base),
  };
}

function cutOf<State>({ record }: Base<State>): Verification['cut'] {
  if (record === null) return null;
  const { cut, at, events, kept, signature } = record;
  const signed = signature === undefined ? null : { statement: statementOf(record), signature };
  return { ...cut, at, events, kept: kept.events, signed };
}

/** What a cut left: its files match its record, and the chain continues from it and names the record. */
async function walkBase<State>(
  tree: Tree,
  chain: Chain,
  { record, hash, checkpoint }: Base<State>,
  walk: Walk,
): Promise<void> {
  if (record === null || checkpoint.head === null) return;
  if (!holds(chain, checkpoint.head)) walk.damages.push(looseEnd(checkpoint.head));
  const folder = cutFolder(record.cut.batch);
  const fault = (path: string, reason: string): number => walk.damages.push({ batch: record.cut.batch, path, reason });
  if (!(await isNamed(tree, chain, record, hash)))
    fault(`${folder}/record.json`, 'no event of the chain names this record');
  const files = [{ path: `${folder}/kept.ndjson`, to: undefined, sha256: record.kept.sha256 }, ...record.carried];
  for (const { path, to, sha256: expected } of files) {
    const bytes = tree.files.has(path) ? await tree.read(path) : new Uint8Array();
    if (sha256(bytes.subarray(0, to)) !== expected) fault(path, NOT_NAMED);
  }
  for (const path of await otherPages(tree, folder, checkpoint.pages)) fault(path, NOT_NAMED);
}

/** The pages of a cut that do not match its checkpoint. */
async function otherPages(tree: Tree, folder: string, hashes: PageHashes): Promise<readonly string[]> {
  const others: string[] = [];
  for (const [page, hash] of Object.entries(hashes)) {
    const bytes = await readIn(tree, `${folder}/`)(page);
    if (bytes === null || !isPageOf(bytes, hash)) others.push(`${folder}/${page}`);
  }
  return others;
}

const NOT_NAMED = 'what lies before the cut is not what its record names';

async function isNamed(
  tree: Tree,
  { batches }: Chain,
  { announced }: CutRecord,
  hash: string | null,
): Promise<boolean> {
  for (const { parts } of batches.filter(({ n }) => n === announced)) {
    for (const { path, from, to } of parts) {
      const file = tree.files.has(path) ? await tree.read(path) : new Uint8Array();
      const { events } = readLines(path, file, from, to);
      if (events.some((event) => event.kind === 'ledger.compacted' && event.data.cut?.record === hash)) return true;
    }
  }
  return false;
}

function missingFiles<State>(tree: Tree, { batches }: Chain, { checkpoint: { head } }: Base<State>): readonly Damage[] {
  const there = new Set(chainFiles(tree.files.keys()));
  const last = chainFileOf(batches.at(-1)?.n ?? 1);
  for (let file = chainFileOf((head?.batch ?? 0) + 1); file < last; file++) {
    if (there.has(file)) continue;
    return [{ batch: (file - 1) * BATCHES_PER_FILE + 1, path: chainPath(file), reason: 'the file is gone' }];
  }
  return [];
}

async function walkPartitions<State>(
  tree: Tree,
  { batches }: Chain,
  { checkpoint }: Base<State>,
  walk: Walk,
): Promise<void> {
  const segments = groupByPath(segmentsOf(batches, checkpoint.books));
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

/** Bytes beyond what the chain covers: nothing accounts for them until the next batch names them. */
async function walkTails<State>(tree: Tree, chain: Chain, { checkpoint }: Base<State>, walk: Walk): Promise<void> {
  const { quarantined } = await findForeign(tree, keepBooks(checkpoint.books, chain.batches, []), chain);
  for (const found of quarantined) {
    walk.quarantined.push(found);
    const reason = `bytes from ${found.byte} on: ${found.reason}`;
    walk.damages.push({ batch: (headOf(chain)?.batch ?? 0) + 1, path: found.path, reason });
  }
}

/** Remakes the checkpoint and the rollups as far as the stored one goes. */
async function checkpointFaults<State>(
  tree: Tree,
  chain: Chain,
  base: Base<State>,
  reckoning: Reckoning<State>,
): Promise<readonly Damage[]> {
  const stored = await storedCheckpoint<State>(tree, reckoning.format);
  if (stored === null || stored.kind === 'other_format') return [];
  const path = STATE_PATH;
  if (stored.kind === 'unreadable') {
    return [{ batch: headOf(chain)?.batch ?? 0, path, reason: 'the checkpoint cannot be read' }];
  }
  const { head } = stored.checkpoint;
  if (!holds(chain, head)) return [{ batch: head.batch, path, reason: `batch ${head.batch} is not in the chain` }];
  const batches = chain.batches.filter((batch) => batch.n <= head.batch);
  const start = { checkpoint: base.checkpoint, pages: await basePages(tree, base) };
  const { checkpoint } = await foldBatches(tree, batches, start, reckoning);
  const same = Buffer.compare(encodeCheckpoint(checkpoint, reckoning.format), await tree.read(path)) === 0;
  if (!same) return [{ batch: head.batch, path, reason: 'the checkpoint is not what the events give' }];
  const faults: Damage[] = [];
  for (const [page, hash] of Object.entries(checkpoint.pages)) {
    const bytes = await readIn(tree)(page);
    if (bytes !== null && isPageOf(bytes, hash)) continue;
    faults.push({ batch: head.batch, path: page, reason: 'the rollups are not what the events give' });
  }
  return faults;
}
