import { readFileSync } from 'node:fs';
import { Kysely, PostgresAdapter, PostgresDialect, sql, type Transaction, type TransactionBuilder } from 'kysely';
import pg from 'pg';
import { OutsideFailure } from '../../core/failure.ts';
import type { Duration } from '../../core/time.ts';
import { type PostgresAddress, postgresPlace } from './address.ts';
import { isLost, isPassing, onServer } from './failure.ts';
import type { Tables } from './schema.ts';

/** Limits for jobs that start, write a little and end. */
const MAX_CONNECTIONS = 3;
const CONNECT_TIMEOUT: Duration = 5_000;
const IDLE_TIMEOUT: Duration = 5_000;
const STATEMENT_TIMEOUT: Duration = 60_000;
const LOCK_TIMEOUT: Duration = 30_000;
/** A job that died halfway must not block others for longer. */
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = 30_000;
/** The server may have died silently, so that its statement timeout never fires. */
const ANSWER_TIMEOUT: Duration = STATEMENT_TIMEOUT + 10_000;

const MAX_TRIES = 5;
const FIRST_DELAY: Duration = 200;

export interface DatabaseOptions {
  readonly sleep: (duration: Duration) => Promise<void>;
}

/** A database behind a small pool. All access is in transactions, as pgbouncer requires. */
export interface Database {
  /** For people, without user and password. */
  readonly place: string;
  /**
   * Runs `work` in a read-only transaction. It is run again after a conflict or a lost connection.
   * @throws OutsideFailure when the database fails.
   */
  read<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in a transaction. It is run again after a conflict, and when the connection was lost before anything was
   * committed. If it was lost while committing, `landed` finds out whether it was.
   * @throws OutsideFailure when the database fails; nothing is half done then.
   */
  write<T>(work: (db: Transaction<Tables>) => Promise<T>, landed: (done: T) => Promise<boolean>): Promise<T>;
  /** Closes its connections. */
  close(): Promise<void>;
}

/** Prepares the connections to a database; the first is opened when needed. */
export function openDatabase(address: PostgresAddress, { sleep }: DatabaseOptions): Database {
  const place = postgresPlace(address);
  const pool = new pg.Pool(poolConfig(address, place));
  // Without listeners, a server that goes away would end this process, whether a connection is idle or between two statements
  // of a transaction. The next statement on it fails and reports it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: dialectOver(pool) });
  const again = <T>(doing: string, attempt: () => Promise<T>): Promise<T> =>
    onServer(place, doing, () => retrying(attempt, sleep));
  return {
    place,
    read: (work) => again('read from', () => inTransaction(db.transaction().setAccessMode('read only'), work)),
    write: (work, landed) => again('write to', () => writeOnce(db, work, landed)),
    close: () => db.destroy(),
  };
}

function poolConfig(address: PostgresAddress, place: string): pg.PoolConfig {
  const { host, port, database, user, password } = address;
  return {
    host,
    port,
    database,
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ssl: tlsOf(address, place),
    application_name: 'checkrein',
    max: MAX_CONNECTIONS,
    allowExitOnIdle: true,
    idleTimeoutMillis: IDLE_TIMEOUT,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: ANSWER_TIMEOUT,
    keepAlive: true,
  };
}

function tlsOf(
  { host, protection, rootCertificates }: PostgresAddress,
  place: string,
): Exclude<pg.PoolConfig['ssl'], undefined> {
  if (protection === 'plain') return false;
  const ca = rootCertificates === null ? {} : { ca: readCertificates(rootCertificates, place) };
  // pg gives the TLS layer the host only if it is a name, so it is also set here for checking the certificate.
  const tls = { ...ca, host, rejectUnauthorized: protection !== 'unverified' };
  return protection === 'verified_chain' ? { ...tls, checkServerIdentity: () => undefined } : tls;
}

function readCertificates(path: string, place: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new OutsideFailure({
      kind: 'invalid',
      message: `Could not read the certificates to trust for ${place}: ${String(error.code)}`,
      remedy: 'Let sslrootcert name a PEM file that this user may read',
      retry: false,
    });
  }
}

/**
 * Migrations run inside a transaction of ours that holds a lock until it ends. Behind pgbouncer, kysely's own lock would
 * outlive a failure.
 */
function dialectOver(pool: pg.Pool): PostgresDialect {
  const dialect = new PostgresDialect({ pool });
  const noLock = async (): Promise<void> => undefined;
  dialect.createAdapter = () =>
    Object.assign(new PostgresAdapter(), { acquireMigrationLock: noLock, releaseMigrationLock: noLock });
  return dialect;
}

type Work<T> = (db: Transaction<Tables>) => Promise<T>;

function inTransaction<T>(begun: TransactionBuilder<Tables>, work: Work<T>): Promise<T> {
  return begun.setIsolationLevel('read committed').execute(async (transaction) => {
    // For this transaction only: pgbouncer passes a connection on to others, and accepts no such options in its address.
    await sql`select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT)}, true),
        set_config('lock_timeout', ${String(LOCK_TIMEOUT)}, true),
        set_config('idle_in_transaction_session_timeout', ${String(IDLE_IN_TRANSACTION_TIMEOUT)}, true),
        set_config('search_path', 'pg_catalog', true), set_config('datestyle', 'ISO', true)`.execute(transaction);
    return await work(transaction);
  });
}

async function writeOnce<T>(db: Kysely<Tables>, work: Work<T>, landed: (done: T) => Promise<boolean>): Promise<T> {
  let finished: { readonly done: T } | null = null;
  try {
    return await inTransaction(db.transaction(), async (transaction) => {
      const done = await work(transaction);
      finished = { done };
      return done;
    });
  } catch (error) {
    // Typed again, because the compiler does not see that the callback has set it.
    const before = finished as { readonly done: T } | null;
    if (before !== null && isLost(error) && (await landed(before.done))) return before.done;
    throw error;
  }
}

/** Retries, a little later each time, after a conflict or a lost connection. */
async function retrying<T>(attempt: () => Promise<T>, sleep: DatabaseOptions['sleep']): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= MAX_TRIES || !(isPassing(error) || isLost(error))) throw error;
      await sleep(FIRST_DELAY * 2 ** (tries - 1));
    }
  }
}
