import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import type { Instant } from '../core/time.ts';
import { isInstant, isRecord } from './event-line.ts';
import { BATCHES_PER_FILE, chainFileNumber, chainFileOf, dayOfPartition } from './layout.ts';
import { linesIn } from './lines.ts';
import type { Damage, Head } from './port.ts';

/** Bytes `[from, to)` of a file and their hash. */
export interface Span {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
}

/** The bytes that a batch added to one partition. */
export interface Part extends Span {
  /** How many events they contain. */
  readonly events: number;
}

/** One line of the chain: what one append added. Events are ordered by batches, then by parts, then by lines. */
export interface Batch {
  /** From 1. */
  readonly n: number;
  readonly at: Instant;
  /** Hash of the previous batch; zeros for the first. */
  readonly prev: string;
  readonly parts: readonly Part[];
  /** Bytes that somebody else left behind; readers skip them. */
  readonly foreign: readonly Span[];
  /** SHA-256 of this line without this field. */
  readonly hash: string;
}

/** The hash before the first batch. */
export const NO_HASH: string = '0'.repeat(64);

/** Adds the hash to a batch. */
export function sealBatch(batch: Omit<Batch, 'hash'>): Batch {
  return { ...batch, hash: sha256(canonicalJson(batch)) };
}

/** The line of a batch, without its line end. */
export function encodeBatch(batch: Batch): string {
  return canonicalJson(batch);
}

/** A line of a chain file that is not part of the chain. */
export interface ChainStray extends Span {
  readonly reason: string;
  /** The number of the batch that should be here. */
  readonly expected: number;
  /** True when no batch follows it: the next batch can declare it foreign. */
  readonly last: boolean;
}

/** The chain, or the end of it, as it was read. */
export interface Chain {
  readonly batches: readonly Batch[];
  readonly strays: readonly ChainStray[];
  readonly damages: readonly Damage[];
}

export interface ChainFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Draft {
  readonly batches: Batch[];
  readonly strays: Omit<ChainStray, 'last'>[];
  readonly damages: Damage[];
  /** How many strays are before the last batch. */
  settled: number;
}

/**
 * Reads chain files in order. A line that does not match its hash is reported but still used, since its parts have hashes of
 * their own. A line that is unreadable, or that names a batch that exists already, is a stray.
 */
export function readChain(files: readonly ChainFile[]): Chain {
  const draft: Draft = { batches: [], strays: [], damages: [], settled: 0 };
  for (const file of files) readChainFile(file, draft);
  reportUnexplained(draft);
  return { ...draft, strays: draft.strays.map((stray, index) => ({ ...stray, last: index >= draft.settled })) };
}

/** The last batch of a chain. */
export function headOf(chain: Chain): Head | null {
  const last = chain.batches.at(-1);
  return last === undefined ? null : { batch: last.n, hash: last.hash };
}

/** True when the chain contains the batch that `head` names, or starts right after it. */
export function holds(chain: Chain, head: Head): boolean {
  const first = chain.batches[0];
  if (first === undefined) return false;
  if (first.n === head.batch + 1) return first.prev === head.hash;
  return chain.batches.some((batch) => batch.n === head.batch && batch.hash === head.hash);
}

function readChainFile({ path, bytes }: ChainFile, draft: Draft): void {
  for (const line of linesIn(bytes, 0, bytes.length)) {
    const before = draft.batches.at(-1) ?? beforeFile(path);
    const { batch, fault } = readBatch(line.text, before.n + 1);
    if (batch === null) {
      const span = { path, from: line.byte, to: line.byte + line.bytes.length, sha256: sha256(line.bytes) };
      draft.strays.push({ ...span, reason: fault, expected: before.n + 1 });
      continue;
    }
    if (fault !== null) draft.damages.push({ batch: batch.n, path, reason: `byte ${line.byte}: ${fault}` });
    checkPlace(before, batch, path, draft);
    draft.batches.push(batch);
    draft.settled = draft.strays.length;
  }
}

/** The batch in a line, as far as it can be used in the place of batch `expected`. */
function readBatch(text: string | null, expected: number): DecodedBatch {
  const read = decodeBatch(text);
  // The number in a line that was changed cannot be trusted.
  if (read.batch !== null && read.fault !== null) return { ...read, batch: { ...read.batch, n: expected } };
  if (read.batch !== null && read.batch.n < expected) {
    return { batch: null, fault: `batch ${read.batch.n} stands here again` };
  }
  return read;
}

/** What must come before the first line of a file. The hash is only known for the first file. */
function beforeFile(path: string): { readonly n: number; readonly hash: string | null } {
  const file = chainFileNumber(path) ?? 1;
  return { n: (file - 1) * BATCHES_PER_FILE, hash: file === 1 ? NO_HASH : null };
}

function checkPlace(
  before: { readonly n: number; readonly hash: string | null },
  batch: Batch,
  path: string,
  draft: Draft,
): void {
  if (chainFileNumber(path) !== chainFileOf(batch.n)) {
    draft.damages.push({ batch: batch.n, path, reason: `batch ${batch.n} stands in the wrong file` });
  }
  if (batch.n > before.n + 1) {
    const reason = `batch ${before.n + 1} is missing: batch ${batch.n} follows batch ${before.n}`;
    draft.damages.push({ batch: before.n + 1, path, reason });
  } else if (before.hash !== null && batch.prev !== before.hash) {
    draft.damages.push({ batch: batch.n, path, reason: `batch ${batch.n} does not follow from batch ${before.n}` });
  }
}

/** Strays between batches that no batch declares foreign are damage. */
function reportUnexplained(draft: Draft): void {
  const named = draft.batches.flatMap((batch) => batch.foreign);
  for (const stray of draft.strays.slice(0, draft.settled)) {
    if (named.some((span) => span.path === stray.path && span.from <= stray.from && stray.to <= span.to)) continue;
    draft.damages.push({
      batch: stray.expected,
      path: stray.path,
      reason: `byte ${stray.from}: ${stray.reason}`,
    });
  }
}

type DecodedBatch =
  | { readonly batch: Batch; readonly fault: string | null }
  | { readonly batch: null; readonly fault: string };

function decodeBatch(text: string | null): DecodedBatch {
  if (text === null) return { batch: null, fault: 'the bytes are no UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { batch: null, fault: 'the line is no JSON' };
    throw error;
  }
  if (!isBatch(value)) return { batch: null, fault: 'the line is no batch' };
  const { hash, ...rest } = value;
  if (sha256(canonicalJson(rest)) !== hash) return { batch: value, fault: 'the line does not hold what its hash says' };
  return { batch: value, fault: canonicalJson(value) === text ? null : 'the line is not written as it was' };
}

function isBatch(value: unknown): value is Batch {
  if (!isRecord(value)) return false;
  const { n, at, prev, parts, foreign, hash } = value;
  return (
    isCount(n) &&
    n > 0 &&
    isInstant(at) &&
    isHash(prev) &&
    isHash(hash) &&
    Array.isArray(parts) &&
    parts.every((part) => isSpan(part) && dayOfPartition(part.path) !== null && isCount((part as Part).events)) &&
    Array.isArray(foreign) &&
    foreign.every((span) => isSpan(span) && isOurs(span.path))
  );
}

function isSpan(value: unknown): value is Span {
  if (!isRecord(value)) return false;
  const { path, from, to, sha256: hash } = value;
  return typeof path === 'string' && isCount(from) && isCount(to) && from <= to && isHash(hash);
}

function isOurs(path: string): boolean {
  return dayOfPartition(path) !== null || chainFileNumber(path) !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
