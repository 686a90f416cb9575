import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type SqlBool, sql, type Transaction } from 'kysely';
import { chainFileNumber, chainPath, dayOfPartition, pathOfDay } from '../layout.ts';
import type { TreeChange } from '../tree-store.ts';
import type { Tables } from './schema.ts';

/** How a file of the ledger is stored: its lines as rows, or all of it in one. */
type Shelf =
  | { readonly kind: 'events'; readonly day: string }
  | { readonly kind: 'batches'; readonly file: number }
  | { readonly kind: 'documents' };

/** A file as it was listed: its size, and the number of its last row if it has rows. */
export interface Listed {
  readonly bytes: number;
  readonly last: number;
}

/** Everything a ledger had at one moment. */
export interface Listing {
  /** Null while there is no such ledger. */
  readonly version: string | null;
  readonly files: ReadonlyMap<string, Listed>;
}

type Db = Transaction<Tables>;

const NEWLINE = 10;
/** Roughly how many bytes of lines go into one statement. */
const BYTES_AT_ONCE = 4_000_000;

function shelfOf(path: string): Shelf {
  const day = dayOfPartition(path);
  if (day !== null) return { kind: 'events', day };
  const file = chainFileNumber(path);
  return file === null ? { kind: 'documents' } : { kind: 'batches', file };
}

/** A UTC day as PostgreSQL writes it, which has no year 0. */
export function dateOf(day: string): string {
  return day.startsWith('0000') ? `0001${day.slice(4)} BC` : day;
}

function dayOfDate(date: string): string {
  return date.endsWith(' BC') ? `0000${date.slice(4, 10)}` : date;
}

/** Lists the files of a ledger with its version, in one statement and therefore at one moment. */
export async function list(db: Db, repo: string): Promise<Listing> {
  const { rows } = await sql<{ shelf: string; name: string; bytes: string | number; last: number }>`
    select 'version' as shelf, version::text as name, 0 as bytes, 0 as last from checkrein.ledgers where repo = ${repo}
    union all
    select 'documents', path, bytes, 0 from checkrein.documents where repo = ${repo}
    union all
    select 'batches', file::text, sum(size), max(seq) from checkrein.batches where repo = ${repo} group by file
    union all
    select 'events', day::text, sum(size), max(seq) from checkrein.events where repo = ${repo} group by day`.execute(
    db,
  );
  let version: string | null = null;
  const files = new Map<string, Listed>();
  for (const { shelf, name, bytes, last } of rows) {
    if (shelf === 'version') version = name;
    else files.set(pathOf(shelf, name), { bytes: Number(bytes), last });
  }
  return { version, files };
}

function pathOf(shelf: string, name: string): string {
  if (shelf === 'batches') return chainPath(Number(name));
  return shelf === 'events' ? pathOfDay(dayOfDate(name)) : name;
}

/** The content of a file up to its last row at listing time; null when it is gone. */
export async function readFile(db: Db, repo: string, path: string, upTo: number): Promise<Uint8Array | null> {
  const shelf = shelfOf(path);
  switch (shelf.kind) {
    case 'documents': {
      const found = await db
        .selectFrom('checkrein.documents')
        .select('content')
        .where('repo', '=', repo)
        .where('path', '=', path)
        .executeTakeFirst();
      return found === undefined ? null : unpack(found.content);
    }
    case 'batches':
    case 'events': {
      const { rows } = await sql<{ content: Uint8Array | null }>`
        select string_agg(line, ''::bytea order by seq) as content
        from ${rowsOf(repo, shelf)} and seq <= ${upTo}`.execute(db);
      return rows[0]?.content ?? null;
    }
    default:
      return shelf satisfies never;
  }
}

function rowsOf(repo: string, shelf: Exclude<Shelf, { kind: 'documents' }>): ReturnType<typeof sql<SqlBool>> {
  return shelf.kind === 'events'
    ? sql`checkrein.events where repo = ${repo} and day = ${dateOf(shelf.day)}::date`
    : sql`checkrein.batches where repo = ${repo} and file = ${shelf.file}`;
}

/**
 * Makes one change and returns how the file is listed afterwards; `conflict` when it has changed, so that nothing may be
 * added to it.
 */
export async function change(
  db: Db,
  repo: string,
  { path, keep, bytes }: TreeChange,
): Promise<Listed | 'gone' | 'conflict'> {
  const shelf = shelfOf(path);
  if (bytes === null) {
    await remove(db, repo, path, shelf);
    return 'gone';
  }
  if (shelf.kind === 'documents') {
    await putDocument(db, repo, path, bytes);
    return { bytes: bytes.length, last: 0 };
  }
  const { rows } = await sql<{ bytes: string | null; last: number | null }>`
    select sum(size) as bytes, max(seq) as last from ${rowsOf(repo, shelf)}`.execute(db);
  if (Number(rows[0]?.bytes ?? 0) !== keep) return 'conflict';
  const last = rows[0]?.last ?? 0;
  const lines = splitLines(bytes);
  await addLines(db, repo, shelf, last + 1, lines);
  return { bytes: keep + bytes.length, last: last + lines.length };
}

async function remove(db: Db, repo: string, path: string, shelf: Shelf): Promise<void> {
  if (shelf.kind === 'documents') {
    await db.deleteFrom('checkrein.documents').where('repo', '=', repo).where('path', '=', path).execute();
  } else {
    await sql`delete from ${rowsOf(repo, shelf)}`.execute(db);
  }
}

/** Replaces a document. */
export async function putDocument(db: Db, repo: string, path: string, bytes: Uint8Array): Promise<void> {
  const row = { bytes: bytes.length, content: pack(bytes) };
  await db
    .insertInto('checkrein.documents')
    .values({ repo, path, ...row })
    .onConflict((conflict) => conflict.columns(['repo', 'path']).doUpdateSet(row))
    .execute();
}

async function addLines(
  db: Db,
  repo: string,
  shelf: Exclude<Shelf, { kind: 'documents' }>,
  first: number,
  lines: readonly Uint8Array[],
): Promise<void> {
  let from = 0;
  while (from < lines.length) {
    const some: Uint8Array[] = [];
    for (let bytes = 0; from + some.length < lines.length && bytes < BYTES_AT_ONCE; ) {
      const line = lines[from + some.length] ?? new Uint8Array();
      some.push(line);
      bytes += line.length;
    }
    await (shelf.kind === 'events'
      ? sql`insert into checkrein.events (repo, day, seq, line)
          select ${repo}, ${dateOf(shelf.day)}::date, ${first + from - 1} + n::integer, line
          from unnest(${some}::bytea[]) with ordinality as lines (line, n)`
      : sql`insert into checkrein.batches (repo, file, seq, line)
          select ${repo}, ${shelf.file}, ${first + from - 1} + n::integer, line
          from unnest(${some}::bytea[]) with ordinality as lines (line, n)`
    ).execute(db);
    from += some.length;
  }
}

/** Splits bytes after each newline; joined, they are the same again. */
export function splitLines(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

/** The checkpoint is rewritten with every append, and compressing makes it eight to ten times smaller. */
function pack(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: 1 });
}

/** What cannot be unpacked is returned as it is, so that its reader finds the damage. */
function unpack(content: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(content);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return content;
    throw error;
  }
}
