/*
 * How a page lies in its file: a table of contents in the first line, then the lines that it lists, one after another.
 *
 *   {"blocks":[[lines, sha256], …],"lines":[[metric, labels, bytes], …]}
 *
 * Lines follow each other in code-unit order of `[metric, labels]`, so that those of a metric lie together. Each block is some lines of 16 kB
 * or more together. The hash of a page is that of its table, which holds those of the blocks: so a query proves what it reads, and reads
 * the table and the blocks that it needs alone.
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

const BLOCK_BYTES = 16 * 1024;
/** As much as is read at first: most tables are smaller. */
const FIRST_READ = 64 * 1024;
const NEWLINE = 10;

/** What stands for a line in the order of a page. */
export function lineKey({ metric, labels }: PageEntry): string {
  return canonicalJson([metric, labels]);
}

/** A page of lines that are in order. */
export function encodePage(lines: readonly PageLine[]): Uint8Array {
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

/** The hash by which a checkpoint names a page. */
export function pageHash(page: Uint8Array): string {
  return sha256(page.subarray(0, Math.max(0, page.indexOf(NEWLINE))));
}

/** True when a page is all that its hash says: the table, each block, and not a byte more. */
export function isPageOf(page: Uint8Array, hash: string): boolean {
  if (pageHash(page) !== hash) return false;
  const table = tableIn(page.subarray(0, page.indexOf(NEWLINE)));
  if (table === null) return false;
  const blocks = blocksOf(table, page.indexOf(NEWLINE) + 1);
  return (
    (blocks.at(-1)?.to ?? page.indexOf(NEWLINE) + 1) === page.length &&
    blocks.every((block) => sha256(page.subarray(block.from, block.to)) === block.hash)
  );
}

/** All lines of a page that is known to be sound. */
export function linesOf(page: Uint8Array): readonly PageLine[] {
  const head = page.indexOf(NEWLINE);
  const table = tableIn(page.subarray(0, Math.max(0, head)));
  if (table === null) return [];
  return blocksOf(table, head + 1).flatMap((block) => linesIn(block, page.subarray(block.from), () => true));
}

/** Keeps bytes by their hashes. */
export interface ByHash {
  get(hash: string): Uint8Array | undefined;
  keep(hash: string, bytes: Uint8Array): void;
}

/** The wanted lines of the page with this hash; null when what is read is not that page. */
export async function readLines(
  read: ReadPart,
  hash: string,
  wants: (entry: PageEntry) => boolean,
  lately: ByHash,
): Promise<readonly PageLine[] | null> {
  const known = lately.get(hash);
  const head = known ?? (await readHead(read));
  if (known === undefined && sha256(head) !== hash) return null;
  lately.keep(hash, head);
  const table = tableIn(head);
  if (table === null) return null;
  const blocks = blocksOf(table, head.length + 1).filter(({ entries }) => entries.some(wants));
  const found = await Promise.all(
    blocks.map(async (block): Promise<readonly PageLine[] | null> => {
      const known = lately.get(block.hash);
      const bytes = known ?? (await read(block.from, block.to));
      if (known === undefined && sha256(bytes) !== block.hash) return null;
      lately.keep(block.hash, bytes);
      return linesIn(block, bytes, wants);
    }),
  );
  return found.includes(null) ? null : found.flatMap((lines) => lines ?? []);
}

async function readHead(read: ReadPart): Promise<Uint8Array> {
  for (let size = FIRST_READ; ; size *= 4) {
    const bytes = await read(0, size);
    const end = bytes.indexOf(NEWLINE);
    if (end !== -1) return bytes.slice(0, end);
    if (bytes.length < size) return bytes;
  }
}

interface Block {
  readonly hash: string;
  readonly from: number;
  readonly to: number;
  readonly entries: readonly (PageEntry & { readonly bytes: number })[];
}

function blocksOf({ blocks, lines }: Table, start: number): readonly Block[] {
  let [line, from] = [0, start];
  return blocks.map(([count, hash]) => {
    const entries = lines.slice(line, line + count).map(([metric, labels, bytes]) => ({ metric, labels, bytes }));
    const to = entries.reduce((sum, { bytes }) => sum + bytes, from);
    const block = { hash, from, to, entries };
    [line, from] = [line + count, to];
    return block;
  });
}

/** The wanted lines of a block; `bytes` begin with it. */
function linesIn({ entries }: Block, bytes: Uint8Array, wants: (entry: PageEntry) => boolean): readonly PageLine[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: PageLine[] = [];
  let from = 0;
  for (const { metric, labels, bytes: length } of entries) {
    const to = from + length;
    if (wants({ metric, labels })) lines.push({ metric, labels, content: buffer.toString('utf8', from, to - 1) });
    from = to;
  }
  return lines;
}

/** The table in the first line; null when there is none. Whoever proved its hash knows what it holds. */
function tableIn(head: Uint8Array): Table | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(head).toString('utf8'));
    return isRecord(value) && Array.isArray(value['blocks']) && Array.isArray(value['lines'])
      ? (value as unknown as Table)
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
