import { sql, type Transaction } from 'kysely';
import { OutsideFailure } from '../../core/failure.ts';
import { monthOf } from '../../core/time.ts';
import { decodeCheckpoint } from '../checkpoint.ts';
import { chainFileNumber, dayOfPartition, STATE_PATH } from '../layout.ts';
import type { CommitResult, Tree, TreeChange, TreeStore } from '../tree-store.ts';
import type { Database } from './database.ts';
import { change, dateOf, isWriting, type Listed, list, readFile, splitLines, takeAway, type Writing } from './files.ts';
import { furnish, furnishing } from './migrate.ts';
import { type Pages, pagesBefore, rowsOfChanges, rowsOfPages } from './pages.ts';
import type { Projection } from './projection.ts';
import { monthsOfRollups, putRollups } from './rollups.ts';
import type { Tables } from './schema.ts';

export interface PostgresStoreOptions<State> {
  /** Whose ledger it is: the first part of every key. */
  readonly repo: string;
  /** The number of the state's shape, as the ledger over this store has it. */
  readonly format: number;
  readonly projection: Projection<State>;
}

interface Site<State> extends PostgresStoreOptions<State> {
  readonly database: Database;
  readonly place: string;
  readonly grounds: WeakMap<Tree, Ground>;
  /** True once the tables are known to be there. */
  furnished: boolean;
  /** The months whose partitions are known to be there. */
  readonly months: Set<string>;
  /** What was written last. */
  projected: Projected | null;
}

/** A state whose rollups stand in the tables. */
interface Projected {
  readonly version: string;
  readonly state: unknown;
}

/** What a tree was opened on. */
interface Ground {
  readonly version: string | null;
  readonly files: ReadonlyMap<string, Listed>;
}

type Db = Transaction<Tables>;

const NO_LEDGER = 'none';
const NO_PARTITION = '23514';
/** Thrown inside a transaction to leave it without a trace. */
const OVERTAKEN = new Error('somebody else was quicker');

/**
 * The files of one repository's ledger in a database that many share, each line of events and chain a row. A commit is one
 * transaction, which begins by setting the version of the ledger anew where it is still the one that was opened: the
 * compare-and-swap, and the lock that lets others wait. The rollups of the checkpoint are written in the same transaction, so that
 * what SQL is asked is always what the ledger says.
 */
export function postgresStore<State>(database: Database, options: PostgresStoreOptions<State>): TreeStore {
  const site: Site<State> = {
    ...options,
    database,
    place: `${database.place} (${options.repo})`,
    grounds: new WeakMap(),
    furnished: false,
    months: new Set(),
    projected: null,
  };
  return {
    place: site.place,
    shifts: true,
    open: () => open(site),
    commit: (base, changes) => commit(site, base, changes),
  };
}

async function open<State>(site: Site<State>): Promise<Tree> {
  const { database, repo } = site;
  const found = await database.read(async (db) => {
    if (site.furnished) return await list(db, repo);
    const state = await furnishing(db, database.place);
    return state === 'empty' ? null : await list(db, repo);
  });
  return standOn(site, found ?? { version: null, files: new Map() });
}

function standOn<State>(site: Site<State>, ground: Ground): Tree {
  const sizes = new Map([...ground.files].map(([path, { bytes }]) => [path, bytes]));
  const tree: Tree = {
    version: ground.version ?? NO_LEDGER,
    files: sizes,
    read: (path) => read(site, ground, path),
  };
  site.grounds.set(tree, ground);
  return tree;
}

async function read<State>({ database, repo, place }: Site<State>, ground: Ground, path: string): Promise<Uint8Array> {
  const listed = ground.files.get(path);
  const content = listed === undefined ? null : await database.read((db) => readFile(db, repo, path, listed.last));
  if (content !== null) return content;
  throw new OutsideFailure({
    kind: 'not_found',
    message: `There is no file ${path} in ${place}`,
    remedy: 'Check the ledger with `checkrein ledger verify`',
    retry: false,
  });
}

async function commit<State>(site: Site<State>, base: Tree, changes: readonly TreeChange[]): Promise<CommitResult> {
  const ground = site.grounds.get(base);
  if (ground === undefined) throw new Error(`the tree ${base.version} was not opened in ${site.place}`);
  await prepare(site);
  for (let tries = 1; ; tries++) {
    try {
      const written = await write(site, ground, changes);
      if (written === null) return { kind: 'conflict' };
      site.projected = written.checkpoint;
      return { kind: 'committed', tree: standOn(site, written.ground) };
    } catch (error) {
      // A partition that was there a moment ago has been dropped: it is made again.
      if (tries > 1 || !(error instanceof Error && 'code' in error && error.code === NO_PARTITION)) throw error;
      site.months.clear();
    }
  }
}

async function prepare<State>(site: Site<State>): Promise<void> {
  if (site.furnished) return;
  const { database } = site;
  if ((await database.read((db) => furnishing(db, database.place))) !== 'ready') await furnish(database);
  await database.write(
    (db) => sql`select checkrein.keep_up()`.execute(db),
    async () => true,
  );
  site.furnished = true;
}

/** What a transaction has made of the ledger. */
interface Written {
  readonly ground: Ground;
  readonly months: readonly string[];
  readonly checkpoint: Projected | null;
}

/** Null when somebody else was quicker. */
async function write<State>(
  site: Site<State>,
  ground: Ground,
  changes: readonly TreeChange[],
): Promise<Written | null> {
  // The commit of which no answer came: it may land while it is being looked for.
  let unanswered: Written | null = null;
  try {
    const written = await site.database.write(
      (db) => writeAll(db, site, ground, changes),
      async (done) => {
        unanswered = done;
        return await stands(site, changes);
      },
    );
    for (const month of written.months) site.months.add(month);
    return written;
  } catch (error) {
    if (error !== OVERTAKEN) throw error;
    return unanswered !== null && (await stands(site, changes)) ? unanswered : null;
  }
}

/** Whether the batch that some changes add is in the chain. */
function stands<State>({ database, repo }: Site<State>, changes: readonly TreeChange[]): Promise<boolean> {
  const added = changes.filter(isWriting).find(({ path }) => chainFileNumber(path) !== null);
  if (added === undefined) return Promise.resolve(false);
  const line = splitLines(added.bytes).at(-1) ?? added.bytes;
  return database.read(async (db) => {
    const found = await db
      .selectFrom('checkrein.batches')
      .select('seq')
      .where('repo', '=', repo)
      .where('file', '=', chainFileNumber(added.path))
      .where('line', '=', line)
      .executeTakeFirst();
    return found !== undefined;
  });
}

async function writeAll<State>(
  db: Db,
  site: Site<State>,
  ground: Ground,
  changes: readonly TreeChange[],
): Promise<Written> {
  const { version, losses } = await claim(db, site.repo, ground.version);
  const files = new Map(ground.files);
  const writings = changes.filter(isWriting);
  // Read before they are written over.
  const before = await stateBefore(db, site, ground);
  const pages = await pagesBefore(db, site.repo, files, writings);
  const days = writings.flatMap(({ path }) => dayOfPartition(path) ?? []);
  const months = await makeMonths(db, site, new Set(days.map((day) => `events ${monthOf(day)}`)));
  for (const each of writings) {
    const listed = await change(db, site.repo, each);
    if (listed === null) throw OVERTAKEN;
    files.set(each.path, listed);
  }
  for (const { path, bytes } of changes) {
    if (bytes !== null) continue;
    await takeAway(db, site.repo, path);
    files.delete(path);
  }
  const projected = await project(db, site, { version, before, pages, losses, writings, files });
  return {
    ground: { version, files },
    months: [...months, ...projected.months],
    checkpoint: projected.checkpoint,
  };
}

/** The compare-and-swap: sets the version anew where it is still the one that was opened. */
async function claim(
  db: Db,
  repo: string,
  before: string | null,
): Promise<{ readonly version: string; readonly losses: number }> {
  const { rows } = await (before === null
    ? sql<{ version: string; losses: number }>`
        insert into checkrein.ledgers (repo, version) values (${repo}, gen_random_uuid())
        on conflict do nothing returning version, losses`
    : sql<{ version: string; losses: number }>`
        update checkrein.ledgers set version = gen_random_uuid() where repo = ${repo} and version = ${before}::uuid
        returning version, losses`
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
  readonly pages: Pages;
  /** Up to how many losses the rollups of this ledger are whole. */
  readonly losses: number;
  readonly writings: readonly Writing[];
  /** All that the ledger holds now. */
  readonly files: ReadonlyMap<string, Listed>;
}

/** Brings the rollups up to the checkpoint that is being written; all of them where a partition was lost since the last time. */
async function project<State>(
  db: Db,
  site: Site<State>,
  { version, before, pages, losses, writings, files }: Step<State>,
): Promise<Pick<Written, 'months' | 'checkpoint'>> {
  const { repo, format, projection } = site;
  const after = writings.find(({ path }) => path === STATE_PATH);
  const read = after === undefined ? null : decodeCheckpoint<State>(after.bytes, format);
  if (read?.kind !== 'sound') return { months: [], checkpoint: null };
  const { state } = read.checkpoint;
  const changed = [...projection(before, state), ...rowsOfChanges(pages, writings)];
  const months = await makeMonths(db, site, monthsOfRollups(changed));
  const found = await lossesIn(db);
  const rows =
    found === losses ? changed : [...projection(null, state), ...(await rowsOfPages(db, repo, files.keys()))];
  const more = await makeMonths(db, site, monthsOfRollups(rows));
  await putRollups(db, repo, rows);
  if (found !== losses) {
    await db.updateTable('checkrein.ledgers').set({ losses: found }).where('repo', '=', repo).execute();
  }
  return { months: [...months, ...more], checkpoint: { version, state } };
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
