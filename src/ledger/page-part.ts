/*
 * A part of a page: a table of contents in one line, followed by the lines that it lists.
 *
 *   {"blocks":[[lines, sha256], …],"lines":[[metric, labels, bytes], …]}
 *
 * Lines are in code-unit order of `[metric, labels]`, so those of a metric are adjacent. A block is a group of lines of 16 kB
 * or more together. The hash of a part is that of its table, which contains those of the blocks. So a query can verify what
 * it reads, and only reads the table and the blocks that it needs.
 */
import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import type { MeasureRow } from '../core/measure-row.ts';
import { isRecord } from './event-line.ts';

type Labels = MeasureRow['labels'];

interface Table {
  readonly blocks: readonly (readonly [lines: number, sha256: string])[];
  readonly lines: readonly (readonly [metric: string, labels: Labels, bytes: number])[];
}

/** A line of a page without its content. */
export interface PageEntry {
  readonly metric: string;
  readonly labels: Labels;
}

export interface PageLine extends PageEntry {
  readonly content: string;
}

/** Some bytes of a page; fewer at its end. */
export type ReadPart = (from: number, to: number) => Promise<Uint8Array>;

/** Caches bytes by their hashes. */
export interface ByHash {
  get(hash: string): Uint8Array | undefined;
  keep(hash: string, bytes: Uint8Array): void;
}

/** Which lines are wanted. */
export type Wants = (metric: string, labels: Labels) => boolean;

const BLOCK_BYTES = 16 * 1024;
export const NEWLINE = 10;

/** Sorted lines with their table. */
export function encodePart(lines: readonly PageLine[]): Uint8Array {
  const blocks: (readonly [number, string])[] = [];
  const bodies = lines.map(({ content }) => Buffer.from(`${content}\n`));
  let open: Buffer[] = [];
  let bytes = 0;
  for (const [index, body] of bodies.entries()) {
    open.push(body);
    bytes += body.length;
    if (bytes < BLOCK_BYTES && index < bodies.length - 1) continue;
    blocks.push([open.length, sha256(Buffer.concat(open))]);
    open = [];
    bytes = 0;
  }
  const table: Table = {
    blocks,
    lines: lines.map(({ metric, labels }, index) => [metric, labels, bodies[index]?.length ?? 0]),
  };
  return Buffer.concat([Buffer.from(`${canonicalJson(table)}\n`), ...bodies]);
}

/** The first line of some bytes, without its line end; all of them if there is none. */
export function firstLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(NEWLINE);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** True when a part matches its table: each block, and not a byte more. */
export function isWholePart(part: Uint8Array): boolean {
  const head = firstLine(part);
  const table = tableIn(head);
  if (table === null) return false;
  const blocks = blocksOf(table, head.length + 1);
  return (
    (blocks.at(-1)?.to ?? head.length + 1) === part.length &&
    blocks.every((block) => sha256(part.subarray(block.from, block.to)) === block.hash)
  );
}

/** All lines of a part that is known to be intact. */
export function linesOfPart(part: Uint8Array): readonly PageLine[] {
  const head = firstLine(part);
  const table = tableIn(head);
  if (table === null) return [];
  return blocksOf(table, head.length + 1).flatMap((block) =>
    linesIn(table, block, part.subarray(block.from), () => true),
  );
}

/** The wanted lines of the part with the given table; null when the bytes read are not that part. */
export async function readLinesOf(
  head: Uint8Array,
  read: ReadPart,
  wants: Wants,
  lately: ByHash,
): Promise<readonly PageLine[] | null> {
  const table = tableIn(head);
  if (table === null) return null;
  const blocks = blocksOf(table, head.length + 1).filter((block) => holdsWanted(table, block, wants));
  const found = await Promise.all(
    blocks.map(async (block): Promise<readonly PageLine[] | null> => {
      const bytes = await provenBytes(block.hash, () => read(block.from, block.to), lately);
      return bytes === null ? null : linesIn(table, block, bytes, wants);
    }),
  );
  return found.includes(null) ? null : found.flatMap((lines) => lines ?? []);
}

/** The bytes with this hash; null when those read have a different one. */
export async function provenBytes(
  hash: string,
  read: () => Promise<Uint8Array>,
  lately: ByHash,
): Promise<Uint8Array | null> {
  const known = lately.get(hash);
  const bytes = known ?? (await read());
  if (known === undefined && sha256(bytes) !== hash) return null;
  lately.keep(hash, bytes);
  return bytes;
}

interface Block {
  readonly hash: string;
  readonly from: number;
  readonly to: number;
  /** The index of its first line, and of the first one after it. */
  readonly first: number;
  readonly end: number;
}

function blocksOf({ blocks, lines }: Table, start: number): readonly Block[] {
  let [first, from] = [0, start];
  return blocks.map(([count, hash]) => {
    const end = first + count;
    let to = from;
    for (let line = first; line < end; line++) to += lines[line]?.[2] ?? 0;
    const block = { hash, from, to, first, end };
    [first, from] = [end, to];
    return block;
  });
}

function holdsWanted({ lines }: Table, { first, end }: Block, wants: Wants): boolean {
  for (let line = first; line < end; line++) {
    const entry = lines[line];
    if (entry !== undefined && wants(entry[0], entry[1])) return true;
  }
  return false;
}

/** The wanted lines of a block; `bytes` start with it. */
function linesIn({ lines }: Table, { first, end }: Block, bytes: Uint8Array, wants: Wants): readonly PageLine[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: PageLine[] = [];
  let from = 0;
  for (const [metric, labels, length] of lines.slice(first, end)) {
    const to = from + length;
    if (wants(metric, labels)) found.push({ metric, labels, content: buffer.toString('utf8', from, to - 1) });
    from = to;
  }
  return found;
}

/** Cached by the bytes of a table, so that they are parsed once. */
const KNOWN_TABLES = new WeakMap<Uint8Array, Table>();

/** The table in the first line; null when there is none. Its hash must have been verified. */
function tableIn(head: Uint8Array): Table | null {
  const known = KNOWN_TABLES.get(head);
  if (known !== undefined) return known;
  const value = jsonIn(head);
  if (!isRecord(value) || !Array.isArray(value['blocks']) || !Array.isArray(value['lines'])) return null;
  const table = value as unknown as Table;
  KNOWN_TABLES.set(head, table);
  return table;
}

/** The JSON value of a line; null when it is invalid. */
export function jsonIn(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
