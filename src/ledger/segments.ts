import type { LedgerEvent } from '../core/event.ts';
import { sha256 } from '../core/hash.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import { type Books, NO_BOOKS } from './books.ts';
import type { Batch, Part, Span } from './chain.ts';
import { decodeEventLine } from './event-line.ts';
import { dayOfPartition } from './layout.ts';
import { type Line, lineNumberAt, linesIn } from './lines.ts';
import type { Tree } from './tree-store.ts';

/** Bytes of a partition that belong to a batch. */
export interface Segment {
  readonly batch: number;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /**
   * What the chain says about the bytes. `lost` bytes are between two batches, so they belong to one whose line in the chain
   * is unreadable. `cut` bytes were removed and others follow in their place.
   */
  readonly proof: { readonly sha256: string; readonly events: number } | 'lost' | 'cut';
}

/** The segments of some batches in ledger order. `before` says what earlier batches covered. */
export function segmentsOf(batches: readonly Batch[], before: Books = NO_BOOKS): readonly Segment[] {
  const covered = new Map<string, number>(Object.entries(before.covered));
  const segments = batches.flatMap((batch) => [
    ...batch.foreign.flatMap((span) => lostBefore(batch, span, covered)),
    ...batch.parts.flatMap((part) => [...lostBefore(batch, part, covered), segmentOf(batch, part)]),
  ]);
  return withoutOverwritten(segments);
}

function segmentOf(batch: Batch, { path, from, to, sha256: hash, events }: Part): Segment {
  return { batch: batch.n, path, from, to, proof: { sha256: hash, events } };
}

/** What is between a span and everything covered before it; updates `covered` to the end of the span. */
function lostBefore(batch: Batch, span: Span, covered: Map<string, number>): readonly Segment[] {
  const day = dayOfPartition(span.path);
  if (day === null) return [];
  const end = covered.get(day) ?? 0;
  covered.set(day, span.to);
  return span.from > end ? [{ batch: batch.n, path: span.path, from: end, to: span.from, proof: 'lost' }] : [];
}

/**
 * A truncated partition grows again from its real end, so what a later segment contains no longer belongs to an earlier one.
 */
function withoutOverwritten(segments: readonly Segment[]): readonly Segment[] {
  const limits = new Map<string, number>();
  const kept: Segment[] = [];
  for (const segment of segments.toReversed()) {
    const limit = limits.get(segment.path) ?? Number.POSITIVE_INFINITY;
    const cut = segment.to > limit;
    kept.push(cut ? { ...segment, to: Math.max(segment.from, limit), proof: 'cut' } : segment);
    limits.set(segment.path, Math.min(limit, segment.from));
  }
  return kept.reverse();
}

/** Why the bytes of a segment are not those that were written; null when they are. */
export function segmentFault(segment: Segment, file: Uint8Array): string | null {
  const { from, to, proof } = segment;
  if (proof === 'lost') return `the line of the chain for bytes ${from} to ${to} cannot be read`;
  if (proof === 'cut') return `bytes from ${to} on were taken away`;
  if (file.length < to) return `the file ends before byte ${to}`;
  if (sha256(file.subarray(from, to)) !== proof.sha256) return `bytes ${from} to ${to} are not those that were written`;
  return null;
}

/** The content of a segment's lines. */
export interface SegmentLines {
  readonly events: readonly LedgerEvent[];
  /** Ids of all events, including unknown kinds. */
  readonly ids: readonly string[];
  readonly quarantined: readonly Quarantined[];
}

/** Reads the lines of `[from, to)`. */
export function readLines(path: string, file: Uint8Array, from: number, to: number): SegmentLines {
  const events: LedgerEvent[] = [];
  const ids: string[] = [];
  const quarantined: Quarantined[] = [];
  for (const line of linesIn(file, from, to)) {
    const read = decodeEventLine(line.text);
    if (read.kind === 'bad') {
      quarantined.push(unreadableLine(path, file, line, read.reason));
      continue;
    }
    ids.push(read.id);
    if (read.kind === 'event') events.push(read.event);
  }
  return { events, ids, quarantined };
}

function unreadableLine(path: string, file: Uint8Array, line: Line, reason: string): Quarantined {
  return {
    path,
    line: lineNumberAt(file, line.byte),
    byte: line.byte,
    bytes: line.bytes.length,
    sha256: sha256(line.bytes),
    reason,
  };
}

/** The most partition data kept in memory while events are read in ledger order. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Reads files of a tree, each once as long as few enough are held. A missing file reads as empty. */
export function heldFiles(tree: Tree): (path: string) => Promise<Uint8Array> {
  const held = new Map<string, Uint8Array>();
  let bytes = 0;
  return async (path) => {
    const file = held.get(path) ?? (tree.files.has(path) ? await tree.read(path) : new Uint8Array());
    if (!held.delete(path)) bytes += file.length;
    held.set(path, file);
    for (const [oldest, { length }] of held) {
      if (bytes <= MAX_HELD_BYTES || oldest === path) break;
      held.delete(oldest);
      bytes -= length;
    }
    return file;
  };
}

/** Reads segments one after another. */
export async function* readSegments(
  tree: Tree,
  segments: readonly Segment[],
): AsyncGenerator<SegmentLines & { readonly segment: Segment; readonly fault: string | null }> {
  const read = heldFiles(tree);
  for (const segment of segments) {
    const file = await read(segment.path);
    const lines = readLines(segment.path, file, segment.from, segment.to);
    yield { ...lines, segment, fault: segmentFault(segment, file) };
  }
}
