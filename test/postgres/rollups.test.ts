import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { canonicalJson } from '../../src/core/canonical.ts';
import { unpackSpread } from '../../src/core/packed-spread.ts';
import { after, DAY, type Instant } from '../../src/core/time.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { rollupRows } from '../../src/metrics/rollup-rows.ts';
import { demoFleet } from '../../src/sources/demo/fleet.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from './database.ts';

/** Less than the 14 days for which hours are kept, so that nothing grows too old. */
const DAYS = 12;
const END: Instant = '2026-11-20T18:00:00.000Z';
const fleet = demoFleet({ seed: 1, until: END, days: DAYS });

let owner: TestDatabase;
let database: Database;

beforeAll(async () => {
  owner = await makeDatabase(inject('postgresPort'));
  database = openTestDatabase(owner.url);
});

afterAll(async () => {
  await database.close();
  await owner[Symbol.asyncDispose]();
});

function ledgerOf(repo: string): Ledger<LedgerState> {
  const store = postgresStore<LedgerState>(database, {
    repo,
    format: STATE_TERMS.format ?? 1,
    projection: (before, now) => rollupRows(before?.rollups ?? null, now.rollups),
  });
  return treeLedger(store, stateFold, { repo, now: () => END, ...STATE_TERMS });
}

/** Appends what was learned in the days from `from` on, counted from the first. */
async function live(repo: string, from: number, to: number): Promise<LedgerState> {
  const start = from === 0 ? '' : after(END, (from - DAYS) * DAY);
  const end = after(END, (to - DAYS) * DAY);
  const events = fleet.events.filter(({ seen }) => seen > start && seen <= end);
  return (await ledgerOf(repo).append(() => events)).state;
}

function inOrder(rows: readonly object[]): readonly string[] {
  return rows.map(canonicalJson).sort();
}

/** The table holds exactly what the state says. */
async function expectRollups(repo: string, state: LedgerState): Promise<void> {
  const rows = await owner.ask(
    `select metric, step, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, labels,
      count::integer, sum, min, max, unknown::integer
      from checkrein.rollups where repo = $1 and metric not like 'session.%'`,
    [repo],
  );
  const wanted = rollupRows(null, state.rollups).map(({ aggregate, spread: _, ...rest }) => ({
    ...rest,
    ...aggregate,
  }));
  expect(wanted.length).toBeGreaterThan(1_000);
  expect(inOrder(rows)).toEqual(inOrder(wanted));
  await expectMeasures(repo);
}

/** The same of the rollups that the ledger keeps in pages beside its state. */
async function expectMeasures(repo: string): Promise<void> {
  for (const step of ['minute', 'hour', 'day'] as const) {
    const query = {
      metric: 'session.tool.latency',
      labels: {},
      step,
      from: after(END, -60 * DAY),
      to: after(END, DAY),
    };
    const wanted = (await ledgerOf(repo).measures(query)).map(({ at, labels, aggregate, spread }) => ({
      ...{ at, labels, count: aggregate.count, sum: aggregate.sum, zeros: spread?.zeros ?? null },
      bins: spread === null ? null : unpackSpread(spread).bins.map(([bin]) => bin),
    }));
    const rows = await owner.ask(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, labels, count::integer, sum,
        zeros::integer, bins from checkrein.rollups where repo = $1 and metric = $2 and step = $3`,
      [repo, query.metric, step],
    );
    expect(wanted.length).toBeGreaterThan(10);
    expect(inOrder(rows)).toEqual(inOrder(wanted));
  }
}

describe('the rollups in PostgreSQL', () => {
  test('hold after every append exactly what the state of the ledger says, whichever process wrote', async () => {
    const repo = 'octo/exact';
    await live(repo, 0, 4);
    await expectRollups(repo, await live(repo, 4, 8));
    await expectRollups(repo, await live(repo, 8, DAYS));
  });

  test('a lost partition is made again and filled by the next run, the others stay', async () => {
    const repo = 'octo/lost';
    await live(repo, 0, 8);
    await owner.ask('drop table checkrein.rollups_day_2026_11');
    await expectRollups(repo, await live(repo, 8, DAYS));
    expect(await owner.ask(`select losses from checkrein.ledgers where repo = $1`, [repo])).toEqual([{ losses: 1 }]);
  });

  test('a checkpoint that cannot be read does not keep them from being whole again', async () => {
    const repo = 'octo/torn';
    await live(repo, 0, 8);
    await owner.ask(`update checkrein.documents set content = 'torn' where repo = $1 and path = 'state.json'`, [repo]);
    await owner.ask(`delete from checkrein.rollups where repo = $1 and step = 'hour'`, [repo]);
    await expectRollups(repo, await live(repo, 8, DAYS));
  });

  test('two ledgers in one database do not touch each other', async () => {
    const first = await live('octo/one', 0, 6);
    await live('octo/two', 0, DAYS);
    await expectRollups('octo/one', first);
  });
});

describe('the partitions', () => {
  const partitions = async (parent: string): Promise<readonly unknown[]> =>
    (
      await owner.ask(
        `select relname from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = $1::regclass order by 1`,
        [`checkrein.${parent}`],
      )
    ).map(({ relname }) => relname);
  const monthAhead = (from: unknown, months: number): string => {
    const [year, month] = String(from).split('-').map(Number);
    return new Date(Date.UTC(year ?? 0, (month ?? 0) - 1 + months, 1)).toISOString().slice(0, 7).replace('-', '_');
  };

  test('of this month and the next two are made ahead', async () => {
    await live('octo/ahead', 0, 2);
    // The month when that was done, by the clock of the server: it may have become the next one since.
    const [{ month } = { month: null }] = await owner.ask(
      `select to_char(at, 'YYYY-MM') as month from checkrein.upkeep`,
    );
    for (const parent of ['events', 'rollups_minute', 'rollups_hour', 'rollups_day']) {
      const wanted = [0, 1, 2].map((months) => `${parent}_${monthAhead(month, months)}`);
      expect(await partitions(parent)).toEqual(expect.arrayContaining(wanted));
    }
  });

  test('that retention is done with are dropped by the next upkeep; events only where no ledger has any left', async () => {
    await live('octo/old', 0, 2);
    for (const parent of ['events', 'rollups_hour', 'rollups_day']) {
      await owner.ask(`select checkrein.make_month($1, '2020-03-01')`, [parent]);
      await owner.ask(`select checkrein.make_month($1, '2020-04-01')`, [parent]);
    }
    await owner.ask(`insert into checkrein.events (repo, day, seq, line) values ('octo/old', '2020-04-05', 1, 'x')`);
    expect(await owner.ask('select checkrein.keep_up() as done')).toEqual([{ done: false }]);
    await owner.ask('update checkrein.upkeep set at = null');
    expect(await owner.ask('select checkrein.keep_up() as done')).toEqual([{ done: true }]);
    const old = async (parent: string) => (await partitions(parent)).filter((name) => String(name).includes('_2020_'));
    expect(await old('events')).toEqual(['events_2020_04']);
    expect([...(await old('rollups_hour')), ...(await old('rollups_day'))]).toEqual([]);
    expect(await owner.ask('select losses from checkrein.upkeep')).toEqual([{ losses: 1 }]);
  });

  test('a month that an administrator set aside is left alone, and another takes its place', async () => {
    const { length } = (await ledgerOf('octo/aside').append(() => fleet.events.slice(0, 5))).appended;
    expect(length).toBe(5);
    const day = fleet.events[0]?.at.slice(0, 7).replace('-', '_');
    await owner.ask(`alter table checkrein.events detach partition checkrein.events_${day}`);
    const again = await ledgerOf('octo/new').append(() => fleet.events.slice(0, 5));
    expect(again.appended).toHaveLength(5);
    expect(await partitions('events')).toContain(`events_${day}_1`);
    expect(
      await owner.ask(`select count(*)::integer as left from checkrein.events_${day} where repo = 'octo/aside'`),
    ).toEqual([{ left: 5 }]);
  });

  test('moments before the first and after the last month have their place, the year 0 as well', async () => {
    const ledger = ledgerOf('octo/clocks');
    const moments = [
      '0000-02-29T00:00:00.000Z',
      '0001-01-01T00:00:00.000Z',
      '2014-12-31T23:59:59.999Z',
      '9999-12-31T00:00:00.000Z',
    ];
    const [event] = fleet.events;
    if (event === undefined) throw new Error('the fleet is empty');
    await ledger.append(() => moments.map((at) => ({ ...event, id: at, at })));
    const found: string[] = [];
    for await (const { at } of ledgerOf('octo/clocks').events()) found.push(at);
    expect(found).toEqual(moments);
    expect(await ledgerOf('octo/clocks').verify()).toMatchObject({ ok: true, events: 4 });
  });
});
