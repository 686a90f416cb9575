import { type Kysely, sql } from 'kysely';

/**
 * The tables of the ledgers. Every key starts with the repository, so that its rows are adjacent and a distributed engine can
 * shard by it. The lines are the truth, byte by byte. The columns of an event are generated from its line by the database
 * itself, so that the two cannot differ.
 */
const TABLES = String.raw`
create function checkrein.readable(line bytea) returns jsonb
  language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
begin
  -- JSON may hold what jsonb cannot: NUL and halves of surrogate pairs.
  return regexp_replace(convert_from(line, 'UTF8'), '\\u(0000|d[89a-f][0-9a-f]{2})', '\\ufffd', 'gi')::jsonb;
exception when data_exception or program_limit_exceeded then
  return null;
end $$;

create table checkrein.ledgers (
  repo text collate "C" primary key,
  version uuid not null,
  -- How many lost partitions had been remade when the rollups were last written.
  losses integer not null default 0
);

create table checkrein.documents (
  repo text collate "C" not null,
  path text collate "C" not null,
  bytes integer not null,
  content bytea not null,
  primary key (repo, path)
);
-- Packed already.
alter table checkrein.documents alter column content set storage external;

create table checkrein.batches (
  repo text collate "C" not null,
  file integer not null,
  seq integer not null,
  line bytea not null,
  size integer not null generated always as (octet_length(line)) stored,
  primary key (repo, file, seq) include (size)
);

create table checkrein.events (
  repo text collate "C" not null,
  day date not null,
  seq integer not null,
  line bytea not null,
  size integer not null generated always as (octet_length(line)) stored,
  event jsonb generated always as (checkrein.readable(line)) stored,
  primary key (repo, day, seq) include (size)
) partition by range (day);
create index on checkrein.events (repo, (event ->> 'kind'), day);
create table checkrein.events_early partition of checkrein.events for values from (minvalue) to ('2015-01-01');
create table checkrein.events_late partition of checkrein.events for values from ('2100-01-01') to (maxvalue);

create table checkrein.rollups (
  repo text collate "C" not null,
  metric text collate "C" not null,
  step text collate "C" not null,
  at timestamptz not null,
  labels jsonb not null,
  count bigint not null,
  sum double precision not null,
  min double precision not null,
  max double precision not null,
  unknown bigint not null,
  zeros bigint,
  bins integer[],
  counts bigint[],
  -- 50 bits of a hash of the labels, with room for a bin beside them: grouping millions of bins by one number takes half the time.
  series bigint not null generated always as ((hashtextextended(labels::text, 0) >> 14) << 13) stored,
  primary key (repo, metric, step, at, labels)
) partition by list (step);
create index on checkrein.rollups (metric, at);
`;

const ROLLUP_STEPS = ['minute', 'hour', 'day'].map(
  (step) => `
create table checkrein.rollups_${step} partition of checkrein.rollups for values in ('${step}') partition by range (at);
create table checkrein.rollups_${step}_early partition of checkrein.rollups_${step}
  for values from (minvalue) to ('2015-01-01 00:00:00+00');
create table checkrein.rollups_${step}_late partition of checkrein.rollups_${step}
  for values from ('2100-01-01 00:00:00+00') to (maxvalue);`,
);

const PARTITIONS = String.raw`
-- The months that were made, so that one that is gone is known to be lost.
create table checkrein.months (
  parent text collate "C" not null,
  month date not null,
  primary key (parent, month)
);

create table checkrein.upkeep (
  one boolean primary key default true check (one),
  at timestamptz,
  losses integer not null default 0
);
insert into checkrein.upkeep default values;

-- How long rollups are kept beyond what the ledgers themselves remember. An administrator may change it.
create table checkrein.retention (
  parent text collate "C" primary key,
  keep interval not null
);
insert into checkrein.retention values
  ('rollups_minute', '1 day'), ('rollups_hour', '30 days'), ('rollups_day', '400 days');

create function checkrein.has_month(parent text, month date) returns boolean
  language sql volatile set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = ('checkrein.' || parent)::regclass
      and relname ~ ('^' || parent || '_' || to_char(month, 'YYYY_MM') || '(_\d+)?$')
  )
$$;

-- Makes the partition of a month where there is none; true when it was there before and has been lost.
create function checkrein.make_month(parent text, month date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first date := date_trunc('month', month)::date;
  bound text := case when parent = 'events' then '' else ' 00:00:00+00' end;
  base text := parent || '_' || to_char(first, 'YYYY_MM');
  name text := base;
  spare integer := 0;
  lost boolean;
begin
  if first < '2015-01-01' or first >= '2100-01-01' then return false; end if;
  if checkrein.has_month(parent, first) then return false; end if;
  -- One maker at a time; whoever waited for it looks again.
  perform pg_advisory_xact_lock(hashtext('checkrein.' || parent));
  if checkrein.has_month(parent, first) then return false; end if;
  -- A table of that name which is no partition was set aside by somebody, who may want it.
  while to_regclass('checkrein.' || name) is not null loop
    spare := spare + 1;
    name := base || '_' || spare;
  end loop;
  -- Made first and attached then, which does not keep others from reading and writing.
  execute format('create table checkrein.%I (like checkrein.%I including all)', name, parent);
  execute format(
    'alter table checkrein.%I attach partition checkrein.%I for values from (%L) to (%L)',
    parent, name, first || bound, (first + interval '1 month')::date || bound);
  insert into checkrein.months values (parent, first) on conflict do nothing;
  lost := not found;
  if lost then update checkrein.upkeep set losses = losses + 1; end if;
  return lost;
end $$;

-- Once a day, by whoever comes first: makes the months to come, drops those that nobody needs. Goes by the server's clock.
create function checkrein.keep_up() returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  old record;
  filled boolean;
begin
  update checkrein.upkeep set at = now() where at is null or at < now() - interval '20 hours' or at > now();
  if not found then return false; end if;
  perform checkrein.make_month(parent, (now() + ahead * interval '1 month')::date)
    from unnest(array['events', 'rollups_minute', 'rollups_hour', 'rollups_day']) parent, generate_series(0, 2) ahead;
  delete from checkrein.rollups where step = 'minute'
    and rollups.at < now() - (select keep from checkrein.retention where parent = 'rollups_minute');
  for old in
    select months.parent, months.month, child.relname, keep
    from checkrein.months left join checkrein.retention using (parent)
    join pg_inherits on inhparent = ('checkrein.' || months.parent)::regclass
    join pg_class child on child.oid = inhrelid
      and child.relname ~ ('^' || months.parent || '_' || to_char(month, 'YYYY_MM') || '(_\d+)?$')
    where month + interval '1 month' < now() - coalesce(keep, '1 month')
  loop
    begin
      filled := false;
      -- Events are the ledgers' own: a month of them goes only when no ledger has anything left in it.
      if old.parent = 'events' then
        execute format('select exists (select from checkrein.%I)', old.relname) into filled;
      end if;
      if not filled then
        execute format('drop table checkrein.%I', old.relname);
        delete from checkrein.months where parent = old.parent and month = old.month;
      end if;
    exception when lock_not_available then
      -- Somebody reads it; tomorrow is another day.
      continue;
    end;
  end loop;
  return true;
end $$;

revoke execute on function checkrein.make_month(text, date), checkrein.keep_up() from public;
`;

/** @throws any error of the database; nothing is kept then. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const text of [TABLES, ...ROLLUP_STEPS, PARTITIONS]) await sql.raw(text).execute(db);
}
