import{n as e}from"./address.js";import{a as t,i as n,n as r,o as i,r as a,t as o}from"./postgres.js";import{O as s,et as c,tt as l}from"./core.js";import{c as u,f as d,l as f,m as p,v as m}from"./event-line.js";import{p as h,w as g,x as _}from"./tracking.js";import{c as v,s as y,t as b}from"./checkpoint.js";import{d as x,i as ee}from"./drills.js";import{t as te}from"./state.js";import{n as ne}from"./world.js";import{deflateRawSync as re,inflateRawSync as ie}from"node:zlib";import{readFileSync as ae}from"node:fs";const S={kind:`unavailable`,what:`the server cannot be reached`,remedy:`Look whether the server runs and whether this machine may reach it, then run it again: what was acknowledged is kept`,retry:!0},C={...S,what:`the connection to the server was lost`},oe={kind:`unavailable`,what:`the server has no connection left`,remedy:`Put pgbouncer before the database or allow it more connections (docs/scaling.md), and run it again`,retry:!0},w={kind:`unauthorized`,what:`the server refused user or password`,remedy:`Look at user and password in the address; signs such as @ / : % in a password are written as %40 %2F %3A %25`,retry:!1},se={kind:`forbidden`,what:`the user may not do this`,remedy:`Let the user own the database or its schema checkrein (docs/sql.md names the rights)`,retry:!1},ce={kind:`forbidden`,what:`the database can only be read, as a standby can`,remedy:`Name the primary server, or let the user write. Reading works all the same`,retry:!1},le={kind:`unavailable`,what:`the disk or the memory of the server is full`,remedy:`Free some space on the server and run it again: what was acknowledged is kept`,retry:!1},T={kind:`unavailable`,what:`the server took too long`,remedy:`Look for a lock or a heavy query that holds it up (pg_stat_activity), and run it again`,retry:!0},E={kind:`conflict`,what:`others wrote to the same rows again and again`,remedy:`Nothing was written. Run it again, and let fewer jobs write to this ledger at the same time`,retry:!0},D={kind:`invalid`,what:`tables of the ledger are missing, though its migrations are written down as done`,remedy:`Restore the schema checkrein from a backup, or drop the whole schema to start anew`,retry:!1},O={kind:`unreadable`,what:`the server says that its own files are damaged`,remedy:`Restore the table that the log of the server names, or drop that partition: the next run goes on without it and says what is missing`,retry:!1},k={kind:`unauthorized`,what:`the certificate of the server is not trusted`,remedy:`Give the certificates to trust as sslrootcert=PATH in the address, or renew that of the server. sslmode=no-verify does without proof`,retry:!1},A={"08":C,28:w,53:le,53300:oe,"3D000":{kind:`not_found`,what:`there is no such database`,remedy:`Make it with CREATE DATABASE, or name another one`,retry:!1},42501:se,25006:ce,57014:T,"55P03":T,"25P03":T,"57P01":C,"57P02":C,"57P03":{...S,what:`the server is starting or stopping`},40001:E,"40P01":E,"42P01":D,42883:D,"3F000":D,58:O,XX:O,ECONNREFUSED:S,ENOTFOUND:S,EAI_AGAIN:S,EHOSTUNREACH:S,ENETUNREACH:S,ETIMEDOUT:S,ECONNRESET:C,EPIPE:C,CERT_HAS_EXPIRED:{...k,what:`the certificate of the server has expired`},CERT_NOT_YET_VALID:{...k,what:`the certificate of the server is not valid yet`},ERR_TLS_CERT_ALTNAME_INVALID:{...k,what:`the certificate of the server is for another host`},SELF_SIGNED_CERT_IN_CHAIN:k,DEPTH_ZERO_SELF_SIGNED_CERT:k,UNABLE_TO_VERIFY_LEAF_SIGNATURE:k,UNABLE_TO_GET_ISSUER_CERT:k,UNABLE_TO_GET_ISSUER_CERT_LOCALLY:k},ue=[[/timeout (?:expired|exceeded)/i,`timeout`,S],[/Connection terminated|Client (?:has encountered a connection error|was closed)/i,`connection`,C],[/does not support SSL/i,`no TLS`,{kind:`unsupported`,what:`the server does not speak TLS`,remedy:`Switch TLS on at the server; sslmode=disable in the address sends everything in the clear, passwords too`,retry:!1}],[/password must be a string|no password/i,`no password`,{...w,what:`the server wants a password and none was given`}]];function j(e){let t=M(e);return t!==null&&(t.explained===C||t.explained.what===S.what||t.code===`57P03`)}function de(e){let t=M(e)?.code;return t===`40001`||t===`40P01`}async function fe(e,t,n){try{return await n()}catch(n){let r=M(n);if(r===null)throw n;let{what:i,...a}=r.explained;throw new l({...a,message:`Could not ${t} ${e}: ${i} (${r.code})`})}}function M(e){if(!(e instanceof Error)||e instanceof l)return null;if(e instanceof AggregateError&&e.errors.length>0)return M(e.errors[0]);let t=`code`in e&&typeof e.code==`string`?e.code:``,n=A[t]??A[t.length===5?t.slice(0,2):``];if(n!==void 0)return{code:t,explained:n};for(let[t,n,r]of ue)if(t.test(e.message))return{code:n,explained:r};return null}function pe(t,{sleep:n}){let r=e(t),a=new o.Pool(me(t,r));a.on(`error`,()=>void 0),a.on(`connect`,e=>e.on(`error`,()=>void 0));let s=new i({dialect:_e(a)}),c=(e,t)=>fe(r,e,()=>ye(t,n));return{place:r,read:e=>c(`read from`,()=>N(s.transaction().setAccessMode(`read only`),e)),write:(e,t)=>c(`write to`,()=>ve(s,e,t)),close:()=>s.destroy()}}function me(e,t){let{host:n,port:r,database:i,user:a,password:o}=e;return{host:n,port:r,database:i,...a===null?{}:{user:a},...o===null?{}:{password:o},ssl:he(e,t),application_name:`checkrein`,max:3,allowExitOnIdle:!0,idleTimeoutMillis:5e3,connectionTimeoutMillis:5e3,query_timeout:7e4,keepAlive:!0}}function he({host:e,protection:t,rootCertificates:n},r){if(t===`plain`)return!1;let i={...n===null?{}:{ca:ge(n,r)},host:e,rejectUnauthorized:t!==`unverified`};return t===`verified_chain`?{...i,checkServerIdentity:()=>void 0}:i}function ge(e,t){try{return ae(e,`utf8`)}catch(e){throw e instanceof Error&&`code`in e?new l({kind:`invalid`,message:`Could not read the certificates to trust for ${t}: ${String(e.code)}`,remedy:`Let sslrootcert name a PEM file that this user may read`,retry:!1}):e}}function _e(e){let t=new r({pool:e}),n=async()=>void 0;return t.createAdapter=()=>Object.assign(new a,{acquireMigrationLock:n,releaseMigrationLock:n}),t}function N(e,n){return e.setIsolationLevel(`read committed`).execute(async e=>(await t`select set_config('statement_timeout', ${`60000`}, true),
        set_config('lock_timeout', ${`30000`}, true),
        set_config('idle_in_transaction_session_timeout', ${`30000`}, true),
        set_config('search_path', 'pg_catalog', true), set_config('datestyle', 'ISO', true)`.execute(e),await n(e)))}async function ve(e,t,n){let r=null;try{return await N(e.transaction(),async e=>{let n=await t(e);return r={done:n},n})}catch(e){let t=r;if(t!==null&&j(e)&&await n(t.done))return t.done;throw e}}async function ye(e,t){for(let n=1;;n++)try{return await e()}catch(e){if(n>=5||!(de(e)||j(e)))throw e;await t(200*2**(n-1))}}const be=String.raw`
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
`,xe=[`minute`,`hour`,`day`].map(e=>`
create table checkrein.rollups_${e} partition of checkrein.rollups for values in ('${e}') partition by range (at);
create table checkrein.rollups_${e}_early partition of checkrein.rollups_${e}
  for values from (minvalue) to ('2015-01-01 00:00:00+00');
create table checkrein.rollups_${e}_late partition of checkrein.rollups_${e}
  for values from ('2100-01-01 00:00:00+00') to (maxvalue);`),Se=String.raw`
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
`;async function Ce(e){for(let n of[be,...xe,Se])await t.raw(n).execute(e)}const we=String.raw`
create function checkrein.number(value jsonb) returns double precision
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when jsonb_typeof(value) = 'number' then value::double precision end
$$;

create function checkrein.moment(value text) returns timestamptz
  language sql stable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when value ~ '^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$' then value::timestamptz end
$$;

create view checkrein.sessions as
select
  repo,
  day,
  checkrein.moment(event ->> 'at') as at,
  session ->> 'id' as session,
  session ->> 'agent' as agent,
  session ->> 'workflow' as workflow,
  checkrein.number(session -> 'run')::bigint as run,
  checkrein.number(session -> 'attempt')::integer as attempt,
  session ->> 'engine' as engine,
  session -> 'models' as models,
  session ->> 'outcome' as outcome,
  checkrein.moment(session ->> 'startedAt') as started_at,
  checkrein.moment(session ->> 'endedAt') as ended_at,
  checkrein.number(session -> 'duration') / 1000 as duration_s,
  checkrein.number(session -> 'turns')::integer as turns,
  checkrein.number(session #> '{tokens,input}')::bigint as tokens_input,
  checkrein.number(session #> '{tokens,output}')::bigint as tokens_output,
  checkrein.number(session #> '{tokens,cacheRead}')::bigint as tokens_cache_read,
  (checkrein.number(session #> '{tokens,cacheWrite5m}') + checkrein.number(session #> '{tokens,cacheWrite1h}'))::bigint
    as tokens_cache_write,
  checkrein.number(session #> '{tokens,total}')::bigint as tokens_total,
  checkrein.number(session #> '{cost,usd}') as usd,
  session #>> '{cost,basis}' as usd_basis,
  checkrein.number(session -> 'denials')::integer as denials
from checkrein.events, lateral (select event #> '{data,session}' as session) of_event
where event ->> 'kind' = 'session.recorded';

create view checkrein.daily_spend as
select
  repo,
  (at at time zone 'UTC')::date as day,
  labels ->> 'agent' as agent,
  case when count > 0 then sum end as usd,
  count + unknown as sessions,
  unknown as sessions_of_unknown_cost,
  at
from checkrein.rollups
where metric = 'sessions.tokenUsage.cost' and step = 'day';

create view checkrein.alerts as
select
  repo,
  fingerprint,
  episode,
  told ->> 'name' as rule,
  told #>> '{subject,kind}' as subject_kind,
  told #>> '{subject,name}' as subject,
  case when resolved_at is null then 'active' else 'resolved' end as state,
  told #>> '{facts,severity}' as severity,
  checkrein.number(told #> '{facts,value}') as value,
  checkrein.number(told #> '{facts,limit}') as value_limit,
  told #>> '{facts,unit}' as unit,
  told #>> '{facts,reason}' as reason,
  checkrein.moment(told ->> 'since') as since,
  checkrein.moment(active_at) as active_at,
  checkrein.moment(resolved_at) as resolved_at,
  because
from (
  select
    repo,
    change ->> 'fingerprint' as fingerprint,
    checkrein.number(change -> 'episode')::integer as episode,
    (array_agg(change order by event ->> 'at' desc, day desc, seq desc) filter (where change ? 'facts'))[1] as told,
    min(event ->> 'at') filter (where change ->> 'kind' = 'activated') as active_at,
    max(event ->> 'at') filter (where change ->> 'kind' = 'resolved') as resolved_at,
    max(change ->> 'because') filter (where change ->> 'kind' = 'resolved') as because
  from checkrein.events, lateral (select event #> '{data,change}' as change) of_event
  where event ->> 'kind' = 'alert.changed'
  group by 1, 2, 3
) episodes
where active_at is not null;

create view checkrein.violations as
select
  repo,
  day,
  checkrein.moment(event ->> 'at') as at,
  violation ->> 'agent' as agent,
  violation ->> 'kind' as kind,
  violation ->> 'severity' as severity,
  violation ->> 'source' as session,
  checkrein.number(violation -> 'run')::bigint as run,
  (
    select string_agg(concat_ws(' ', sign ->> 'what', sign ->> 'name'), ', ')
    from jsonb_array_elements(case when jsonb_typeof(violation -> 'signs') = 'array' then violation -> 'signs' end) sign
  ) as detail
from (
  select repo, day, event, event #> '{data,violation}' as violation
  from checkrein.events
  where event ->> 'kind' = 'violation.found'
) found;

-- No version of Checkrein writes these yet; the columns are those that they will have.
create view checkrein.improvements as
select null::text as repo, null::date as day, null::timestamptz as at, null::text as agent, null::text as state,
  null::bigint as pull_request, null::text as verdict
where false;

-- The value at quantile q in [0, 1] of a DDSketch (core/sketch.ts: relative accuracy 0.01), within 1 %: bin k holds the values in
-- (g^(k-1), g^k] with g = 1.01 / 0.99, and 2 g^k / (g + 1) is within 1 % of all of them. Bins ascending, zeros before them.
create function checkrein.quantile(q double precision, zeros numeric, bins integer[], counts numeric[])
  returns double precision
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case
    when zeros + total = 0 then null
    when q * (zeros + total - 1) < zeros then 0
    else (
      select 2 * power(1.01 / 0.99::double precision, bin) / (1.01 / 0.99 + 1)
      from (
        select bin, sum(count) over (order by bin) as upto from unnest(bins, counts) as pairs (bin, count)
      ) cumulated
      where zeros + upto > q * (zeros + total - 1)
      order by bin limit 1
    )
  end
  from (select coalesce(sum(count), 0) as total from unnest(counts) count) all_bins
$$;

-- How long the calls of each tool took in [since, until), over all repositories: a quantile of the merged sketches of their days.
-- Without settings of its own, so that the planner takes it apart and asks in parallel.
create function checkrein.tool_latency(since timestamptz, until timestamptz, q double precision)
  returns table (server text, tool text, calls bigint, latency_ms double precision)
  language sql stable parallel safe as $$
  with tools as (
    select series, any_value(labels) as labels, sum(zeros) as zeros
    from checkrein.rollups
    where metric = 'session.tool.latency' and step = 'day' and at >= since and at < until and bins is not null
    group by series
  ), merged as (
    select place, sum(times) as times
    from (
      select series + 4096 + unnest(bins) as place, unnest(counts) as times
      from checkrein.rollups
      where metric = 'session.tool.latency' and step = 'day' and at >= since and at < until and bins is not null
    ) pairs
    group by place
  ), sketches as (
    select (place >> 13) << 13 as series, array_agg(((place & 8191) - 4096)::integer order by place) as bins,
      array_agg(times order by place) as counts, sum(times) as calls
    from merged group by 1
  )
  select labels ->> 'server', labels ->> 'tool', (zeros + coalesce(sketches.calls, 0))::bigint,
    checkrein.quantile(q, zeros, bins, counts)
  from tools left join sketches using (series)
$$;
`;async function Te(e){await t.raw(we).execute(e)}const P={"0001-tables":{up:Ce},"0002-views":{up:Te}},F=16e4;async function Ee(e,n){let{rows:r}=await t`
    select current_setting('server_version_num')::integer as number`.execute(e),i=De(r[0]?.number??0,n);if(i!==null)throw i}function De(e,t){return e>=F?null:new l({kind:`unsupported`,message:`The server of ${t} is PostgreSQL ${Math.floor(e/1e4)}, and Checkrein needs ${F/1e4} or newer. Nothing was made there`,remedy:`Upgrade the server or name another one; meanwhile a branch or a folder can hold the ledger`,retry:!1})}const I=`checkrein`;async function L(e,n){let{rows:r}=await t`
    select to_regclass(${`${I}.migrations`}) is not null as there`.execute(e);if(r[0]?.there!==!0)return`empty`;let i=await e.selectFrom(`checkrein.migrations`).select(`name`).execute();if(i.find(({name:e})=>!Object.hasOwn(P,e))!==void 0)throw new l({kind:`unsupported`,message:`The tables in ${n} are those of a newer version of Checkrein`,remedy:`Use that version, or a newer one, in every workflow that writes to this database`,retry:!1});return i.length===0?`empty`:i.length===Object.keys(P).length?`ready`:`old`}async function Oe(e){await e.write(async r=>{await Ee(r,e.place),await t`select pg_advisory_xact_lock(${4201337001})`.execute(r),await ke(r);let{error:i}=await new n({db:r,provider:{getMigrations:async()=>({...P})},migrationTableSchema:I,migrationTableName:`migrations`,migrationLockTableName:`migrations_lock`}).migrateToLatest();if(i!==void 0)throw i},()=>e.read(async t=>await L(t,e.place)===`ready`))}async function ke(e){let{rows:n}=await t`select to_regnamespace(${I}) is not null as there`.execute(e);n[0]?.there!==!0&&await t`create schema checkrein`.execute(e),await t`create table if not exists checkrein.migrations (
    name varchar(255) primary key, timestamp varchar(255) not null)`.execute(e),await t`create table if not exists checkrein.migrations_lock (
    id varchar(255) primary key, is_locked integer not null default 0)`.execute(e)}function Ae(e){return e.read(async t=>await L(t,e.place)===`empty`?[]:(await t.selectFrom(`checkrein.ledgers`).select(`repo`).orderBy(`repo`).limit(10).execute()).map(({repo:e})=>e))}function R(e){let t=p(e);if(t!==null)return{kind:`events`,day:t};let n=f(e);return n===null?{kind:`documents`}:{kind:`batches`,file:n}}function z(e){return e.startsWith(`0000`)?`0001${e.slice(4)} BC`:e}function je(e){return e.endsWith(` BC`)?`0000${e.slice(4,10)}`:e}async function B(e,n){let{rows:r}=await t`
    select 'version' as shelf, version::text as name, 0 as bytes, 0 as last from checkrein.ledgers where repo = ${n}
    union all
    select 'documents', path, bytes, 0 from checkrein.documents where repo = ${n}
    union all
    select 'batches', file::text, sum(size), max(seq) from checkrein.batches where repo = ${n} group by file
    union all
    select 'events', day::text, sum(size), max(seq) from checkrein.events where repo = ${n} group by day`.execute(e),i=null,a=/* @__PURE__ */ new Map;for(let{shelf:e,name:t,bytes:n,last:o}of r)e===`version`?i=t:a.set(Me(e,t),{bytes:Number(n),last:o});return{version:i,files:a}}function Me(e,t){return e===`batches`?d(Number(t)):e===`events`?m(je(t)):t}async function V(e,n,r,i){let a=R(r);switch(a.kind){case`documents`:{let t=await e.selectFrom(`checkrein.documents`).select(`content`).where(`repo`,`=`,n).where(`path`,`=`,r).executeTakeFirst();return t===void 0?null:Re(t.content)}case`batches`:case`events`:{let{rows:r}=await t`
        select string_agg(line, ''::bytea order by seq) as content
        from ${H(n,a)} and seq <= ${i}`.execute(e);return r[0]?.content??null}default:return a}}function H(e,n){return n.kind===`events`?t`checkrein.events where repo = ${e} and day = ${z(n.day)}::date`:t`checkrein.batches where repo = ${e} and file = ${n.file}`}async function Ne(e,n,{path:r,keep:i,bytes:a}){let o=R(r);if(a===null)return await Pe(e,n,r,o),`gone`;if(o.kind===`documents`)return await Fe(e,n,r,a),{bytes:a.length,last:0};let{rows:s}=await t`
    select sum(size) as bytes, max(seq) as last from ${H(n,o)}`.execute(e);if(Number(s[0]?.bytes??0)!==i)return`conflict`;let c=s[0]?.last??0,l=U(a);return await Ie(e,n,o,c+1,l),{bytes:i+a.length,last:c+l.length}}async function Pe(e,n,r,i){i.kind===`documents`?await e.deleteFrom(`checkrein.documents`).where(`repo`,`=`,n).where(`path`,`=`,r).execute():await t`delete from ${H(n,i)}`.execute(e)}async function Fe(e,t,n,r){let i={bytes:r.length,content:Le(r)};await e.insertInto(`checkrein.documents`).values({repo:t,path:n,...i}).onConflict(e=>e.columns([`repo`,`path`]).doUpdateSet(i)).execute()}async function Ie(e,n,r,i,a){let o=0;for(;o<a.length;){let s=[];for(let e=0;o+s.length<a.length&&e<4e6;){let t=a[o+s.length]??/* @__PURE__ */ new Uint8Array;s.push(t),e+=t.length}await(r.kind===`events`?t`insert into checkrein.events (repo, day, seq, line)
          select ${n}, ${z(r.day)}::date, ${i+o-1} + n::integer, line
          from unnest(${s}::bytea[]) with ordinality as lines (line, n)`:t`insert into checkrein.batches (repo, file, seq, line)
          select ${n}, ${r.file}, ${i+o-1} + n::integer, line
          from unnest(${s}::bytea[]) with ordinality as lines (line, n)`).execute(e),o+=s.length}}function U(e){let t=[];for(let n=0;n<e.length;){let r=e.indexOf(10,n),i=r===-1?e.length:r+1;t.push(e.subarray(n,i)),n=i}return t}function Le(e){return re(e,{level:1})}function Re(e){try{return ie(e)}catch(t){if(t instanceof Error&&`code`in t&&String(t.code).startsWith(`Z_`))return e;throw t}}const W=5e3;async function ze(e,t,n){for(let r=0;r<n.length;r+=W){let i=n.slice(r,r+W),a=i.filter(({aggregate:e})=>e===null);a.length>0&&await Ve(e,t,a),a.length<i.length&&await Be(e,t,i.filter(({aggregate:e})=>e!==null))}}function G(e){return new Set(e.map(({step:e,at:t})=>`rollups_${e} ${_(t)}`))}async function Be(e,n,r){await t`
    insert into checkrein.rollups
      (repo, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts)
    select ${n}, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts
    from jsonb_to_recordset(${q(r.map(He))}::jsonb) as rows (
      metric text, step text, at timestamptz, labels jsonb, count bigint, sum double precision, min double precision,
      max double precision, unknown bigint, zeros bigint, bins integer[], counts bigint[])
    on conflict (repo, metric, step, at, labels) do update set
      count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, unknown = excluded.unknown,
      zeros = excluded.zeros, bins = excluded.bins, counts = excluded.counts`.execute(e)}async function Ve(e,n,r){await t`
    delete from checkrein.rollups
    using jsonb_to_recordset(${q(r.map(K))}::jsonb) as gone (
      metric text, step text, at timestamptz, labels jsonb)
    where rollups.repo = ${n} and rollups.metric = gone.metric and rollups.step = gone.step
      and rollups.at = gone.at and rollups.labels = gone.labels`.execute(e)}function K({metric:e,step:t,at:n,labels:r}){return{metric:e,step:t,at:Ue(n),labels:r}}function He(e){let{aggregate:t}=e,n=e.spread===null?null:s(e.spread);return{...K(e),...t,zeros:n?.zeros??null,bins:n?.bins.map(([e])=>e)??null,counts:n?.bins.map(([,e])=>e)??null}}function Ue(e){return e.startsWith(`0000`)?`0001${e.slice(4)} BC`:e}function q(e){return JSON.stringify(e).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g,`\\ufffd`)}const J=/* @__PURE__ */ Error(`somebody else was quicker`);async function We(e,t,n,r){let{version:i,losses:a}=await Ge(e,t.repo,n.version),o=new Map(n.files),s=await Xe(e,t,n),c=await Ye(e,t,n,r),l=r.flatMap(({path:e})=>p(e)??[]),u=await Y(e,t,new Set(l.map(e=>`events ${_(e)}`)));for(let n of r){let r=await Ne(e,t.repo,n);if(r===`conflict`)throw J;r===`gone`?o.delete(n.path):o.set(n.path,r)}let d=await qe(e,t,{version:i,before:s,pages:c,losses:a,changes:r,files:o});return{ground:{version:i,files:o},months:[...u,...d.months],checkpoint:d.checkpoint}}async function Ge(e,n,r){let{rows:i}=await(r===null?t`
        insert into checkrein.ledgers (repo, version) values (${n}, gen_random_uuid())
        on conflict do nothing returning version, losses`:t`
        update checkrein.ledgers set version = gen_random_uuid() where repo = ${n} and version = ${r}::uuid
        returning version, losses`).execute(e),[a]=i;if(a===void 0)throw J;return a}async function Y(e,{months:n},r){let i=[...r].filter(e=>!n.has(e)).sort();for(let n of i){let[r=``,i=``]=n.split(` `);await t`select checkrein.make_month(${r}, ${z(`${i}-01`)}::date)`.execute(e)}return i}async function Ke(e){return(await e.selectFrom(`checkrein.upkeep`).select(`losses`).executeTakeFirstOrThrow()).losses}async function qe(e,t,{version:n,before:r,pages:i,losses:a,changes:o,files:s}){let{repo:c,format:l,projection:d}=t,f=o.find(({path:e})=>e===u),p=f===void 0||f.bytes===null?null:b(f.bytes,l);if(p?.kind!==`sound`)return{months:[],checkpoint:null};let{state:m}=p.checkpoint,h=[...d(r,m),...o.flatMap(({path:e,bytes:t})=>t===null?[]:y(e,i.get(e)??null,t))],g=await Y(e,t,G(h)),_=await Ke(e),v=_===a&&r!==null?h:[...d(null,m),...await Je(e,c,s)],x=await Y(e,t,G(v));return await ze(e,c,v),_!==a&&await e.updateTable(`checkrein.ledgers`).set({losses:_}).where(`repo`,`=`,c).execute(),{months:[...g,...x],checkpoint:{version:n,state:m}}}async function Je(e,t,n){let r=[];for(let[i,{last:a}]of n){if(!v(i))continue;let n=await V(e,t,i,a);for(let e of n===null?[]:y(i,null,n))r.push(e)}return r}async function Ye(e,{repo:t},{files:n},r){let i=/* @__PURE__ */ new Map;for(let{path:a,bytes:o}of r){let r=n.get(a);if(o===null||r===void 0||!v(a))continue;let s=await V(e,t,a,r.last);s!==null&&i.set(a,s)}return i}async function Xe(e,t,{version:n,files:r}){if(n===null)return null;if(t.projected?.version===n)return t.projected.state;let i=r.get(u),a=i===void 0?null:await V(e,t.repo,u,i.last),o=a===null?null:b(a,t.format);return o?.kind===`sound`?o.checkpoint.state:null}function Ze(e,t){let n={...t,database:e,place:`${e.place} (${t.repo})`,grounds:/* @__PURE__ */ new WeakMap,furnished:!1,months:/* @__PURE__ */ new Set,projected:null};return{place:n.place,shifts:!0,open:()=>Qe(n),commit:(e,t)=>et(n,e,t)}}async function Qe(e){let{database:t,repo:n}=e;return X(e,await t.read(async r=>e.furnished?await B(r,n):await L(r,t.place)===`empty`?null:await B(r,n))??{version:null,files:/* @__PURE__ */ new Map})}function X(e,t){let n=new Map([...t.files].map(([e,{bytes:t}])=>[e,t])),r={version:t.version??`none`,files:n,read:n=>$e(e,t,n)};return e.grounds.set(r,t),r}async function $e({database:e,repo:t,place:n},r,i){let a=r.files.get(i),o=a===void 0?null:await e.read(e=>V(e,t,i,a.last));if(o!==null)return o;throw new l({kind:`not_found`,message:`There is no file ${i} in ${n}`,remedy:"Check the ledger with `checkrein ledger verify`",retry:!1})}async function et(e,t,n){let r=e.grounds.get(t);if(r===void 0)throw Error(`the tree ${t.version} was not opened in ${e.place}`);await tt(e);for(let t=1;;t++)try{let t=await nt(e,r,n);return t===null?{kind:`conflict`}:(e.projected=t.checkpoint,{kind:`committed`,tree:X(e,t.ground)})}catch(n){if(t>1||!(n instanceof Error&&`code`in n&&n.code===`23514`))throw n;e.months.clear()}}async function tt(e){if(e.furnished)return;let{database:n}=e;await n.read(e=>L(e,n.place))!==`ready`&&await Oe(n),await n.write(e=>t`select checkrein.keep_up()`.execute(e),async()=>!0),e.furnished=!0}async function nt(e,t,n){let r=null;try{let i=await e.database.write(r=>We(r,e,t,n),async t=>(r=t,await Z(e,n)));for(let t of i.months)e.months.add(t);return i}catch(t){if(t!==J)throw t;return r!==null&&await Z(e,n)?r:null}}function Z({database:e,repo:t},n){let r=n.find(({path:e,bytes:t})=>f(e)!==null&&t!==null);if(r===void 0||r.bytes===null)return Promise.resolve(!1);let{path:i,bytes:a}=r,o=U(a).at(-1)??a;return e.read(async e=>await e.selectFrom(`checkrein.batches`).select(`seq`).where(`repo`,`=`,t).where(`file`,`=`,f(i)).where(`line`,`=`,o).executeTakeFirst()!==void 0)}function rt(e,t){return[...Q(`hour`,e?.hours??{},t.hours,t.newest),...Q(`day`,e?.days??{},t.days,t.newest)]}function Q(e,t,n,r){return[.../* @__PURE__ */ new Set([...Object.keys(t),...Object.keys(n)])].flatMap(i=>{let[a,o]=[t[i]??{},n[i]??{}];return a===o?[]:it({step:e,subject:i,newest:r},a,o)})}function it(e,t,n){let r=Object.entries(n).filter(([e,n])=>!ot(t[e],n)),i=Object.entries(t).filter(([t])=>n[t]===void 0&&!ct(e,t));return[...r.flatMap(([n,r])=>$(e,n,t[n],r)),...i.flatMap(([t,n])=>$(e,t,n,at))]}const at={n:{},v:{}};function ot(e,t){return e===t||e!==void 0&&c(e)===c(t)}const st={hour:13,day:399};function ct({step:e,newest:t},n){return t===null||g(n)<h(t,-st[e]*864e5)}function $({step:e,subject:t},n,r,i){let a=t.startsWith(`agent:`)?{agent:t.slice(6)}:{};return ee.flatMap(t=>{let o=x(t,i);return o===null&&(r===void 0||x(t,r)===null)?[]:[{metric:t,labels:a,step:e,at:g(n),aggregate:o,spread:null}]})}async function lt(t,n,{sleep:r}){let i=pe(t,{sleep:r});return Ze(i,{repo:n??ut(await Ae(i),e(t)),format:te.format??1,projection:(e,t)=>rt(e?.rollups??null,t.rollups)})}function ut(e,t){let[n]=e;if(n!==void 0&&e.length===1)return n;let r=n===void 0?`${t} holds no ledger yet`:`${t} holds the ledgers of ${e.length===10?`many`:e.length} repositories, ${e.slice(0,9).join(`, `)}`;throw new ne(`${r}: say which is meant, with ?repo=OWNER/NAME at the end of the address.`)}export{lt as postgresStoreAt};