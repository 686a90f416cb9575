import { sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { OutsideFailure } from '../../core/failure.ts';
import type { Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './schema.ts';
import { refuseOldServer } from './server-version.ts';

/** The tables in the database: none of ours, all that this version needs, or those of an older version. */
export type Furnishing = 'empty' | 'old' | 'ready';

const SCHEMA = 'checkrein';
/** Any number that nobody else locks. */
const LOCK = 4_201_337_001;

/** @throws OutsideFailure when a newer version of Checkrein has changed the tables. */
export async function furnishing(db: Transaction<Tables>, place: string): Promise<Furnishing> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${`${SCHEMA}.migrations`}) is not null as there`.execute(db);
  if (rows[0]?.there !== true) return 'empty';
  const done = await db.selectFrom('checkrein.migrations').select('name').execute();
  const unknown = done.find(({ name }) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown !== undefined) {
    throw new OutsideFailure({
      kind: 'unsupported',
      message: `The tables in ${place} are those of a newer version of Checkrein`,
      remedy: 'Use that version, or a newer one, in every workflow that writes to this database',
      retry: false,
    });
  }
  if (done.length === 0) return 'empty';
  return done.length === Object.keys(MIGRATIONS).length ? 'ready' : 'old';
}

/**
 * Brings the tables up to this version, in a single transaction: a concurrent run waits and finds it done, and a runner that
 * dies halfway leaves nothing behind.
 * @throws OutsideFailure when the server is too old.
 */
export async function furnish(database: Database): Promise<void> {
  await database.write(
    async (db) => {
      await refuseOldServer(db, database.place);
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db);
      await prepareSchema(db);
      const migrator = new Migrator({
        db,
        provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
        migrationTableSchema: SCHEMA,
        migrationTableName: 'migrations',
        migrationLockTableName: 'migrations_lock',
      });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
    },
    () => database.read(async (db) => (await furnishing(db, database.place)) === 'ready'),
  );
}

/**
 * What the migrator would create by itself, by trying and checking. An error in the middle of a transaction would hide its
 * cause.
 */
async function prepareSchema(db: Transaction<Tables>): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`select to_regnamespace(${SCHEMA}) is not null as there`.execute(db);
  if (rows[0]?.there !== true) await sql`create schema checkrein`.execute(db);
  await sql`create table if not exists checkrein.migrations (
    name varchar(255) primary key, timestamp varchar(255) not null)`.execute(db);
  await sql`create table if not exists checkrein.migrations_lock (
    id varchar(255) primary key, is_locked integer not null default 0)`.execute(db);
}
