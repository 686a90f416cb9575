import { sql, type Transaction } from 'kysely';
import type { RollupRow } from '../../core/rollup-row.ts';
import { monthOf } from '../../core/time.ts';
import { decodeCheckpoint } from '../checkpoint.ts';
import { dayOfPartition, STATE_PATH } from '../layout.ts';
import { changedRollups, isPage } from '../pages.ts';
import type { TreeChange } from '../tree-store.ts';
import { change, dateOf, type Listed, readFile } from './files.ts';
import { putShared, SHARED_FORM } from './owners.ts';
import { monthsOfRollups, putRollups } from './rollups.ts';
import type { Tables } from './schema.ts';
import type { Ground, Site, Written } from './site.ts';

type Db = Transaction<Tables>;

/** Thrown inside a transaction to roll it back. */
export const OVERTAKEN: Error = new Error('somebody else was quicker');

/** Makes all changes or throws OVERTAKEN, which also happens when the check under the version's lock fails. */
export async function writeAll<State>(
  db: Db,
  site: Site<State>,
  ground: Ground,
  changes: readonly TreeChange[],
  may: (db: Db) => Promise<boolean> = async () => true,
): Promise<Written> {
  const { version, losses, shared } = await claim(db, site.repo, ground.version);
  if (!(await may(db))) throw OVERTAKEN;
  const files = new Map(ground.files);
  // Read before they are overwritten.
  const before = await stateBefore(db, site, ground);
  const pages = await pagesBefore(db, site, ground, changes);
  const days = changes.flatMap(({ path }) => dayOfPartition(path) ?? []);
  const months = await makeMonths(db, site, new Set(days.map((day) => `events ${monthOf(day)}`)));
  for (const each of changes) {
    const listed = await change(db, site.repo, each);
    if (listed === 'conflict') throw OVERTAKEN;
    if (listed === 'gone') files.delete(each.path);
    else files.set(each.path, listed);
  }
  const projected = await project(db, site, { version, before, pages, losses, shared, changes, files });
  return {
    ground: { version, files },
    months: [...months, ...projected.months],
    checkpoint: projected.checkpoint,
  };
}

interface Claimed {
  readonly version: string;
  readonly losses: number;
  /** The form of the books that it has shared so far. */
  readonly shared: number;
}

/** The compare-and-swap: replaces the version, provided it is still the one that was opened. */
async function claim(db: Db, repo: string, before: string | null): Promise<Claimed> {
  const { rows } = await (before === null
    ? sql<Claimed>`
        insert into checkrein.ledgers (repo, version) values (${repo}, gen_random_uuid())
        on conflict do nothing returning version, losses, shared`
    : sql<Claimed>`
        update checkrein.ledgers set version = gen_random_uuid(), written = now()
        where repo = ${repo} and version = ${before}::uuid
        returning version, losses, shared`
  ).execute(db);
  const [row] = rows;
  if (row === undefined) throw OVERTAKEN;
  return row;
}

/** Creates partitions of months (`events 2026-11`) that are not known to exist; returns the ones checked. */
async function makeMonths<State>(
  db: Db,
  { months }: Site<State>,
  wanted: ReadonlySet<string>,
): Promise<readonly string[]> {
  const missing = [...wanted].filter((month) => !months.has(month)).sort();
  for (const each of missing) {
    const [parent = '', month = ''] = each.split(' ');
    await sql`select checkrein.make_month(${parent}, ${dateOf(`${month}-01`)}::date)`.execute(db);
  }
  return missing;
}

/** How many partitions have been lost and recreated so far. */
async function lossesIn(db: Db): Promise<number> {
  return (await db.selectFrom('checkrein.upkeep').select('losses').executeTakeFirstOrThrow()).losses;
}

interface Step<State> {
  readonly version: string;
  readonly before: State | null;
  /** The changed rollup pages as they were. */
  readonly pages: ReadonlyMap<string, Uint8Array>;
  /** The number of losses up to which this ledger's rollups are complete. */
  readonly losses: number;
  readonly shared: number;
  readonly changes: readonly TreeChange[];
  /** The files after the changes. */
  readonly files: ReadonlyMap<string, Listed>;
}

/** Updates the rollups to the checkpoint being written; all of them if a partition was lost since the last time. */
async function project<State>(
  db: Db,
  site: Site<State>,
  { version, before, pages, losses, shared, changes, files }: Step<State>,
): Promise<Pick<Written, 'months' | 'checkpoint'>> {
  const { repo, format, projection } = site;
  const after = changes.find(({ path }) => path === STATE_PATH);
  const read = after === undefined || after.bytes === null ? null : decodeCheckpoint<State>(after.bytes, format);
  if (read?.kind !== 'sound') return { months: [], checkpoint: null };
  const { state } = read.checkpoint;
  const changed = [
    ...projection(before, state),
    ...changes.flatMap(({ path, bytes }) =>
      bytes === null ? [] : changedRollups(path, pages.get(path) ?? null, bytes),
    ),
  ];
  const months = await makeMonths(db, site, monthsOfRollups(changed));
  const found = await lossesIn(db);
  const rows =
    found === losses && before !== null
      ? changed
      : [...projection(null, state), ...(await rowsOfPages(db, repo, files))];
  const more = await makeMonths(db, site, monthsOfRollups(rows));
  await putRollups(db, repo, rows);
  if (found !== losses) {
    await db.updateTable('checkrein.ledgers').set({ losses: found }).where('repo', '=', repo).execute();
  }
  await share(db, site, { before, after: state, shared });
  return { months: [...months, ...more], checkpoint: { version, state } };
}

/**
 * Updates what is shared with the owner's other repositories to a state; all of it if nothing in this form was shared yet.
 */
async function share<State>(
  db: Db,
  { repo, shares }: Site<State>,
  { before, after, shared }: { readonly before: State | null; readonly after: State; readonly shared: number },
): Promise<void> {
  if (shares === undefined) return;
  const afresh = shared !== SHARED_FORM || before === null;
  await putShared(db, repo, shares(afresh ? null : before, after), afresh);
  if (shared !== SHARED_FORM) {
    await db.updateTable('checkrein.ledgers').set({ shared: SHARED_FORM }).where('repo', '=', repo).execute();
  }
}

/** The rows of all rollup pages of a ledger. */
async function rowsOfPages(db: Db, repo: string, files: ReadonlyMap<string, Listed>): Promise<readonly RollupRow[]> {
  const rows: RollupRow[] = [];
  for (const [path, { last }] of files) {
    if (!isPage(path)) continue;
    const page = await readFile(db, repo, path, last);
    // Pushed one by one: a large ledger has more rows than a call can have arguments.
    for (const row of page === null ? [] : changedRollups(path, null, page)) rows.push(row);
  }
  return rows;
}

/** The rollup pages that are about to change, as they are. */
async function pagesBefore<State>(
  db: Db,
  { repo }: Site<State>,
  { files }: Ground,
  changes: readonly TreeChange[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const pages = new Map<string, Uint8Array>();
  for (const { path, bytes } of changes) {
    const listed = files.get(path);
    if (bytes === null || listed === undefined || !isPage(path)) continue;
    const page = await readFile(db, repo, path, listed.last);
    if (page !== null) pages.set(path, page);
  }
  return pages;
}

/** The state whose rollups are in the tables; null when that is unknown. */
async function stateBefore<State>(db: Db, site: Site<State>, { version, files }: Ground): Promise<State | null> {
  if (version === null) return null;
  // What this object wrote itself need not be read again.
  if (site.projected?.version === version) return site.projected.state as State;
  const listed = files.get(STATE_PATH);
  const bytes = listed === undefined ? null : await readFile(db, site.repo, STATE_PATH, listed.last);
  const stored = bytes === null ? null : decodeCheckpoint<State>(bytes, site.format);
  return stored?.kind === 'sound' ? stored.checkpoint.state : null;
}
