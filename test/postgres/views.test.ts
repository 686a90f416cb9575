import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { after, DAY, dayOf, HOUR, type Instant } from '../../src/core/time.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { rollupRows } from '../../src/metrics/rollup-rows.ts';
import { demoFleet } from '../../src/sources/demo/fleet.ts';
import { violationFound } from '../kit/happenings.ts';
import { makeDatabase, openTestDatabase, type TestDatabase } from './database.ts';

const END: Instant = '2026-11-20T18:00:00.000Z';
const REPO = 'octo/views';
const { events } = demoFleet({ seed: 3, until: END, days: 5 });
const sign = { amount: 2, limit: null };
const violations: readonly LedgerEvent[] = [
  violationFound({
    at: after(END, -HOUR),
    run: 7,
    signs: [
      { ...sign, what: 'write_tool', name: 'Edit' },
      { ...sign, what: 'usd', name: null },
    ],
  }),
  violationFound({ at: after(END, -2 * HOUR), run: 8, kind: 'timeout', agent: 'triage', signs: [] }),
];

let owner: TestDatabase;
let database: Database;

beforeAll(async () => {
  owner = await makeDatabase(inject('postgresPort'));
  database = openTestDatabase(owner.url);
  const store = postgresStore(database, {
    repo: REPO,
    format: STATE_TERMS.format ?? 1,
    projection: (before: typeof stateFold.initial | null, now) => rollupRows(before?.rollups ?? null, now.rollups),
  });
  const ledger = treeLedger(store, stateFold, { repo: REPO, now: () => END, ...STATE_TERMS });
  await ledger.append(() => [...events, ...violations]);
});

afterAll(async () => {
  await database.close();
  await owner[Symbol.asyncDispose]();
});

const sessions = events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
const spent = (of: readonly { readonly cost: { readonly usd: number | null } }[]): number =>
  of.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0);

describe('the views in PostgreSQL', () => {
  test('sessions has a row for each recorded session, with its cost and tokens', async () => {
    const [row] = await owner.ask(
      `select count(*)::integer as sessions, sum(usd) as usd, sum(tokens_total)::bigint::text as tokens,
        count(distinct agent)::integer as agents from checkrein.sessions where repo = $1`,
      [REPO],
    );
    expect(sessions.length).toBeGreaterThan(50);
    expect(row).toMatchObject({
      sessions: sessions.length,
      agents: new Set(sessions.map(({ agent }) => agent)).size,
      tokens: String(sessions.reduce((sum, { tokens }) => sum + (tokens.total ?? 0), 0)),
    });
    expect(row?.['usd']).toBeCloseTo(spent(sessions), 6);
  });

  test('daily_spend has the same dollars, day by day', async () => {
    const day = dayOf(after(END, -2 * DAY));
    const rows = await owner.ask(
      `select agent, usd from checkrein.daily_spend where repo = $1 and day = $2::date order by agent`,
      [REPO, day],
    );
    const ofDay = sessions.filter(({ startedAt }) => startedAt !== null && dayOf(startedAt) === day);
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.reduce((sum, { usd }) => sum + Number(usd), 0)).toBeCloseTo(spent(ofDay), 6);
  });

  test('violations names who, of which kind and by what', async () => {
    const rows = await owner.ask(
      `select agent, kind, severity, session, run::integer, detail, day::text from checkrein.violations where repo = $1 order by run`,
      [REPO],
    );
    const day = dayOf(END);
    expect(rows).toEqual([
      expect.objectContaining({ agent: 'fixer', kind: 'readOnly', run: 7, detail: 'write_tool Edit, usd', day }),
      expect.objectContaining({ agent: 'triage', kind: 'timeout', run: 8, detail: null, session: 'session:8:1:1' }),
    ]);
    expect(rows.every(({ severity }) => ['info', 'warning', 'critical'].includes(String(severity)))).toBe(true);
  });

  test('improvements can be asked, and is empty', async () => {
    expect(await owner.ask('select * from checkrein.improvements')).toEqual([]);
  });
});
