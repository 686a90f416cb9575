import { sql, type Transaction } from 'kysely';
import { unpackSpread } from '../../core/packed-spread.ts';
import type { RollupRow } from '../../core/rollup-row.ts';
import { monthOf } from '../../core/time.ts';
import type { Tables } from './schema.ts';

/** How many rows go into one statement. */
const ROWS_AT_ONCE = 5_000;

/** Upserts rows in batches, and deletes those that are empty. */
export async function putRollups(db: Transaction<Tables>, repo: string, rows: readonly RollupRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE);
    const gone = some.filter(({ aggregate }) => aggregate === null);
    if (gone.length > 0) await remove(db, repo, gone);
    if (gone.length < some.length)
      await upsert(
        db,
        repo,
        some.filter(({ aggregate }) => aggregate !== null),
      );
  }
}

/** The months of each rollup table that contain some rows, as their first days. */
export function monthsOfRollups(rows: readonly RollupRow[]): ReadonlySet<string> {
  return new Set(rows.map(({ step, at }) => `rollups_${step} ${monthOf(at)}`));
}

/** The database reads the rows from one JSON text, so the statement has the same length for any number of them. */
async function upsert(db: Transaction<Tables>, repo: string, rows: readonly RollupRow[]): Promise<void> {
  await sql`
    insert into checkrein.rollups
      (repo, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts)
    select ${repo}, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts
    from jsonb_to_recordset(${jsonText(rows.map(record))}::jsonb) as rows (
      metric text, step text, at timestamptz, labels jsonb, count bigint, sum double precision, min double precision,
      max double precision, unknown bigint, zeros bigint, bins integer[], counts bigint[])
    on conflict (repo, metric, step, at, labels) do update set
      count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, unknown = excluded.unknown,
      zeros = excluded.zeros, bins = excluded.bins, counts = excluded.counts`.execute(db);
}

async function remove(db: Transaction<Tables>, repo: string, rows: readonly RollupRow[]): Promise<void> {
  await sql`
    delete from checkrein.rollups
    using jsonb_to_recordset(${jsonText(rows.map(key))}::jsonb) as gone (
      metric text, step text, at timestamptz, labels jsonb)
    where rollups.repo = ${repo} and rollups.metric = gone.metric and rollups.step = gone.step
      and rollups.at = gone.at and rollups.labels = gone.labels`.execute(db);
}

function key({ metric, step, at, labels }: RollupRow): Readonly<Record<string, unknown>> {
  return { metric, step, at: bcOf(at), labels };
}

function record(row: RollupRow): Readonly<Record<string, unknown>> {
  const { aggregate } = row;
  const spread = row.spread === null ? null : unpackSpread(row.spread);
  return {
    ...key(row),
    ...aggregate,
    zeros: spread?.zeros ?? null,
    bins: spread?.bins.map(([bin]) => bin) ?? null,
    counts: spread?.bins.map(([, count]) => count) ?? null,
  };
}

/** PostgreSQL has no year 0. */
function bcOf(at: string): string {
  return at.startsWith('0000') ? `0001${at.slice(4)} BC` : at;
}

/** jsonb accepts neither NUL nor lone surrogates, the only characters that the engine writes with these escapes. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd');
}
