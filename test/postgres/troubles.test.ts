import { createFixture } from 'fs-fixture';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Failure, OutsideFailure } from '../../src/core/failure.ts';
import { furnish } from '../../src/ledger/postgres/migrate.ts';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { happened, idsIn, ledgerOn } from '../contract/ledger-sites.ts';
import { makeAuthority } from '../kit/certificates.ts';
import { makeDatabase, openTestDatabase, PASSWORD, type TestDatabase } from './database.ts';
import { freePort } from './server.ts';
import { tlsFront } from './tls-front.ts';

let owner: TestDatabase;

beforeAll(async () => {
  owner = await makeDatabase(inject('postgresPort'));
});

afterAll(async () => {
  await owner[Symbol.asyncDispose]();
});

function storeAt(url: string, repo = 'octo/repo'): TreeStore {
  return postgresStore(openTestDatabase(url), { repo, format: 1, projection: () => [] });
}

/** What goes wrong when something is appended at an address; nothing that is secret is in it. */
async function failureAt(url: string, id = 'x'): Promise<Failure> {
  const error = await ledgerOn(storeAt(url))
    .append(() => [happened(id)])
    .then(
      () => expect.unreachable('nothing went wrong'),
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(OutsideFailure);
  const text = JSON.stringify((error as OutsideFailure).failure);
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(encodeURIComponent(PASSWORD));
  expect(text).not.toContain('wrong one');
  return (error as OutsideFailure).failure;
}

function at(port: number, options = ''): string {
  const url = new URL(owner.url);
  url.port = String(port);
  return `${url.href}${options}`;
}

describe('a server that does not let anybody in', () => {
  test('that is away is said to be away, with what to do', { timeout: 120_000 }, async () => {
    expect(await failureAt(at(await freePort()))).toEqual({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^Could not read from postgres:\/\/127\.0\.0\.1:\d+\/t_\w+: the server cannot be reached \(ECONNREFUSED\)$/,
      ),
      remedy: expect.stringContaining('what was acknowledged is kept'),
      retry: true,
    });
  });

  test('with another password', async () => {
    const url = new URL(owner.url);
    url.password = encodeURIComponent('the wrong one');
    expect(await failureAt(url.href)).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('the server refused user or password (28P01)'),
      retry: false,
    });
  });

  test('without a database of that name', async () => {
    const url = new URL(owner.url);
    url.pathname = '/nowhere';
    expect(await failureAt(url.href)).toMatchObject({ kind: 'not_found', message: expect.stringContaining('3D000') });
  });
});

describe('TLS', () => {
  const authority = makeAuthority('the authority of the tests');
  const stranger = makeAuthority('nobody that is trusted');
  const days = { from: -1, to: 1 };

  test.each([
    ['that has expired', () => authority.issue('localhost', { from: -10, to: -1 }), 'has expired (CERT_HAS_EXPIRED)'],
    [
      'that is not valid yet',
      () => authority.issue('localhost', { from: 1, to: 2 }),
      'is not valid yet (CERT_NOT_YET_VALID)',
    ],
    [
      'of another host',
      () => authority.issue('elsewhere.example', days),
      'is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    ['that a stranger signed', () => stranger.issue('localhost', days), 'is not trusted ('],
  ])('a certificate %s is refused before a password is sent, and named', async (_name, issue, words) => {
    await using files = await createFixture({ 'ca.pem': authority.certificate });
    await using front = await tlsFront(inject('postgresPort'), issue());
    const url = at(front.port, `?sslmode=verify-full&sslrootcert=${files.getPath('ca.pem')}`).replace(
      '127.0.0.1',
      'localhost',
    );
    expect(await failureAt(url)).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining(`the certificate of the server ${words}`),
      retry: false,
    });
    expect(front.seen.plain).toBe(0);
  });

  test('a proven certificate is taken, and so is that of another host where only the chain is to be proven', async () => {
    await using files = await createFixture({ 'ca.pem': authority.certificate });
    const ca = `sslrootcert=${files.getPath('ca.pem')}`;
    await using good = await tlsFront(inject('postgresPort'), authority.issue('localhost', days));
    await using other = await tlsFront(inject('postgresPort'), authority.issue('elsewhere.example', days));
    for (const [port, options, id] of [
      [good.port, `?sslmode=verify-full&${ca}`, 'full'],
      [good.port, `?sslmode=require&${ca}`, 'require'],
      [other.port, `?sslmode=verify-ca&${ca}`, 'chain'],
      [other.port, '?sslmode=no-verify', 'unproven'],
    ] as const) {
      const { appended } = await ledgerOn(storeAt(at(port, options).replace('127.0.0.1', 'localhost'))).append(() => [
        happened(id),
      ]);
      expect(appended).toHaveLength(1);
    }
    expect([good.seen.plain, other.seen.plain]).toEqual([0, 0]);
    expect(good.seen.asked).toBeGreaterThan(0);
  });

  test('a server without TLS is refused where TLS was asked for, and nothing goes in the clear', async () => {
    await using front = await tlsFront(inject('postgresPort'), null);
    expect(await failureAt(at(front.port, '?sslmode=verify-full'))).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('the server does not speak TLS'),
    });
    expect(front.seen.plain).toBe(0);
  });

  test('root certificates that cannot be read are named, not passed over', async () => {
    expect(() => storeAt(at(inject('postgresPort'), '?sslmode=verify-full&sslrootcert=/nowhere/ca.pem'))).toThrow(
      /ENOENT/,
    );
  });
});

describe('a database that does not do as it is told', () => {
  test('that can only be read is read, and what would be written is refused', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await ledgerOn(storeAt(database.url)).append(() => [happened('a')]);
    await database.ask(`alter role ${database.name} set default_transaction_read_only = on`);
    expect(await idsIn(ledgerOn(storeAt(database.url)))).toEqual(['a']);
    expect(await ledgerOn(storeAt(database.url)).verify()).toMatchObject({ ok: true, events: 1 });
    expect(await failureAt(database.url)).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('the database can only be read, as a standby can (25006)'),
    });
    await database.ask(`alter role ${database.name} reset default_transaction_read_only`);
    expect((await ledgerOn(storeAt(database.url)).append(() => [happened('b')])).appended).toHaveLength(1);
  });

  test('a user who may only read is told so when something is to be written', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await ledgerOn(storeAt(database.url)).append(() => [happened('a')]);
    const reader = `reader_${database.name}`;
    await database.ask(`create role ${reader} login password '${PASSWORD}'`);
    await database.ask(`grant usage on schema checkrein to ${reader}`);
    await database.ask(`grant select on all tables in schema checkrein to ${reader}`);
    const url = new URL(database.url);
    url.username = reader;
    expect(await idsIn(ledgerOn(storeAt(url.href)))).toEqual(['a']);
    expect(await failureAt(url.href)).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('42501') });
    await database.ask(`drop owned by ${reader}`);
    await database.ask(`drop role ${reader}`);
  });

  test('a user who may make nothing is told so, and what was half made is gone', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await database.ask(`alter database ${database.name} owner to postgres`);
    expect(await failureAt(database.url)).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('the user may not do this (42501)'),
    });
    expect(await database.ask(`select to_regnamespace('checkrein') is null as none`)).toEqual([{ none: true }]);
    await database.ask(`alter database ${database.name} owner to ${database.name}`);
    expect((await ledgerOn(storeAt(database.url)).append(() => [happened('x')])).appended).toHaveLength(1);
  });

  test('a migration that breaks off halfway leaves nothing, and the next run does it', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await database.ask(`create schema checkrein authorization ${database.name}`);
    await database.ask('create function checkrein.quantile() returns int language sql as $$ select 1 $$');
    await database.ask('create view checkrein.alerts as select 1 as one');
    const store = storeAt(database.url);
    await expect(ledgerOn(store).append(() => [happened('x')])).rejects.toThrow(/already exists|42P07/);
    expect(await database.ask(`select to_regclass('checkrein.events') is null as none`)).toEqual([{ none: true }]);
    await database.ask('drop view checkrein.alerts');
    expect((await ledgerOn(store).append(() => [happened('x')])).appended).toHaveLength(1);
  });

  test('a server that ends in the middle of a migration leaves nothing of it', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    // Holds the second migration up, until this is cancelled.
    const url = database.url;
    await database.ask(`create schema checkrein authorization ${database.name}`);
    const blocker = expect(
      database.ask(`begin; create view checkrein.sessions as select 1 as one; select pg_sleep(600)`),
    ).rejects.toThrow('canceling statement');
    const untilDone = async (what: string, which: string): Promise<void> => {
      const sql = `select ${what} from pg_stat_activity where datname = $1 and ${which}`;
      while ((await database.ask(sql, [database.name])).length === 0);
    };
    await untilDone('pid', `wait_event = 'PgSleep'`);
    const migrating = furnish(openTestDatabase(url));
    await untilDone('pg_terminate_backend(pid)', `application_name = 'checkrein' and wait_event_type = 'Lock'`);
    expect(await database.ask(`select to_regclass('checkrein.events') is null as none`)).toEqual([{ none: true }]);
    await untilDone('pg_cancel_backend(pid)', `wait_event = 'PgSleep'`);
    await blocker;
    // It is tried again by itself.
    await migrating;
    expect((await ledgerOn(storeAt(url)).append(() => [happened('x')])).appended).toHaveLength(1);
  });

  test('six runners that come first at the same time make the tables once, and all get in', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    const all = Array.from({ length: 6 }, (_, n) =>
      ledgerOn(storeAt(database.url, `octo/r${n}`)).append(() => [happened(`${n}`)]),
    );
    expect((await Promise.all(all)).map(({ appended }) => appended.length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await database.ask('select name from checkrein.migrations order by name')).toEqual([
      { name: '0001-tables' },
      { name: '0002-views' },
      { name: '0003-owners' },
    ]);
  });

  test('tables of a newer version are left alone', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await ledgerOn(storeAt(database.url)).append(() => [happened('a')]);
    await database.ask(`insert into checkrein.migrations values ('9999-later', now()::text)`);
    expect(await failureAt(database.url)).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('a newer version of Checkrein'),
    });
  });

  test('a lost partition of events is reported once, and the ledger goes on', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    const ledger = ledgerOn(storeAt(database.url));
    await ledger.append(() => [happened('old', '2026-10-05T00:00:00.000Z'), happened('a')]);
    await database.ask('drop table checkrein.events_2026_11');
    const next = await ledgerOn(storeAt(database.url)).append(() => [happened('b')]);
    expect(next.appended.map(({ kind }) => kind)).toEqual(['watch.ran', 'ledger.damaged']);
    expect(await idsIn(ledgerOn(storeAt(database.url)))).toEqual(['old', 'b', expect.stringMatching(/^damaged:/)]);
    const again = await ledgerOn(storeAt(database.url)).append(() => [happened('c')]);
    expect(again.appended.map(({ id }) => id)).toEqual(['c']);
    expect(await ledgerOn(storeAt(database.url)).verify()).toMatchObject({ ok: false, firstBad: { batch: 1 } });
  });

  test('a partition that is dropped between two appends of one process is made again', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    const ledger = ledgerOn(storeAt(database.url));
    await ledger.append(() => [happened('a')]);
    await database.ask('drop table checkrein.events_2026_12');
    await ledger.append(() => [happened('b', '2026-12-01T00:00:00.000Z')]);
    await database.ask('drop table checkrein.events_2026_12');
    const { appended } = await ledger.append(() => [happened('c', '2026-12-02T00:00:00.000Z')]);
    expect(appended.map(({ id }) => id)).toContain('c');
  });

  test('a full disk is said, nothing is half written, and the next run goes on', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    const ledger = ledgerOn(storeAt(database.url));
    await ledger.append(() => [happened('a')]);
    // What the server says when it cannot extend a file, from a trigger: the disk of this machine is not to be filled.
    await database.ask(`create function checkrein.full() returns trigger language plpgsql as
      $$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$`);
    await database.ask('create trigger full_disk before insert on checkrein.batches execute function checkrein.full()');
    expect(await failureAt(database.url, 'b')).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the disk or the memory of the server is full (53100)'),
      retry: false,
    });
    await database.ask('drop trigger full_disk on checkrein.batches');
    expect(await idsIn(ledgerOn(storeAt(database.url)))).toEqual(['a']);
    expect((await ledgerOn(storeAt(database.url)).append(() => [happened('b')])).appended).toHaveLength(1);
    expect(await ledgerOn(storeAt(database.url)).verify()).toMatchObject({ ok: true, events: 2 });
  });

  test('writers that the server calls back because they met are tried again', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await ledgerOn(storeAt(database.url)).append(() => [happened('a')]);
    await database.ask('create sequence checkrein.met');
    await database.ask(`create function checkrein.meet() returns trigger language plpgsql security definer as
      $$ begin if nextval('checkrein.met') <= 2 then raise exception using errcode = '40001'; end if; return null; end $$`);
    await database.ask('create trigger meet before insert on checkrein.batches execute function checkrein.meet()');
    expect((await ledgerOn(storeAt(database.url)).append(() => [happened('b')])).appended).toHaveLength(1);
    expect(await idsIn(ledgerOn(storeAt(database.url)))).toEqual(['a', 'b']);
  });

  test('a line that somebody changes past the ledger is found by verify, what is made of it changes with it', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    await ledgerOn(storeAt(database.url)).append(() => [happened('a'), happened('b')]);
    await database.ask(
      `update checkrein.events set line = convert_to(replace(convert_from(line, 'UTF8'), '12', '13'), 'UTF8') where seq = 1`,
    );
    expect(
      await database.ask(`select event #> '{data,requests}' as requests from checkrein.events where seq = 1`),
    ).toEqual([{ requests: 13 }]);
    expect(await ledgerOn(storeAt(database.url)).verify()).toMatchObject({ ok: false, firstBad: { batch: 1 } });
  });

  test('text that jsonb cannot hold is kept as it is, and can be asked for without it', async () => {
    await using database = await makeDatabase(inject('postgresPort'));
    const strange = happened('nul \0 and half \ud83d and \\u0000');
    await ledgerOn(storeAt(database.url)).append(() => [strange]);
    expect(await idsIn(ledgerOn(storeAt(database.url)))).toEqual([strange.id]);
    const [row] = await database.ask(`select event ->> 'id' as id from checkrein.events`);
    expect(row?.['id']).toMatch(/^nul \ufffd and half \ufffd and /);
    expect(await ledgerOn(storeAt(database.url)).verify()).toMatchObject({ ok: true });
  });
});
