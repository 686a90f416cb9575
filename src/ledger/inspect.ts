import { sha256 } from '../core/hash.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import { type Books, coveredBytes, isCutAway, ownRanges } from './books.ts';
import type { Chain, Span } from './chain.ts';
import type { Findings } from './findings.ts';
import { dayOfPartition } from './layout.ts';
import { endsWithNewline, lineNumberAt } from './lines.ts';
import type { Loaded } from './load.ts';
import type { Damage } from './port.ts';
import { readLines, segmentFault, segmentsOf } from './segments.ts';
import type { Tree } from './tree-store.ts';

/** A partition as it was before something is added to it. */
export interface Inspected {
  /** Ids of the events that the ledger has there. */
  readonly ids: ReadonlySet<string>;
  readonly endsWithNewline: boolean;
  readonly findings: Findings;
}

/** Reads a partition and compares it with what the loaded part of the chain says about it. */
export async function inspectPartition<State>(loaded: Loaded<State>, path: string): Promise<Inspected> {
  const file = loaded.tree.files.has(path) ? await loaded.tree.read(path) : new Uint8Array();
  const ids = new Set<string>();
  const quarantined: Quarantined[] = [];
  for (const [from, to] of ownRanges(loaded.checkpoint.books, path)) {
    const lines = readLines(path, file, from, to);
    for (const id of lines.ids) ids.add(id);
    quarantined.push(...lines.quarantined);
  }
  const damages = faultsIn(loaded, path, file);
  return { ids, endsWithNewline: endsWithNewline(file), findings: { damages, quarantined } };
}

function faultsIn<State>(loaded: Loaded<State>, path: string, file: Uint8Array): readonly Damage[] {
  const damages: Damage[] = [];
  for (const segment of segmentsOf(loaded.chain.batches)) {
    // What is before the loaded part of the chain looks lost from here, and a truncated file is reported once.
    if (segment.path !== path || typeof segment.proof === 'string' || segment.to > file.length) continue;
    const reason = segmentFault(segment, file);
    if (reason !== null) damages.push({ batch: segment.batch, path, reason });
  }
  return damages;
}

/** Bytes that somebody else left at the end of the ledger's files, and the report for each. */
export interface Foreign {
  readonly spans: readonly Span[];
  readonly quarantined: readonly Quarantined[];
}

/** Finds bytes beyond what the chain covers. Only files with such bytes are read. */
export async function findForeign(tree: Tree, books: Books, chain: Chain): Promise<Foreign> {
  const tails = new Map<string, { readonly from: number; readonly reason: string }>();
  for (const [path, size] of tree.files) {
    const day = dayOfPartition(path);
    if (day === null || isCutAway(books, day)) continue;
    const from = coveredBytes(books, path);
    if (size > from) tails.set(path, { from, reason: 'the chain does not know these bytes' });
  }
  for (const { path, from, reason, last } of chain.strays) {
    if (last && !tails.has(path)) tails.set(path, { from, reason });
  }
  const found = [...tails].sort(([a], [b]) => (a < b ? -1 : 1));
  return await describe(tree, found);
}

async function describe(
  tree: Tree,
  tails: readonly (readonly [string, { readonly from: number; readonly reason: string }])[],
): Promise<Foreign> {
  const spans: Span[] = [];
  const quarantined: Quarantined[] = [];
  for (const [path, { from, reason }] of tails) {
    const file = await tree.read(path);
    const bytes = file.subarray(from);
    const hash = sha256(bytes);
    spans.push({ path, from, to: file.length, sha256: hash });
    quarantined.push({
      path,
      line: lineNumberAt(file, from),
      byte: from,
      bytes: bytes.length,
      sha256: hash,
      reason,
    });
  }
  return { spans, quarantined };
}
