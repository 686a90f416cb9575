import { sql } from 'kysely';
import { afterAll, inject } from 'vitest';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { change } from '../../src/ledger/postgres/files.ts';
import { furnish } from '../../src/ledger/postgres/migrate.ts';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from '../postgres/database.ts';
import type { Files, Site } from './ledger-sites.ts';

const PARTITION = /^events\/.*\/(.*)\.ndjson$/;

let made: Promise<{ readonly owner: TestDatabase; readonly database: Database }> | null = null;
let count = 0;

async function make(): Promise<{ readonly owner: TestDatabase; readonly database: Database }> {
  const owner = await makeDatabase(inject('postgresPort'));
  const database = openTestDatabase(owner.url);
  return { owner, database };
}

/** A ledger in the database of this test file, under a name of its own. */
export async function postgresSite(): Promise<Site & AsyncDisposable> {
  if (made === null) {
    made = make();
    afterAll(async () => {
      const { owner, database } = await (made ?? make());
      await database.close();
      await owner[Symbol.asyncDispose]();
    });
  }
  const { database } = await made;
  return siteIn(database, `octo/site-${count++}`);
}

function siteIn(database: Database, repo: string): Site & AsyncDisposable {
  const store = (): TreeStore => postgresStore(database, { repo, format: 1, projection: () => [] });
  const files = async (): Promise<Files> => {
    const tree = await store().open();
    const all = new Map<string, Uint8Array>();
    for (const path of tree.files.keys()) all.set(path, await tree.read(path));
    return all;
  };
  const past = (work: (db: Parameters<Parameters<Database['write']>[0]>[0]) => Promise<void>): Promise<void> =>
    database.write(work, async () => true);
  const remove = (path: string | null) => (db: Parameters<typeof change>[0]) => removeFile(db, repo, path);
  const put: Site['put'] = async (path, bytes) => {
    await furnishOnce(database);
    await past(async (db) => {
      await remove(path)(db);
      if (bytes !== null) await putFile(db, repo, path, bytes);
    });
  };
  return {
    at: repo,
    store,
    files,
    put,
    become: async (other) => {
      const files = await other.files();
      await furnishOnce(database);
      await past(async (db) => {
        await remove(null)(db);
        for (const [path, bytes] of files) await putFile(db, repo, path, bytes);
        await sql`insert into checkrein.ledgers (repo, version) values (${repo}, gen_random_uuid())`.execute(db);
      });
    },
    clear: () => past(remove(null)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

let furnished: Promise<void> | null = null;

function furnishOnce(database: Database): Promise<void> {
  furnished ??= furnish(database);
  return furnished;
}

async function putFile(db: Parameters<typeof change>[0], repo: string, path: string, bytes: Uint8Array): Promise<void> {
  const [, day = null] = PARTITION.exec(path) ?? [];
  if (day !== null) await sql`select checkrein.make_month('events', ${day}::date)`.execute(db);
  const done = await change(db, repo, { path, keep: 0, bytes });
  if (done === 'conflict') throw new Error(`${path} is still there`);
}

/** Removes a file of a ledger past it, or all that there is of the ledger. */
async function removeFile(db: Parameters<typeof change>[0], repo: string, path: string | null): Promise<void> {
  const [, day = null] = PARTITION.exec(path ?? '') ?? [];
  const [, file = null] = /^chain\/(.*)\.ndjson$/.exec(path ?? '') ?? [];
  const is = (column: string, value: string | null, type: string) =>
    path === null ? sql`true` : sql`${sql.ref(column)} = ${value}::${sql.raw(type)}`;
  await furnishedDelete(db, 'events', sql`repo = ${repo} and ${is('day', day, 'date')}`);
  await furnishedDelete(db, 'batches', sql`repo = ${repo} and ${is('file', file, 'integer')}`);
  await furnishedDelete(db, 'documents', sql`repo = ${repo} and ${is('path', path, 'text')}`);
  if (path === null) await furnishedDelete(db, 'ledgers', sql`repo = ${repo}`);
}

async function furnishedDelete(
  db: Parameters<typeof change>[0],
  table: string,
  where: ReturnType<typeof sql>,
): Promise<void> {
  await sql`delete from ${sql.table(`checkrein.${table}`)} where ${where}`.execute(db);
}
