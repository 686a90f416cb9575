import { sharedBooks } from '../../budgets/shared-books.ts';
import { type PostgresAddress, postgresPlace } from '../../ledger/postgres/address.ts';
import { type Database, openDatabase } from '../../ledger/postgres/database.ts';
import { ledgersIn } from '../../ledger/postgres/ledgers.ts';
import { postgresStore } from '../../ledger/postgres/store.ts';
import type { TreeStore } from '../../ledger/tree-store.ts';
import { rollupRows } from '../../metrics/rollup-rows.ts';
import { UsageError, type World } from '../shell/world.ts';
import { type LedgerState, STATE_TERMS } from '../state.ts';

/**
 * The ledger of a repository in a database. If none is named, it must be the only one there.
 * @throws UsageError when there are several to choose from, or none.
 */
export async function postgresStoreAt(
  address: PostgresAddress,
  repo: string | null,
  { sleep }: Pick<World, 'sleep'>,
): Promise<TreeStore> {
  const database = openDatabase(address, { sleep });
  return storeIn(database, repo ?? onlyOne(await ledgersIn(database), postgresPlace(address)));
}

/** The ledger of a repository in an open database. */
export function storeIn(database: Database, repo: string): TreeStore {
  return postgresStore<LedgerState>(database, {
    repo,
    format: STATE_TERMS.format ?? 1,
    projection: (before, after) => rollupRows(before?.rollups ?? null, after.rollups),
    shares: (before, after) => sharedBooks(before?.budgets ?? null, after.budgets),
  });
}

const MOST_NAMED = 10;

function onlyOne(repos: readonly string[], place: string): string {
  const [repo] = repos;
  if (repo !== undefined && repos.length === 1) return repo;
  const held =
    repo === undefined
      ? `${place} holds no ledger yet`
      : `${place} holds the ledgers of ${repos.length === MOST_NAMED ? 'many' : repos.length} repositories, ${repos.slice(0, MOST_NAMED - 1).join(', ')}`;
  throw new UsageError(`${held}: say which is meant, with ?repo=OWNER/NAME at the end of the address.`);
}
