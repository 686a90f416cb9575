import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type LeaseDesk, settleLease, takeLease } from '../../src/app/ledger/lease.ts';
import { storeIn } from '../../src/app/ledger/postgres-ledger.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { Budget } from '../../src/budgets/budget.ts';
import { ownerQueries } from '../../src/budgets/others.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { OwnerUse } from '../../src/core/owner-use.ts';
import { HOUR, type Instant, after as later, MINUTE } from '../../src/core/time.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { lockOwner, ownerStatement } from '../../src/ledger/postgres/owners.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { runCompleted, sessionRecorded } from '../kit/happenings.ts';
import { leaseRequest, sourceRead } from '../kit/leases.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from './database.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const DAY_BUDGET: Budget = { name: 'org-day', scope: 'organisation', period: 'day', usd: 40, warn_at: [] };

let made: TestDatabase;
const open: Database[] = [];

beforeAll(async () => {
  made = await makeDatabase(inject('postgresPort'));
});

afterAll(async () => {
  await Promise.all(open.map((database) => database.close()));
  await made[Symbol.asyncDispose]();
});

function connect(): Database {
  const database = openTestDatabase(made.url);
  open.push(database);
  return database;
}

/** Waits a tenth of the time: it is the chance in the waiting that parts writers who met. */
function brief(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration / 10);
  });
}

function ledgerOf(database: Database, repo: string): Ledger<LedgerState> {
  return treeLedger(storeIn(database, repo), stateFold, { repo, now: () => NOW, sleep: brief, ...STATE_TERMS });
}

function deskOf(database: Database, repo: string, now: Instant = NOW, budgets = [DAY_BUDGET]): LeaseDesk {
  return { repo, now, config: { budgets }, ledger: ledgerOf(database, repo), sleep: brief };
}

function ofRepo(repo: string, events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  return events.map((event) => ({ ...event, repo }));
}

async function othersOf(ledger: Ledger<LedgerState>, budget: Budget = DAY_BUDGET): Promise<OwnerUse> {
  const [use] = (await ledger.owner?.read(ownerQueries([budget], NOW))) ?? [];
  if (use === undefined) throw new Error('nobody answered');
  return use;
}

describe('what the other repositories of an owner use', () => {
  test('is their sessions of the period, without our own and without those of other owners', async () => {
    const database = connect();
    const at = '2026-11-21T09:30:00.000Z';
    const work = (run: number, usd: number, when = at): readonly LedgerEvent[] => [
      runCompleted({ id: run, at: when }),
      sessionRecorded({ run, at: when, usd }),
    ];
    for (const [repo, usd] of [
      ['Sums/one', 3],
      ['sums/two', 4.5],
      ['sums/three', 5],
      ['sumsome/four', 100],
    ] as const) {
      const before = work(2, 50, '2026-11-20T23:59:00.000Z');
      await ledgerOf(database, repo).append(() => ofRepo(repo, [sourceRead(NOW), ...work(1, usd), ...before]));
    }
    const use = await othersOf(ledgerOf(database, 'sums/three'));
    expect(use.units.usd).toEqual({ known: 7.5, pieces: 2, assumed: 0, guessed: 0, uncounted: 0, reserved: 0 });
    // Each run of the kit lasts four minutes and uses 1,200 tokens.
    expect(use.units.minutes.known).toBe(8);
    expect(use.units.tokens.known).toBe(2_400);
    expect(use.units.runs.known).toBe(2);
    expect(use).toMatchObject({ repositories: 2, silent: 0, leases: 0 });
    // The day before lies in a week as well.
    const week = await othersOf(ledgerOf(database, 'sums/three'), { ...DAY_BUDGET, period: 'week' });
    expect(week.units.usd.known).toBe(107.5);

    // What is corrected later is corrected there, and not added.
    await ledgerOf(database, 'sums/two').append(() => ofRepo('sums/two', work(3, 1)));
    expect((await othersOf(ledgerOf(database, 'sums/three'))).units.usd.known).toBe(8.5);
  });

  test('is told by quarters of an hour too, with what was settled and is not on record yet', async () => {
    const database = connect();
    const work = (run: number, usd: number, at: Instant): readonly LedgerEvent[] => [
      runCompleted({ id: run, at }),
      sessionRecorded({ run, at, usd }),
    ];
    const noon = '2026-11-20T12:00:00.000Z';
    for (const [repo, usd] of [
      ['quarters/one', 3],
      ['Quarters/two', 4.5],
      ['quarters/mine', 50],
      ['quarter/else', 100],
    ] as const) {
      const events = [...work(1, usd, later(noon, 14 * MINUTE)), ...work(2, 1, later(noon, 15 * MINUTE))];
      await ledgerOf(database, repo).append(() => ofRepo(repo, [sourceRead(NOW), ...events]));
    }
    await made.ask(`insert into checkrein.held values
      ('quarters/one', default, 'lease:8', '2026-11-20 12:20Z', null, 2, 0, 0, 0),
      ('quarters/one', default, 'lease:9', '2026-11-20 12:20Z', '2026-11-22 12:00Z', 9, 0, 0, 0)`);
    const { owner } = ledgerOf(database, 'quarters/mine');
    const told = await owner?.quarters('2026-11-20T00:00:00.000Z');
    expect(told?.map(({ at, known, told: some, pieces }) => [at, known.usd, some.usd, pieces.runs])).toEqual([
      [noon, 7.5, 2, 2],
      ['2026-11-20T12:15:00.000Z', 4, 2, 2],
    ]);
    expect(await owner?.quarters('2026-11-20T12:30:00.000Z')).toEqual([]);
    expect((await owner?.quarters('2026-11-20T12:20:00.000Z'))?.length).toBe(1);
  });

  test('is not proven while one of them has been silent, or was last written by a version that shares nothing', async () => {
    const database = connect();
    for (const repo of ['quiet/one', 'quiet/two', 'quiet/three', 'quiet/four']) {
      await ledgerOf(database, repo).append(() => ofRepo(repo, [sourceRead(NOW)]));
    }
    await made.ask(`update checkrein.ledgers set written = now() - interval '30 hours' where repo = 'quiet/two'`);
    await made.ask(`update checkrein.ledgers set shared = 0 where repo = 'quiet/three'`);
    await made.ask(`update checkrein.ledgers set written = now() - interval '9 days' where repo = 'quiet/four'`);
    expect(await othersOf(ledgerOf(database, 'quiet/one'))).toMatchObject({ repositories: 3, silent: 2 });
    const answer = await takeLease(deskOf(database, 'quiet/one'), leaseRequest(1));
    expect(answer).toMatchObject({ kind: 'unknown', lease: null });
    expect(answer.reason).toContain('nothing was heard of 2 of its repositories for more than a day');
  });

  test('is found by the keys of the owner, whatever else is in the database', async () => {
    const database = connect();
    await ledgerOf(database, 'plans/one').append(() => ofRepo('plans/one', [sourceRead(NOW)]));
    await made.ask(`insert into checkrein.ledgers (repo, version)
      select 'owner-' || n % 50 || '/repo-' || n, gen_random_uuid() from generate_series(1, 5000) n on conflict do nothing`);
    await made.ask(`insert into checkrein.uses (repo, at, agent, usd, tokens, minutes, runs)
      select 'owner-' || n % 50 || '/repo-' || n, timestamptz '2026-11-21 00:00:00Z' - day * interval '1 day', 'fixer',
        '{1,1,0,0,0}', '{1,1,0,0,0}', '{1,1,0,0,0}', '{1,1,0,0,0}' from generate_series(1, 2000) n, generate_series(0, 29) day`);
    await made.ask(`insert into checkrein.held (repo, lease, at, until, usd, tokens, minutes, runs)
      select 'owner-' || n % 50 || '/repo-' || n, 'lease:' || n || ':' || day, timestamptz '2026-11-21 00:00:00Z' - day * interval '1 day',
        null, 1, 1, 1, 1 from generate_series(1, 2000) n, generate_series(0, 9) day`);
    await made.ask('analyze checkrein.ledgers, checkrein.uses, checkrein.held');
    const query = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z', now: NOW };
    const plan = await database.read(async (db) => {
      const { rows } = await sql<
        Record<string, string>
      >`explain (costs off) ${ownerStatement('owner-7/x', query)}`.execute(db);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).not.toMatch(/Seq Scan/);
    expect(plan).toMatch(/Scan (?:using|on) uses_owner_at_idx/);
    expect(plan).toMatch(/Scan (?:using|on) held_owner_at_idx/);
    expect(plan).toMatch(/Scan (?:using|on) ledgers_owner/);
    expect(plan).toMatch(/Index Cond: \(\(owner = 'owner-7'::text\) AND \(at >= .*\) AND \(at < /);
    const use = await othersOf(ledgerOf(database, 'owner-7/x'), { ...DAY_BUDGET, period: { rolling: 7 * 24 * HOUR } });
    // 40 repositories, a dollar a day on seven days, and a dollar that was settled and is not on record yet.
    expect(use.units.usd.known).toBe(40 * 7 + 40 * 7);
  });
});

describe('leases against the budget of an organisation', () => {
  test('are judged one after the other, by what the others hold when it is their turn', async () => {
    const [mine, theirs] = [connect(), connect()];
    for (const repo of ['turns/one', 'turns/two']) {
      await ledgerOf(mine, repo).append(() => ofRepo(repo, [sourceRead(NOW)]));
    }
    const steps: string[] = [];
    let asked: Promise<unknown> = Promise.resolve();
    await theirs.write(
      async (db) => {
        await lockOwner(db, 'Turns/two');
        // There is room for it now, and there will not be when the other has written.
        asked = takeLease(deskOf(mine, 'turns/one'), leaseRequest(1)).then((answer) => {
          steps.push('answered');
          return answer;
        });
        await brief(5_000);
        steps.push('written');
        await sql`insert into checkrein.held values ('turns/two', default, 'lease:9', ${NOW}::timestamptz, ${later(NOW, HOUR)}::timestamptz, 39, 0, 0, 0)`.execute(
          db,
        );
      },
      async () => true,
    );
    const answer = await asked;
    expect(steps).toEqual(['written', 'answered']);
    expect(answer).toMatchObject({ kind: 'deny', lease: null });
    expect((await ledgerOf(mine, 'turns/one').read()).state.budgets.leases).toEqual({});
  });

  test('of 100 guards in ten repositories at once never overspend, and what is settled is free for all', {
    timeout: 240_000,
  }, async () => {
    const repos = Array.from({ length: 10 }, (_, n) => `crowd/repo-${n}`);
    const databases = new Map(repos.map((repo) => [repo, connect()]));
    const of = (repo: string): Database => databases.get(repo) ?? connect();
    for (const repo of repos) await ledgerOf(of(repo), repo).append(() => ofRepo(repo, [sourceRead(NOW)]));

    // Room for twenty sessions of two dollars, whoever takes them.
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const repo = repos[n % 10] ?? '';
        return takeLease(deskOf(of(repo), repo), leaseRequest(n + 1));
      }),
    );
    const taken = answers.filter(({ lease }) => lease !== null);
    expect(answers.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    expect(taken).toHaveLength(20);
    const held = await Promise.all(
      repos.map(async (repo) => (await ledgerOf(of(repo), repo).read()).state.budgets.leases),
    );
    expect(
      held.flatMap((leases) => Object.values(leases)).reduce((sum, { reserved }) => sum + (reserved.usd ?? 0), 0),
    ).toBe(40);
    expect((await othersOf(ledgerOf(of('crowd/repo-0'), 'crowd/none'))).units.usd.reserved).toBe(40);

    // Eight settle for half a dollar: 24 + 4 = 28 of 40 are held, room for six more, in any repository.
    const places = held.flatMap((leases, n) => Object.values(leases).map((lease) => ({ lease, repo: repos[n] ?? '' })));
    const spent = { usd: 0.5, tokens: null, minutes: null };
    for (const { lease, repo } of places.slice(0, 8)) {
      expect(await settleLease(deskOf(of(repo), repo, later(NOW, MINUTE)), lease, spent)).toBe(true);
    }
    const more = await Promise.all(
      Array.from({ length: 12 }, (_, n) => {
        const repo = repos[n % 3] ?? '';
        return takeLease(deskOf(of(repo), repo, later(NOW, MINUTE)), leaseRequest(1_000 + n));
      }),
    );
    expect(more.filter(({ lease }) => lease !== null)).toHaveLength(6);

    // When their time is over the rest hold nothing; what was settled is spent.
    const [repo = ''] = repos;
    const free = await takeLease(deskOf(of(repo), repo, later(NOW, HOUR + 2 * MINUTE)), leaseRequest(2_000));
    expect(free.left).toEqual([{ budget: 'org-day', unit: 'usd', left: 40 - 8 * 0.5 - 2, limit: 40 }]);
  });
});
