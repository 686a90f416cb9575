/*
 * A cut removes everything before a batch of the chain. What must survive it is in a folder of its own, written once:
 *
 *   cut/00001234/record.json    what was cut off, the hash at which the chain continues, and the hash of everything below
 *   cut/00001234/state.json     the checkpoint at the cut: where `rebuild` starts
 *   cut/00001234/rollups/…      the pages of rollups at the cut
 *   cut/00001234/kept.ndjson    the events that are kept: stops, commands, receipts, reports of damage, open alerts
 *
 * The event `ledger.compacted`, in the very commit that makes the cut, contains the hash of the record, so the chain itself
 * proves what is left of its beginning.
 */
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { OutsideFailure } from '../core/failure.ts';
import { sha256 } from '../core/hash.ts';
import type { Instant } from '../core/time.ts';
import type { CutMark } from './books.ts';
import type { Span } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { decodeEventLine, isRecord } from './event-line.ts';
import { cutFolder, lastCut } from './layout.ts';
import { linesIn } from './lines.ts';
import type { Head } from './port.ts';
import type { Reckoning } from './reckoning.ts';
import type { Tree } from './tree-store.ts';

/** The content of `record.json`. */
export interface CutRecord {
  readonly v: 1;
  /** The last batch that was cut off. */
  readonly cut: Head;
  readonly at: Instant;
  /** The batch with the event that names this record. */
  readonly announced: number;
  /** The UTC day up to which partitions were removed, except those in `carried`. */
  readonly horizon: string;
  /** SHA-256 of `state.json`, which names the pages of rollups by their hashes. */
  readonly state: string;
  readonly kept: { readonly sha256: string; readonly events: number };
  /** Beginnings of partitions that later batches continue: they stay where they are. */
  readonly carried: readonly Span[];
  /** Events before the cut, including those that are kept. */
  readonly events: number;
  /** Hashes of the last batches before the cut, newest last: a process that holds one of them can recognise the ledger. */
  readonly recent: readonly string[];
  /** SHA-256 of the record of the previous cut; null for the first. */
  readonly before: string | null;
  /** Proves who made the cut, if there was a key. */
  readonly signature?: unknown;
}

/** Where a ledger starts: empty, or at what the last cut left. */
export interface Base<State> {
  readonly record: CutRecord | null;
  /** SHA-256 of the record. */
  readonly hash: string | null;
  readonly checkpoint: Checkpoint<State>;
}

/** The signed part of a record: everything except the signature. */
export function statementOf(record: CutRecord): string {
  const { signature: _, ...statement } = record;
  return canonicalJson(statement);
}

/** Serialises a record for its file. */
export function encodeRecord(record: CutRecord): Uint8Array {
  return Buffer.from(`${canonicalJson(record)}\n`);
}

/** The record of the last cut in a tree and its hash; null if there was no cut. */
export async function readRecord(tree: Tree): Promise<{ readonly record: CutRecord; readonly hash: string } | null> {
  const batch = lastCut(tree.files.keys());
  if (batch === null) return null;
  const path = `${cutFolder(batch)}/record.json`;
  const bytes = await tree.read(path);
  const record = parseRecord(Buffer.from(bytes).toString('utf8'));
  if (record === null || record.cut.batch !== batch) throw damaged(path, 'it is no record of a cut');
  return { record, hash: sha256(bytes) };
}

function parseRecord(text: string): CutRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isCutRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isCutRecord(value: unknown): value is CutRecord {
  if (!isRecord(value) || value['v'] !== 1) return false;
  const { cut, kept, carried, recent, horizon, state, announced, events } = value;
  return (
    isRecord(cut) &&
    Number.isSafeInteger(cut['batch']) &&
    typeof cut['hash'] === 'string' &&
    isRecord(kept) &&
    typeof kept['sha256'] === 'string' &&
    Array.isArray(carried) &&
    carried.every((span) => isRecord(span) && typeof span['path'] === 'string' && Number.isSafeInteger(span['to'])) &&
    Array.isArray(recent) &&
    [horizon, state].every((text) => typeof text === 'string') &&
    [announced, events].every(Number.isSafeInteger)
  );
}

/**
 * Reads the base of the ledger in a tree.
 * @throws OutsideFailure when what a cut left cannot be read: nothing else can restore it.
 */
export async function readBase<State>(
  tree: Tree,
  reckoning: Reckoning<State>,
  empty: Checkpoint<State>,
): Promise<Base<State>> {
  const found = await readRecord(tree);
  if (found === null) return { record: null, hash: null, checkpoint: empty };
  const path = `${cutFolder(found.record.cut.batch)}/state.json`;
  const bytes = await tree.read(path);
  if (sha256(bytes) !== found.record.state) throw damaged(path, 'it is not what the record of the cut names');
  const checkpoint = checkpointIn(bytes, path, reckoning);
  return {
    ...found,
    checkpoint: { ...checkpoint, books: { ...checkpoint.books, cut: markOf(found.record, found.hash) } },
  };
}

/** A cut as recorded in the books. */
export function markOf({ cut, horizon }: CutRecord, hash: string): CutMark {
  return { ...cut, record: hash, horizon };
}

/** A state of another shape is all that is left of what was before the cut, so as much of it as possible is taken over. */
function checkpointIn<State>(bytes: Uint8Array, path: string, { format, adopt }: Reckoning<State>): Checkpoint<State> {
  const own = decodeCheckpoint<State>(bytes, format);
  if (own.kind === 'sound') return own.checkpoint;
  const other = decodeCheckpoint<unknown>(bytes, null);
  if (other.kind !== 'sound') throw damaged(path, 'it cannot be read');
  return { ...other.checkpoint, state: adopt(other.checkpoint.state) };
}

/** The kept events of a cut, in their original order. */
export async function keptEvents(tree: Tree, { cut, kept }: CutRecord): Promise<readonly LedgerEvent[]> {
  const path = `${cutFolder(cut.batch)}/kept.ndjson`;
  const bytes = await tree.read(path);
  if (sha256(bytes) !== kept.sha256) throw damaged(path, 'it is not what the record of the cut names');
  const events: LedgerEvent[] = [];
  for (const line of linesIn(bytes, 0, bytes.length)) {
    const read = decodeEventLine(line.text);
    if (read.kind === 'event') events.push(read.event);
  }
  return events;
}

/** True when the record shows that the batch with this number and hash was before the cut. */
export function recalls({ cut, recent }: CutRecord, head: Head): boolean {
  return head.batch <= cut.batch && recent[recent.length - 1 - (cut.batch - head.batch)] === head.hash;
}

function damaged(path: string, what: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'unreadable',
    message: `The file ${path} of the ledger holds what its events before the last cut came to, and ${what}`,
    remedy: 'Restore the file from a copy or from the history of the branch: nothing else holds what it held',
    retry: false,
  });
}
