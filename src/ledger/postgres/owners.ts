import { type RawBuilder, sql, type Transaction } from 'kysely';
import {
  type OwnerQuarter,
  type OwnerQuery,
  type OwnerUse,
  SHARED_UNITS,
  type SharedAmounts,
  type SharedBooks,
  type SharedUnit,
  type SharedUse,
  type UseRow,
} from '../../core/owner-use.ts';
import { fromMs, type Instant } from '../../core/time.ts';
import type { Tables } from './schema.ts';

type Db = Transaction<Tables>;

/** The version of the shared form: a ledger that has shared another form shares everything again. */
export const SHARED_FORM = 1;

const LOCK_SPACE = 4_201;

/** Until it ends, lets only this transaction decide about what the repositories of an owner may use together. */
export async function lockOwner(db: Db, repo: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK_SPACE}, hashtext(checkrein.owner_of(${repo})))`.execute(db);
}

/** Overwrites the days that have changed, and everything held if that has changed. */
export async function putShared(db: Db, repo: string, { days, held }: SharedBooks, afresh: boolean): Promise<void> {
  if (afresh) await sql`delete from checkrein.uses where repo = ${repo}`.execute(db);
  for (const { day, rows } of days) {
    const begin = sql`${day}::timestamp at time zone 'UTC'`;
    await sql`delete from checkrein.uses where repo = ${repo} and at >= ${begin} and at < ${begin} + interval '1 day'`.execute(
      db,
    );
    if (rows.length > 0) await insertUses(db, repo, rows);
  }
  if (held === null) return;
  await sql`delete from checkrein.held where repo = ${repo}`.execute(db);
  await sql`
    insert into checkrein.held (repo, lease, at, until, usd, tokens, minutes, runs)
    select ${repo}, lease, at, until, (amounts ->> 'usd')::double precision, (amounts ->> 'tokens')::double precision,
      (amounts ->> 'minutes')::double precision, (amounts ->> 'runs')::double precision
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as rows (
      lease text, at timestamptz, until timestamptz, amounts jsonb)`.execute(db);
}

async function insertUses(db: Db, repo: string, rows: readonly UseRow[]): Promise<void> {
  const records = rows.map(({ at, agent, ...parts }) => ({
    at,
    agent: agent.replaceAll('\0', ''),
    ...Object.fromEntries(SHARED_UNITS.map((unit) => [unit, amountsOf(parts, unit)])),
  }));
  await sql`
    insert into checkrein.uses (repo, at, agent, usd, tokens, minutes, runs)
    select ${repo}, at, agent, usd, tokens, minutes, runs
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as rows (
      at timestamptz, agent text, usd double precision[], tokens double precision[], minutes double precision[],
      runs double precision[])`.execute(db);
}

/** In the order of the columns. */
function amountsOf(parts: Omit<UseRow, 'at' | 'agent'>, unit: SharedUnit): readonly number[] {
  return [parts.known[unit], parts.pieces[unit], parts.assumed[unit], parts.guessed[unit], parts.uncounted[unit]];
}

/** What the other repositories of an owner have used and hold, in one statement that uses the owner's keys. */
export async function readOwner(db: Db, repo: string, query: OwnerQuery): Promise<OwnerUse> {
  const { rows } = await ownerStatement(repo, query).execute(db);
  const row = rows[0] ?? {};
  const number = (name: string): number => Number(row[name] ?? 0);
  const use = (unit: SharedUnit): SharedUse => ({
    known: number(`${unit}_1`) + number(`${unit}_spent`),
    pieces: number(`${unit}_2`),
    assumed: number(`${unit}_3`),
    guessed: number(`${unit}_4`),
    uncounted: number(`${unit}_5`),
    reserved: number(`${unit}_reserved`),
  });
  return {
    query,
    units: { usd: use('usd'), tokens: use('tokens'), minutes: use('minutes'), runs: use('runs') },
    leases: number('leases'),
    repositories: number('repositories'),
    silent: number('silent'),
  };
}

/** The statement of `readOwner`. */
export function ownerStatement(
  repo: string,
  { from, to, now }: OwnerQuery,
): RawBuilder<Readonly<Record<string, string | number | null>>> {
  const sums = SHARED_UNITS.flatMap((unit) =>
    [1, 2, 3, 4, 5].map((place) => sql`sum(${sql.ref(unit)}[${sql.lit(place)}]) as ${sql.ref(`${unit}_${place}`)}`),
  );
  const holds = SHARED_UNITS.flatMap((unit) => [
    sql`sum(${sql.ref(unit)}) filter (where until is null) as ${sql.ref(`${unit}_spent`)}`,
    sql`sum(${sql.ref(unit)}) filter (where until is not null) as ${sql.ref(`${unit}_reserved`)}`,
  ]);
  const quarter = sql`date_bin('15 minutes', ${from}::timestamptz, timestamptz '2000-01-01 00:00:00+00')`;
  return sql`
    select * from (
      select ${sql.join(sums)} from checkrein.uses
      where owner = checkrein.owner_of(${repo}) and at >= ${quarter} and at < ${to}::timestamptz and repo <> ${repo}
    ) used, (
      select ${sql.join(holds)}, count(*) filter (where until is not null) as leases from checkrein.held
      where owner = checkrein.owner_of(${repo}) and at >= ${from}::timestamptz and at < ${to}::timestamptz
        and repo <> ${repo} and (until is null or until > ${now}::timestamptz)
    ) held, (
      select count(*) as repositories,
        count(*) filter (
          where (written < now() - interval '1 day' or shared <> ${SHARED_FORM}) and written >= now() - interval '3 days'
        ) as silent
      from checkrein.ledgers where owner = checkrein.owner_of(${repo}) and repo <> ${repo}
    ) known`;
}

/**
 * What the other repositories of an owner used together since then, by quarters of an hour, including what was settled and is
 * not on record yet; oldest first. At most one row per quarter, however many repositories there are.
 */
export async function readQuarters(db: Db, repo: string, since: Instant): Promise<readonly OwnerQuarter[]> {
  const { rows } = await quartersStatement(repo, since).execute(db);
  return rows.map((row) => {
    const amounts = (what: string): SharedAmounts => {
      const amount = (unit: SharedUnit): number => Number(row[`${unit}_${what}`] ?? 0);
      return { usd: amount('usd'), tokens: amount('tokens'), minutes: amount('minutes'), runs: amount('runs') };
    };
    return { at: fromMs(Number(row['at'])), known: amounts('known'), told: amounts('told'), pieces: amounts('pieces') };
  });
}

/** The statement of `readQuarters`. */
export function quartersStatement(
  repo: string,
  since: Instant,
): RawBuilder<Readonly<Record<string, string | number | null>>> {
  const sums = SHARED_UNITS.flatMap((unit) => {
    const part = (place: number): RawBuilder<unknown> => sql`${sql.ref(unit)}[${sql.lit(place)}]`;
    return [
      sql`sum(${part(1)}) as ${sql.ref(`${unit}_known`)}`,
      sql`sum(${part(2)}) as ${sql.ref(`${unit}_told`)}`,
      sql`sum(${part(2)} + ${part(4)} + ${part(5)}) as ${sql.ref(`${unit}_pieces`)}`,
    ];
  });
  const quarterOf = (at: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`date_bin('15 minutes', ${at}, timestamptz '2000-01-01 00:00:00+00')`;
  const from = quarterOf(sql`${since}::timestamptz`);
  const spent = SHARED_UNITS.map((unit) => sql`array[${sql.ref(unit)}, 0, 0, 0, 0] as ${sql.ref(unit)}`);
  return sql`
    select extract(epoch from at) * 1000 as at, ${sql.join(sums)} from (
      select at, usd, tokens, minutes, runs from checkrein.uses
      where owner = checkrein.owner_of(${repo}) and at >= ${from} and repo <> ${repo}
      union all
      select ${quarterOf(sql`at`)} as at, ${sql.join(spent)} from checkrein.held
      where owner = checkrein.owner_of(${repo}) and at >= ${from} and repo <> ${repo} and until is null
    ) parts group by at order by at`;
}
