import { sql, type Transaction } from 'kysely';
import { OutsideFailure } from '../../core/failure.ts';
import type { Tables } from './schema.ts';

/** As the server counts: the views are made with `any_value`, which came with PostgreSQL 16. */
const OLDEST = 160_000;

/** @throws OutsideFailure when the server is too old for the tables and views, before anything is made there. */
export async function refuseOldServer(db: Transaction<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{ number: number }>`
    select current_setting('server_version_num')::integer as number`.execute(db);
  const fault = oldServer(rows[0]?.number ?? 0, place);
  if (fault !== null) throw fault;
}

/** What to tell of a server of this version (`server_version_num`); null when it will do. */
export function oldServer(version: number, place: string): OutsideFailure | null {
  if (version >= OLDEST) return null;
  return new OutsideFailure({
    kind: 'unsupported',
    message: `The server of ${place} is PostgreSQL ${Math.floor(version / 10_000)}, and Checkrein needs ${OLDEST / 10_000} or newer. Nothing was made there`,
    remedy: 'Upgrade the server or name another one; meanwhile a branch or a folder can hold the ledger',
    retry: false,
  });
}
