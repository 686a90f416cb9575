import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import { idsIn, ledgerOn } from '../contract/ledger-sites.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from './database.ts';
import { type PostgresServer, startPostgres } from './server.ts';

/** 200 kills: of writers, of the processes of the server that serve them, and of the whole server. */
const KILLS = { writer: 110, backend: 70, server: 20 } as const;
const WRITERS = 3;

let server: PostgresServer;
let owner: TestDatabase;
let folder = '';

beforeAll(async () => {
  // A killed process loses nothing that the system has already taken; that a power cut loses nothing is PostgreSQL's own promise.
  server = await startPostgres(['-c', 'fsync=off']);
  owner = await makeDatabase(server.port);
  folder = await mkdtemp(join(tmpdir(), 'kills-'));
  // In one file, so that a hundred processes do not spend their lives loading modules.
  await build({
    input: join(import.meta.dirname, 'writer.ts'),
    platform: 'node',
    output: { file: join(folder, 'writer.mjs'), format: 'esm' },
  });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Writer {
  readonly name: string;
  readonly process: ChildProcess;
  acknowledged: number;
  dead: boolean;
  complaint: string;
}

function startWriter(name: string): Writer {
  const process_ = spawn(process.execPath, [join(folder, 'writer.mjs'), owner.url, name]);
  const writer: Writer = { name, process: process_, acknowledged: 0, dead: false, complaint: '' };
  process_.stdout.on('data', (text) => {
    writer.acknowledged += String(text).split('\n').length - 1;
  });
  process_.stderr.on('data', (text) => {
    writer.complaint += String(text);
  });
  process_.on('exit', () => {
    writer.dead = true;
  });
  return writer;
}

const sleep = (duration: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, duration);
  });

/** Numbers in [0, 1) that are the same in each run of a seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function killWriter(writers: Writer[], all: Writer[]): Promise<void> {
  // One that has not begun to write could lose nothing.
  const ripe = (): number => writers.findIndex(({ acknowledged, dead }) => acknowledged > 0 || dead);
  while (ripe() === -1) await sleep(2);
  const slot = ripe();
  const writer = writers[slot];
  if (writer === undefined) throw new Error('there is no writer');
  writer.process.kill('SIGKILL');
  const next = startWriter(`w${all.length}`);
  all.push(next);
  writers[slot] = next;
}

async function killBackend(): Promise<void> {
  await owner.ask(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'checkrein'
      order by random() limit 1`,
    [owner.name],
  );
}

async function killServer(): Promise<void> {
  const [pid = ''] = (await readFile(join(server.folder, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await server.start();
}

test('200 random kills of writers and server lose no acknowledged event and double none', {
  timeout: 600_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const random = dice(seed);
  const kills = Object.entries(KILLS).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  kills.sort(() => random() - 0.5);
  const all = Array.from({ length: WRITERS }, (_, n) => startWriter(`w${n}`));
  const writers = [...all];
  for (const kind of kills) {
    await sleep(random() * 60);
    if (kind === 'writer') await killWriter(writers, all);
    else if (kind === 'backend') await killBackend();
    else await killServer();
  }
  // The kills are over; those who are left get on, on a busy machine too.
  while (all.reduce((sum, { acknowledged }) => sum + acknowledged, 0) <= KILLS.writer) await sleep(5);
  for (const { process: each } of writers) each.kill('SIGKILL');
  while (all.some(({ dead }) => !dead)) await sleep(5);
  expect(all.map(({ complaint }) => complaint).join(''), `seed ${seed}`).toBe('');

  const database = openTestDatabase(owner.url);
  const ledger = ledgerOn(postgresStore(database, { repo: 'octo/repo', format: 1, projection: () => [] }));
  const ids = await idsIn(ledger);
  const there = new Set(ids);
  expect(there.size, `seed ${seed}: doubled`).toBe(ids.length);
  const acknowledged = all.flatMap(({ name, acknowledged: count }) =>
    Array.from({ length: count }, (_, n) => `${name}-${n + 1}`),
  );
  expect(
    acknowledged.filter((id) => !there.has(id) || !there.has(`${id}'`)),
    `seed ${seed}: lost`,
  ).toEqual([]);
  expect(
    ids.filter((id) => !there.has(id.endsWith("'") ? id.slice(0, -1) : `${id}'`)),
    `seed ${seed}: half`,
  ).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(KILLS.writer);
  expect(all.length).toBe(WRITERS + KILLS.writer);
  expect(await ledger.verify(), `seed ${seed}`).toMatchObject({ ok: true, events: ids.length, quarantined: [] });
  expect((await ledger.read()).state.events).toBe(ids.length);
  await database.close();
});
