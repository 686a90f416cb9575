import { LEDGER_BRANCH } from '../../ledger/address.ts';
import type { World } from '../shell/world.ts';

/** Holds the address of a ledger in PostgreSQL, so that its password need not appear on a command line. */
export const DATABASE_URL = 'CHECKREIN_DATABASE_URL';

/** Where the ledger of a repository is: what was asked for, else the database, else what the configuration says, else its own branch. */
export function ledgerAddressOf(
  repo: string,
  asked: string | null,
  configured: string | null,
  world: Pick<World, 'env'>,
): string {
  return asked ?? databaseOf(world) ?? configured ?? ownBranchOf(repo);
}

/** The address of the branch a repository has for its ledger. */
export function ownBranchOf(repo: string): string {
  return `branch:${repo}@${LEDGER_BRANCH}`;
}

/** The database the environment names; null when it names none. */
export function databaseOf({ env }: Pick<World, 'env'>): string | null {
  return env[DATABASE_URL]?.trim() || null;
}

/** Whether an address is that of a database. */
export function isDatabase(address: string): boolean {
  return /^postgres/i.test(address);
}
