/*
 * The layout of a page's file: usually one part (page-part.ts), its lines. With many lines, there are two parts after a head
 * in the first line.
 *
 *   {"parts":[["totals", bytes of its table, bytes, sha256 of its table], ["lines", …]]}
 *
 * Totals are lines too, each summing up many others (page-totals.ts), so that a query for them reads nothing else. The hash
 * of a page is that of its first line, which contains all others.
 */
import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import { isRecord } from './event-line.ts';
import {
  type ByHash,
  encodePart,
  firstLine,
  isWholePart,
  jsonIn,
  linesOfPart,
  NEWLINE,
  type PageEntry,
  type PageLine,
  provenBytes,
  type ReadPart,
  readLinesOf,
  type Wants,
} from './page-part.ts';

type Kind = 'totals' | 'lines';

/** Where a part is in a page. */
interface Place {
  readonly kind: Kind;
  readonly from: number;
  readonly tableBytes: number;
  readonly bytes: number;
  readonly hash: string;
}

/** A query to a page. */
export interface Question {
  readonly wants: Wants;
  /** A total that can replace the wanted lines; null when they are wanted individually. */
  readonly total: PageEntry | null;
}

/** How much is read at first: most pages are smaller. */
const FIRST_READ = 16 * 1024;

/** A line's key in the order of a page. */
export function lineKey({ metric, labels }: PageEntry): string {
  return canonicalJson([metric, labels]);
}

/** A page of sorted lines, and of the totals of some of them. */
export function encodePage(lines: readonly PageLine[], totals: readonly PageLine[] = []): Uint8Array {
  const body = encodePart(lines);
  if (totals.length === 0) return body;
  const parts = [['totals', encodePart(totals)] as const, ['lines', body] as const];
  const head = parts.map(([kind, bytes]) => {
    const table = firstLine(bytes);
    return [kind, table.length, bytes.length, sha256(table)];
  });
  return Buffer.concat([Buffer.from(`${canonicalJson({ parts: head })}\n`), ...parts.map(([, bytes]) => bytes)]);
}

/** The hash by which a checkpoint names a page. */
export function pageHash(page: Uint8Array): string {
  const end = page.indexOf(NEWLINE);
  return sha256(page.subarray(0, Math.max(0, end)));
}

/** True when a page matches its hash: the first line, each part, and not a byte more. */
export function isPageOf(page: Uint8Array, hash: string): boolean {
  if (pageHash(page) !== hash) return false;
  const places = placesIn(firstLine(page));
  if (places === null) return isWholePart(page);
  const last = places.at(-1);
  return (
    last !== undefined &&
    last.from + last.bytes === page.length &&
    places.every((place) => {
      const part = page.subarray(place.from, place.from + place.bytes);
      return sha256(firstLine(part)) === place.hash && isWholePart(part);
    })
  );
}

/** All lines of a page that is known to be intact, or all of its totals. */
export function linesOf(page: Uint8Array, kind: Kind = 'lines'): readonly PageLine[] {
  const places = placesIn(firstLine(page));
  if (places === null) return kind === 'lines' ? linesOfPart(page) : [];
  const place = places.find((each) => each.kind === kind);
  return place === undefined ? [] : linesOfPart(page.subarray(place.from, place.from + place.bytes));
}

/** The answer of the page with this hash; null when the bytes read are not that page. */
export async function readLines(
  read: ReadPart,
  hash: string,
  { wants, total }: Question,
  lately: ByHash,
): Promise<readonly PageLine[] | null> {
  const head = await provenBytes(hash, () => readHead(read), lately);
  if (head === null) return null;
  const places = placesIn(head);
  if (places === null) return await readLinesOf(head, read, wants, lately);
  if (total !== null) {
    const key = lineKey(total);
    const isIt: Wants = (metric, labels) => metric === total.metric && lineKey({ metric, labels }) === key;
    const found = await readPlace(places, 'totals', { read, wants: isIt, lately });
    if (found === null || found.length > 0) return found;
  }
  return await readPlace(places, 'lines', { read, wants, lately });
}

async function readPlace(
  places: readonly Place[],
  kind: Kind,
  { read, wants, lately }: { readonly read: ReadPart; readonly wants: Wants; readonly lately: ByHash },
): Promise<readonly PageLine[] | null> {
  const place = places.find((each) => each.kind === kind);
  if (place === undefined) return [];
  const within: ReadPart = (from, to) => read(place.from + from, place.from + to);
  const table = await provenBytes(place.hash, () => within(0, place.tableBytes), lately);
  return table === null ? null : await readLinesOf(table, within, wants, lately);
}

async function readHead(read: ReadPart): Promise<Uint8Array> {
  for (let size = FIRST_READ; ; size *= 4) {
    const bytes = await read(0, size);
    const end = bytes.indexOf(NEWLINE);
    if (end !== -1) return bytes.slice(0, end);
    if (bytes.length < size) return bytes;
  }
}

/** The parts that a head lists; null if the first line is not a head but the table of a single part. */
function placesIn(head: Uint8Array): readonly Place[] | null {
  // A table may be long, and starts differently.
  if (!HEAD.every((byte, index) => head[index] === byte)) return null;
  const value = jsonIn(head);
  const parts = isRecord(value) ? value['parts'] : null;
  if (!Array.isArray(parts)) return null;
  let from = head.length + 1;
  return (parts as readonly (readonly [Kind, number, number, string])[]).map(([kind, tableBytes, bytes, hash]) => {
    const place = { kind, from, tableBytes, bytes, hash };
    from += bytes;
    return place;
  });
}

const HEAD: Uint8Array = Buffer.from('{"parts":');
