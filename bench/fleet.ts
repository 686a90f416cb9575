import { type LedgerState, STATE_TERMS, stateFold } from '../src/app/state.ts';
import { after, DAY } from '../src/core/time.ts';
import { furnish } from '../src/ledger/postgres/migrate.ts';
import { postgresStore } from '../src/ledger/postgres/store.ts';
import { treeLedger } from '../src/ledger/tree-ledger.ts';
import { rollupRows } from '../src/metrics/rollup-rows.ts';
import { demoFleet } from '../src/sources/demo/fleet.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from '../test/postgres/database.ts';
import { startPostgres } from '../test/postgres/server.ts';
import { FLEET_END, type FleetSize, fleetStatements } from './fleet-load.ts';
import { QUESTIONS } from './fleet-questions.ts';
import { type Spread, spreadOf } from './measure.ts';

export interface FleetFigures {
  readonly rows: number;
  /** Milliseconds by question. */
  readonly questions: Readonly<Record<string, Spread>>;
  /** Of a rollup by day, with its indexes. */
  readonly bytesOfRollup: number;
  readonly month: MonthFigures;
}

/** What the demo month of one repository takes in the database. */
export interface MonthFigures {
  readonly sessions: number;
  /** Milliseconds of an append with its rollups. */
  readonly append: Spread;
  /** Bytes for each session, with indexes: events, rollups by minute, by hour and by day. */
  readonly events: number;
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
  /** Bytes for each session of the pages of measures by minute, hour and day, packed. */
  readonly pages: Readonly<Record<'minute' | 'hour' | 'day', number>>;
  /** Bytes of the checkpoint, packed. */
  readonly checkpoint: number;
}

const TIMES = 7;

/** Loads a made-up fleet into a PostgreSQL of its own and asks it what people ask. */
export async function fleetBench(size: FleetSize): Promise<FleetFigures> {
  await using server = await startPostgres(['-c', 'fsync=off', '-c', 'max_wal_size=4GB']);
  await using owner = await makeDatabase(server.port);
  const database = openTestDatabase(owner.url);
  await furnish(database);
  const month = await demoMonth(owner, database);
  for (const statement of fleetStatements(size)) await owner.ask(statement);
  const questions: Record<string, Spread> = {};
  for (const [name, question] of Object.entries(QUESTIONS)) questions[name] = await timed(owner, question);
  const rows = await numberOf(owner, `select count(*) from checkrein.rollups where repo like 'octo/repo-%'`);
  const bytes = await sizeOf(owner, 'rollups_day');
  await database.close();
  return { rows, questions, bytesOfRollup: bytes / rows, month };
}

async function timed(owner: TestDatabase, question: string): Promise<Spread> {
  const times: number[] = [];
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now();
    await owner.ask(question);
    times.push(performance.now() - began);
  }
  return spreadOf(times);
}

/** Lives through the demo month in 90 looks, as an hourly watch of working hours would. */
async function demoMonth(owner: TestDatabase, database: Parameters<typeof furnish>[0]): Promise<MonthFigures> {
  const until = after(`${FLEET_END}T18:00:00.000Z`, 0);
  const fleet = demoFleet({ seed: 1, until, days: 30 });
  const store = postgresStore<LedgerState>(database, {
    repo: 'octo/month',
    format: STATE_TERMS.format ?? 1,
    projection: (before, now) => rollupRows(before?.rollups ?? null, now.rollups),
  });
  const ledger = treeLedger(store, stateFold, { repo: 'octo/month', now: () => until, ...STATE_TERMS });
  const times: number[] = [];
  for (let look = 1; look <= 90; look++) {
    const [from, to] = [look === 1 ? '' : after(until, (look - 91) * (DAY / 3)), after(until, (look - 90) * (DAY / 3))];
    const began = performance.now();
    await ledger.append(() => fleet.events.filter(({ seen }) => seen > from && seen <= to));
    times.push(performance.now() - began);
  }
  const sessions = fleet.events.filter(({ kind }) => kind === 'session.recorded').length;
  await owner.ask('vacuum full checkrein.events');
  await owner.ask('vacuum full checkrein.rollups');
  const pages = async (step: string): Promise<number> =>
    (await numberOf(
      owner,
      `select sum(octet_length(content)) from checkrein.documents where path like 'rollups/${step}/%'`,
    )) / sessions;
  const each = async (table: string): Promise<number> => (await sizeOf(owner, table)) / sessions;
  return {
    sessions,
    append: spreadOf(times),
    events: await each('events'),
    minutes: await each('rollups_minute'),
    hours: await each('rollups_hour'),
    days: await each('rollups_day'),
    pages: { minute: await pages('minute'), hour: await pages('hour'), day: await pages('day') },
    checkpoint: await numberOf(
      owner,
      `select octet_length(content) from checkrein.documents where path = 'state.json'`,
    ),
  };
}

/** Bytes of a table with all its partitions and indexes. */
function sizeOf(owner: TestDatabase, table: string): Promise<number> {
  return numberOf(owner, `select sum(pg_total_relation_size(relid)) from pg_partition_tree('checkrein.${table}')`);
}

async function numberOf(owner: TestDatabase, question: string): Promise<number> {
  const [row = {}] = await owner.ask(question);
  return Number(Object.values(row)[0]);
}
