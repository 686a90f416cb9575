import { sql, type Transaction } from 'kysely';
import { OutsideFailure } from '../../core/failure.ts';
import type { Tables } from './schema.ts';

/** In the server's numbering. The views use `any_value`, which was added in PostgreSQL 16. */
const OLDEST = 160_000;

/** @throws OutsideFailure when the server is too old for the tables and views, before anything is created. */
export async function refuseOldServer(db: Transaction<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{ number: number }>`
    select current_setting('server_version_num')::integer as number`.execute(db);
  const fault = oldServer(rows[0]?.number ?? 0, place);
  if (fault !== null) throw fault;
}

/** What to say about a server of this version (`server_version_num`); null when it is new enough. */
export function oldServer(version: number, place: string): OutsideFailure | null {
  if (version >= OLDEST) return null;
  return new OutsideFailure({
    kind: 'unsupported',
    message: `The server of ${place} is PostgreSQL ${Math.floor(version / 10_000)}, and Checkrein needs ${OLDEST / 10_000} or newer. Nothing was made there`,
    remedy: 'Upgrade the server or name another one; meanwhile a branch or a folder can hold the ledger',
    retry: false,
  });
}
