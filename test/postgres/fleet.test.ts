import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FLEET_END, fleetStatements, ROWS_A_DAY } from '../../bench/fleet-load.ts';
import { QUESTIONS } from '../../bench/fleet-questions.ts';
import { packSpread } from '../../src/core/packed-spread.ts';
import { quantile, sketchOf } from '../../src/core/sketch.ts';
import { furnish } from '../../src/ledger/postgres/migrate.ts';
import { putRollups } from '../../src/ledger/postgres/rollups.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from './database.ts';

/** The fleet of bench/fleet.ts, smaller. */
const SIZE = { repos: 60, days: 45 };

let owner: TestDatabase;

beforeAll(async () => {
  owner = await makeDatabase(inject('postgresPort'));
  const database = openTestDatabase(owner.url);
  await furnish(database);
  await database.close();
  for (const statement of fleetStatements(SIZE)) await owner.ask(statement);
}, 120_000);

afterAll(async () => {
  await owner[Symbol.asyncDispose]();
});

async function planOf(question: string): Promise<string> {
  return (await owner.ask(`explain (costs off) ${question}`)).map((row) => row['QUERY PLAN']).join('\n');
}

describe('the questions about a fleet', () => {
  test('are asked of as many rows as were made up', async () => {
    const [row] = await owner.ask('select count(*)::integer as rows from checkrein.rollups');
    expect(row).toEqual({ rows: SIZE.repos * SIZE.days * ROWS_A_DAY });
  });

  test('spend by repository is the sum of its agents over 30 days', async () => {
    const rows = await owner.ask(QUESTIONS['spend by repository, 30 days']);
    expect(rows).toHaveLength(20);
    // Each day agent a of repository r costs r × a / 100 dollars; two agents, 30 days.
    expect(rows[0]?.['repo']).toBe('octo/repo-00060');
    expect(rows[0]?.['usd']).toBeCloseTo((60 * (1 + 2) * 30) / 100, 6);
    expect(rows[19]?.['usd']).toBeCloseTo((41 * (1 + 2) * 30) / 100, 6);
  });

  test('the worst agents are those of which most sessions failed', async () => {
    const rows = await owner.ask(QUESTIONS['worst agents, 30 days']);
    // (r + a) mod 7 of 7 sessions fail each day, so 6 of 7 at most: first r = 4 with a = 2.
    expect(rows[0]).toEqual({ repo: 'octo/repo-00004', agent: 'agent-2', failed: 6 / 7 });
    expect(rows[1]).toMatchObject({ repo: 'octo/repo-00005', agent: 'agent-1' });
  });

  test('p95 by tool is that of the merged sketches', async () => {
    const rows = await owner.ask(QUESTIONS['p95 by tool, 30 days']);
    expect(rows.map(({ tool }) => tool)).toEqual(['tool-1', 'tool-2', 'tool-3', 'tool-4']);
    for (const [index, row] of rows.entries()) {
      const first = (index + 1) * 50;
      const times = SIZE.repos * 31 * 2;
      const bins = Array.from({ length: 20 }, (_, n) => [first + n, times] as const);
      const data = { count: times * 20, sum: 1, min: 0, max: Number.MAX_VALUE, zeros: 0, bins };
      expect(row['latency_ms']).toBeCloseTo(quantile(data, 0.95) ?? Number.NaN, 9);
      expect(Number(row['calls'])).toBe(times * 20);
    }
  });

  test.each(Object.entries(QUESTIONS))(
    '%s uses the key of metric and time, and only the months it asks for',
    async (_name, question) => {
      const plan = await planOf(question);
      expect(plan).toMatch(/Index (?:Only )?Scan (?:using|on) rollups_day_2026_1[01]_metric_at_idx/);
      expect(plan).toMatch(/Index Cond: \(\(metric = '[\w.]+'::text\) AND \(at >/);
      // Nothing is scanned from end to end but the two partitions outside of time, which are empty.
      expect(plan.match(/Seq Scan on \w+/g)?.filter((scan) => !/_(?:early|late)$/.test(scan)) ?? []).toEqual([]);
      expect(plan).not.toMatch(/2026_0[1-9]/);
    },
  );

  test('one repository is found by its own key', async () => {
    const plan = await planOf(
      `select at, sum from checkrein.rollups where repo = 'octo/repo-00007' and metric = 'sessions.tokenUsage.cost' and step = 'day'
        and at > timestamptz '${FLEET_END} 00:00:00+00' - interval '7 days'`,
    );
    expect(plan).toMatch(/rollups_day_2026_11_pkey/);
    expect(plan).toMatch(/Index Cond: \(\(repo = 'octo\/repo-00007'::text\) AND \(metric = /);
  });
});

describe('quantiles in SQL', () => {
  test.each([
    ['many values', Array.from({ length: 1_000 }, (_, n) => 1 + ((n * 7_919) % 1_000) ** 2)],
    ['few values', [3, 1, 2]],
    ['one value', [42]],
    ['zeros among them', [0, 0, 0, 5, 9]],
    ['zeros alone', [0, 0]],
  ])('are those of the sketches of the program: %s', async (_name, values) => {
    const sketch = sketchOf(values);
    if (sketch === null) throw new Error('no sketch');
    const parameters = [sketch.zeros, sketch.bins.map(([bin]) => bin), sketch.bins.map(([, times]) => times)];
    for (const q of [0, 0.25, 0.5, 0.9, 0.95, 0.99, 1]) {
      const [row] = await owner.ask('select checkrein.quantile($1, $2, $3, $4) as value', [q, ...parameters]);
      // The program knows the least and the greatest value, and keeps within them.
      const clamped = Math.min(sketch.max, Math.max(sketch.min, Number(row?.['value'])));
      expect(clamped, `quantile ${q}`).toBeCloseTo(quantile(sketch, q) ?? Number.NaN, 6);
    }
  });

  test('of nothing is null', async () => {
    expect(await owner.ask(`select checkrein.quantile(0.5, 0, '{}', '{}') as value`)).toEqual([{ value: null }]);
  });

  test('of what was written through the store are found by tool, with labels of any text', async () => {
    const database = openTestDatabase(owner.url);
    const sketch = sketchOf([10, 20, 30]);
    if (sketch === null) throw new Error('no sketch');
    const { zeros, bins, ...aggregate } = sketch;
    await owner.ask(`select checkrein.make_month('rollups_day', '2025-05-01')`);
    const labels = { server: `it's "so"`, tool: 'nul \0 half \ud83d' };
    const row = { metric: 'session.tool.latency', labels, step: 'day', at: '2025-05-05T00:00:00.000Z' } as const;
    await database.write(
      (db) =>
        putRollups(db, 'octo/x', [
          { ...row, aggregate: { ...aggregate, unknown: 0 }, spread: packSpread({ zeros, bins }) },
        ]),
      async () => true,
    );
    const found = await owner.ask(`select * from checkrein.tool_latency('2025-05-01', '2025-06-01', 0.5)`);
    expect(found).toEqual([
      { server: `it's "so"`, tool: 'nul \ufffd half \ufffd', calls: '3', latency_ms: expect.closeTo(20, 0) },
    ]);
    await database.close();
  });
});
