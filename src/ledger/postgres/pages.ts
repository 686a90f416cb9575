import type { Transaction } from 'kysely';
import type { RollupRow } from '../../core/rollup-row.ts';
import { changedRollups, isPage } from '../pages.ts';
import { type Listed, readFile, type Writing } from './files.ts';
import type { Tables } from './schema.ts';

type Db = Transaction<Tables>;

/** The pages of rollups that some changes write over, as they were; null where there was none. */
export type Pages = ReadonlyMap<string, Uint8Array | null>;

/** Reads the pages that are about to be written over. */
export async function pagesBefore(
  db: Db,
  repo: string,
  files: ReadonlyMap<string, Listed>,
  changes: readonly Writing[],
): Promise<Pages> {
  const pages = new Map<string, Uint8Array | null>();
  for (const { path } of changes) {
    if (isPage(path)) pages.set(path, files.has(path) ? await readFile(db, repo, path, 0) : null);
  }
  return pages;
}

/** The rollups that some changes bring to their pages. */
export function rowsOfChanges(before: Pages, changes: readonly Writing[]): readonly RollupRow[] {
  return changes.flatMap(({ path, bytes }) => changedRollups(path, before.get(path) ?? null, bytes));
}

/** The rollups of all pages of a ledger. */
export async function rowsOfPages(db: Db, repo: string, paths: Iterable<string>): Promise<readonly RollupRow[]> {
  const rows: RollupRow[] = [];
  for (const path of paths) {
    const page = isPage(path) ? await readFile(db, repo, path, 0) : null;
    if (page !== null) for (const row of changedRollups(path, null, page)) rows.push(row);
  }
  return rows;
}
