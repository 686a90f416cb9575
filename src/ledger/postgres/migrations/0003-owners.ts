import { type Kysely, sql } from 'kysely';

/**
 * What the repositories of one owner share, so that an organisation's budget can be queried in one statement: their use by
 * quarter of an hour and agent for 36 days, and what leases hold beyond it. Written in the transaction of the events.
 */
const OWNERS = `
create function checkrein.owner_of(repo text) returns text
  language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select lower(split_part(repo, '/', 1)) collate "C"
$$;

alter table checkrein.ledgers
  add column owner text collate "C" generated always as (checkrein.owner_of(repo)) stored,
  add column written timestamptz not null default now(),
  -- Which form of books this ledger shares; 0 before it has written any.
  add column shared integer not null default 0;
create index on checkrein.ledgers (owner) include (written);

create table checkrein.uses (
  repo text collate "C" not null,
  owner text collate "C" generated always as (checkrein.owner_of(repo)) stored,
  at timestamptz not null,
  agent text collate "C" not null,
  usd double precision[] not null,
  tokens double precision[] not null,
  minutes double precision[] not null,
  runs double precision[] not null,
  primary key (repo, at, agent)
);
comment on table checkrein.uses is 'Each array: known, pieces, assumed, pieces assumed, pieces of which nobody knows';
create index on checkrein.uses (owner, at);

create table checkrein.held (
  repo text collate "C" not null,
  owner text collate "C" generated always as (checkrein.owner_of(repo)) stored,
  lease text collate "C" not null,
  at timestamptz not null,
  until timestamptz,
  usd double precision not null,
  tokens double precision not null,
  minutes double precision not null,
  runs double precision not null,
  primary key (repo, lease)
);
create index on checkrein.held (owner, at);

-- Who may write the ledgers may write these.
do $$
declare
  writer record;
begin
  for writer in
    select distinct case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as name
    from pg_class, aclexplode(relacl)
    where oid = 'checkrein.ledgers'::regclass and privilege_type = 'INSERT' and grantee <> relowner
  loop
    execute 'grant select, insert, update, delete on checkrein.uses, checkrein.held to ' || writer.name;
  end loop;
end $$;
`;

/** @throws any error of the database; nothing is kept then. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(OWNERS).execute(db);
}
