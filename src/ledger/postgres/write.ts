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

/** Thrown inside a transaction to leave it without a trace. */
export const OVERTAKEN: Error = new Error('somebody else was quicker');

/** Carries all changes out, or throws OVERTAKEN; also where what is asked under the lock of the version says no. */
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
  // Read before they are written over.
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

/** The compare-and-swap: sets the version anew where it is still the one that was opened. */
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

/** Makes partitions of months (`events 2026-11`) that are not known to be there; answers which it looked after. */
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

/** How many partitions have been lost and made again so far. */
async function lossesIn(db: Db): Promise<number> {
  return (await db.selectFrom('checkrein.upkeep').select('losses').executeTakeFirstOrThrow()).losses;
}

interface Step<State> {
  readonly version: string;
  readonly before: State | null;
  /** The changed pages of rollups as they were. */
  readonly pages: ReadonlyMap<string, Uint8Array>;
  /** Up to how many losses the rollups of this ledger are whole. */
  readonly losses: number;
  readonly shared: number;
  readonly changes: readonly TreeChange[];
  /** The files as they are after the changes. */
  readonly files: ReadonlyMap<string, Listed>;
}

/** Brings the rollups up to the checkpoint that is being written; all of them where a partition was lost since the last time. */
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

/** Brings what the other repositories of the owner are told up to a state; all of it where nothing of this form was told yet. */
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

/** The rows of all pages of rollups that a ledger has. */
async function rowsOfPages(db: Db, repo: string, files: ReadonlyMap<string, Listed>): Promise<readonly RollupRow[]> {
  const rows: RollupRow[] = [];
  for (const [path, { last }] of files) {
    if (!isPage(path)) continue;
    const page = await readFile(db, repo, path, last);
    // Pushed one by one: a large ledger has more rows than a call takes arguments.
    for (const row of page === null ? [] : changedRollups(path, null, page)) rows.push(row);
  }
  return rows;
}

/** The pages of rollups that are about to change, as they are. */
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

/** The state whose rollups stand in the tables; null when that cannot be known. */
async function stateBefore<State>(db: Db, site: Site<State>, { version, files }: Ground): Promise<State | null> {
  if (version === null) return null;
  // What this object wrote itself it need not read again.
  if (site.projected?.version === version) return site.projected.state as State;
  const listed = files.get(STATE_PATH);
  const bytes = listed === undefined ? null : await readFile(db, site.repo, STATE_PATH, listed.last);
  const stored = bytes === null ? null : decodeCheckpoint<State>(bytes, site.format);
  return stored?.kind === 'sound' ? stored.checkpoint.state : null;
}
