import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { parsePostgresAddress } from '../../src/ledger/postgres/address.ts';
import { type Database, openDatabase } from '../../src/ledger/postgres/database.ts';
import { SUPERUSER } from './server.ts';

/** A database that a test made for itself. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** An address as `--ledger` takes it, for its owner, who is no superuser. */
  readonly url: string;
  /** Asks it something as the superuser: what an administrator would do past Checkrein. */
  ask(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** Makes an empty database on the server at `port`, with an owner of its own. */
export async function makeDatabase(port: number): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const server = { host: '127.0.0.1', port, ...SUPERUSER };
  await once({ ...server, database: 'postgres' }, [
    `create role ${name} login password '${PASSWORD}'`,
    `create database ${name} owner ${name}`,
  ]);
  return {
    name,
    url: `postgres://${name}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${name}`,
    ask: async (sql, values = []) => {
      const client = new pg.Client({ ...server, database: name });
      await client.connect();
      try {
        return (await client.query(sql, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: () =>
      once({ ...server, database: 'postgres' }, [
        `drop database if exists ${name} with (force)`,
        `drop role if exists ${name}`,
      ]),
  };
}

/** Has signs that an address must escape, and can be looked for in everything that is printed. */
export const PASSWORD = 's3cret/of@the:tests';

async function once(config: pg.ClientConfig, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Opens a database that a test made. */
export function openTestDatabase(url: string): Database {
  const address = parsePostgresAddress(url);
  if (!address.ok) throw new Error(address.failure.message);
  return openDatabase(address.value, {
    sleep: (duration) =>
      new Promise((resolve) => {
        setTimeout(resolve, duration);
      }),
  });
}
