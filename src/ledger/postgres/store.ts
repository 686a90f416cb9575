import { sql, type Transaction } from 'kysely';
import { OutsideFailure } from '../../core/failure.ts';
import type { OwnerQuarter, OwnerQuery, OwnerUse } from '../../core/owner-use.ts';
import type { Instant } from '../../core/time.ts';
import { chainFileNumber } from '../layout.ts';
import type { CommitResult, OwnerTerms, Tree, TreeChange, TreeStore } from '../tree-store.ts';
import type { Database } from './database.ts';
import { list, readFile, splitLines } from './files.ts';
import { furnish, furnishing } from './migrate.ts';
import { lockOwner, readOwner, readQuarters } from './owners.ts';
import type { Tables } from './schema.ts';
import type { Ground, PostgresStoreOptions, Site, Written } from './site.ts';
import { OVERTAKEN, writeAll } from './write.ts';

type Db = Transaction<Tables>;

const NO_LEDGER = 'none';
const NO_PARTITION = '23514';

/**
 * The files of one repository's ledger in a shared database, with a row for each line of events and chain. A commit is one
 * transaction. It starts by replacing the version of the ledger, provided it is still the one that was opened: that is the
 * compare-and-swap, and the lock that others wait for. The rollups of the checkpoint are written in the same transaction, so
 * SQL always sees what the ledger says.
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
    owner: {
      read: (queries) => readOthers(site, queries),
      quarters: (since) => readOthersSince(site, since),
      commit: (base, changes, terms) => commit(site, base, changes, (db) => isAllowed(db, site.repo, terms)),
    },
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

/** Without tables there are no others. */
async function readOthers<State>(site: Site<State>, queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]> {
  if (queries.length === 0) return [];
  const { database, repo } = site;
  await ensureTables(site);
  return await database.read((db) => readOwners(db, repo, queries));
}

async function readOthersSince<State>(site: Site<State>, since: Instant): Promise<readonly OwnerQuarter[]> {
  const { database, repo } = site;
  await ensureTables(site);
  return await database.read((db) => readQuarters(db, repo, since));
}

async function ensureTables<State>(site: Site<State>): Promise<void> {
  const { database } = site;
  if (!site.furnished && (await database.read((db) => furnishing(db, database.place))) !== 'ready') await prepare(site);
}

/** Checks under the owner's lock, which is held until what is allowed is committed. */
async function isAllowed(db: Db, repo: string, { queries, may }: OwnerTerms): Promise<boolean> {
  await lockOwner(db, repo);
  return may(await readOwners(db, repo, queries));
}

async function readOwners(db: Db, repo: string, queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]> {
  const uses: OwnerUse[] = [];
  // One connection runs one query at a time.
  for (const query of queries) uses.push(await readOwner(db, repo, query));
  return uses;
}

async function commit<State>(
  site: Site<State>,
  base: Tree,
  changes: readonly TreeChange[],
  may?: (db: Db) => Promise<boolean>,
): Promise<CommitResult> {
  const ground = site.grounds.get(base);
  if (ground === undefined) throw new Error(`the tree ${base.version} was not opened in ${site.place}`);
  await prepare(site);
  for (let tries = 1; ; tries++) {
    try {
      const written = await write(site, ground, changes, may);
      if (written === null) return { kind: 'conflict' };
      site.projected = written.checkpoint;
      return { kind: 'committed', tree: standOn(site, written.ground) };
    } catch (error) {
      // A partition that existed a moment ago was dropped, so it is created again.
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

/** Null when somebody else was quicker. */
async function write<State>(
  site: Site<State>,
  ground: Ground,
  changes: readonly TreeChange[],
  may: ((db: Db) => Promise<boolean>) | undefined,
): Promise<Written | null> {
  // A commit without an answer: it may land while we look for it.
  let unanswered: Written | null = null;
  try {
    const written = await site.database.write(
      (db) => writeAll(db, site, ground, changes, may),
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

/** Whether the chain contains the batch that some changes add. */
function stands<State>({ database, repo }: Site<State>, changes: readonly TreeChange[]): Promise<boolean> {
  const added = changes.find(({ path, bytes }) => chainFileNumber(path) !== null && bytes !== null);
  if (added === undefined || added.bytes === null) return Promise.resolve(false);
  const { path, bytes } = added;
  const line = splitLines(bytes).at(-1) ?? bytes;
  return database.read(async (db) => {
    const found = await db
      .selectFrom('checkrein.batches')
      .select('seq')
      .where('repo', '=', repo)
      .where('file', '=', chainFileNumber(path))
      .where('line', '=', line)
      .executeTakeFirst();
    return found !== undefined;
  });
}
