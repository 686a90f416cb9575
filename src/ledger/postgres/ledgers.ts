import type { Database } from './database.ts';
import { furnishing } from './migrate.ts';

/** The repositories that have a ledger in a database, in order; at most ten. */
export function ledgersIn(database: Database): Promise<readonly string[]> {
  return database.read(async (db) => {
    if ((await furnishing(db, database.place)) === 'empty') return [];
    const found = await db.selectFrom('checkrein.ledgers').select('repo').orderBy('repo').limit(10).execute();
    return found.map(({ repo }) => repo);
  });
}
