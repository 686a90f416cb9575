const e=process.getBuiltinModule,{deflateRawSync:t,inflateRawSync:n}=e(`node:zlib`),{readFileSync:r}=e(`node:fs`);import{Z as i,a,ut as o}from"./core.js";import{a as s}from"./session-core.js";import{N as c,T as l,_ as u,h as d,p as f,u as p,w as m,x as h}from"./tracking.js";import{J as g,R as _,U as v,Z as ee,t as te}from"./state.js";import{d as y,f as ne,p as b,r as re,t as ie,u as ae}from"./count.js";import{n as oe}from"./address.js";import{a as x,i as se,n as ce,o as le,r as ue,t as de}from"./postgres.js";import{a as S,c as fe,i as C,m as pe,u as w}from"./layout.js";import{c as T,s as E,t as D}from"./checkpoint.js";import{A as me}from"./shell.js";const he=15*p;function ge(e,t){if(e===t)return{days:[],held:null};let n=_e(t),r=[e===null?/* @__PURE__ */ new Map:O(e),O(t)],i=new Set([...r[0].keys(),...r[1].keys()].filter(e=>r[0].get(e)!==r[1].get(e)));if(i.size===0||n===null)return{days:[],held:null};let a=_(t,n),o=ve(a,i,n);return{days:[...i].sort().map(e=>({day:e,rows:o.filter(({at:t})=>d(t)===e)})),held:xe(a,n)}}function _e({work:e,newest:t}){return e.newest===null||t===null?e.newest??t:e.newest>t?e.newest:t}function O({work:e,leases:t}){let n=/* @__PURE__ */ new Map,r=(e,t)=>{n.set(e,[...n.get(e)??[],t])};for(let t of[e.runs,e.sessions,e.absent])for(let[e,n]of Object.entries(t))r(e,n);for(let e of Object.values(t))r(d(e.at),e);return new Map([...n].map(([e,t])=>[e,s(t)]))}function ve(e,t,n){let r=/* @__PURE__ */ new Map,o=y(e,n),s=({at:e})=>t.has(d(e)),c={...e,sessions:e.sessions.filter(s),attempts:e.attempts.filter(s)},p={from:f(n,-2*i),to:f(n,i)};for(let t of a){let i=re(e,t,n);for(let e of ie({facts:c,unit:t,span:p,now:n})){let n=u(l(e.at)-l(e.at)%he),a=`${n} ${e.agent}`,s=r.get(a)??{at:n,agent:e.agent,...be()};r.set(a,s),ye(s,t,e,{guess:i,held:o})}}return[...r.values()].sort((e,t)=>e.at<t.at||e.at===t.at&&e.agent<t.agent?-1:1)}function ye(e,t,{value:n,key:r,agent:i},{guess:a,held:o}){if(n!==null){e.known[t]+=n,e.pieces[t]++;return}if((o.byAttempt.get(r??``)??[]).some(e=>o.isOpen(e)||b(e,t)!==null))return;let s=a(i);e.assumed[t]+=s??0,s===null?e.uncounted[t]++:e.guessed[t]++}function be(){let e=()=>({usd:0,tokens:0,minutes:0,runs:0});return{known:e(),pieces:e(),assumed:e(),guessed:e(),uncounted:e()}}function xe(e,t){let n=y(e,t),r=Ce(e,t);return e.leases.flatMap(e=>{let t=n.isOpen(e),i=we(n=>Se(r,e,n,t)),{id:o,at:s,until:c}=e;return!t&&a.every(e=>i[e]===0)?[]:[{lease:o,at:s,until:t?c:null,amounts:i}]})}function Se(e,t,n,r){let i=r?ne(t,n):b(t,n)??0;if(r&&!A(n))return i;let a=k(n,ae(t),t.agent),o=e.get(a)??0;return e.set(a,A(n)?Math.max(o,i):Math.max(0,o-i)),Math.max(0,i-o)}function Ce(e,t){let n={from:f(t,-2*i),to:f(t,i)},r=new Set(e.leases.map(ae)),o=e.attempts.filter(({key:e})=>r.has(e)),s=e.sessions.filter(({run:e,attempt:t})=>e!==null&&r.has(ee(e,t??1))),c=/* @__PURE__ */ new Map;for(let r of a)for(let{key:i,agent:a,value:l}of ie({facts:{...e,attempts:o,sessions:s},unit:r,span:n,now:t})){let e=k(r,i??``,a);c.set(e,(c.get(e)??0)+(l??0))}return c}function k(e,t,n){return`${e} ${t} ${A(e)?``:n}`}function A(e){return e===`minutes`||e===`runs`}function we(e){return{usd:e(`usd`),tokens:e(`tokens`),minutes:e(`minutes`),runs:e(`runs`)}}const j={kind:`unavailable`,what:`the server cannot be reached`,remedy:`Look whether the server runs and whether this machine may reach it, then run it again: what was acknowledged is kept`,retry:!0},M={...j,what:`the connection to the server was lost`},Te={kind:`unavailable`,what:`the server has no connection left`,remedy:`Put pgbouncer before the database or allow it more connections (docs/scaling.md), and run it again`,retry:!0},Ee={kind:`unauthorized`,what:`the server refused user or password`,remedy:`Look at user and password in the address; signs such as @ / : % in a password are written as %40 %2F %3A %25`,retry:!1},De={kind:`forbidden`,what:`the user may not do this`,remedy:`Let the user own the database or its schema checkrein (docs/sql.md names the rights)`,retry:!1},Oe={kind:`forbidden`,what:`the database can only be read, as a standby can`,remedy:`Name the primary server, or let the user write. Reading works all the same`,retry:!1},ke={kind:`unavailable`,what:`the disk or the memory of the server is full`,remedy:`Free some space on the server and run it again: what was acknowledged is kept`,retry:!1},N={kind:`unavailable`,what:`the server took too long`,remedy:`Look for a lock or a heavy query that holds it up (pg_stat_activity), and run it again`,retry:!0},P={kind:`conflict`,what:`others wrote to the same rows again and again`,remedy:`Nothing was written. Run it again, and let fewer jobs write to this ledger at the same time`,retry:!0},F={kind:`invalid`,what:`tables of the ledger are missing, though its migrations are written down as done`,remedy:`Restore the schema checkrein from a backup, or drop the whole schema to start anew`,retry:!1},I={kind:`unreadable`,what:`the server says that its own files are damaged`,remedy:`Restore the table that the log of the server names, or drop that partition: the next run goes on without it and says what is missing`,retry:!1},L={kind:`unauthorized`,what:`the certificate of the server is not trusted`,remedy:`Give the certificates to trust as sslrootcert=PATH in the address, or renew that of the server. sslmode=no-verify does without proof`,retry:!1},R={"08":M,28:Ee,53:ke,53300:Te,"3D000":{kind:`not_found`,what:`there is no such database`,remedy:`Make it with CREATE DATABASE, or name another one`,retry:!1},42501:De,25006:Oe,57014:N,"55P03":N,"25P03":N,"57P01":M,"57P02":M,"57P03":{...j,what:`the server is starting or stopping`},40001:P,"40P01":P,"42P01":F,42883:F,"3F000":F,58:I,XX:I,ECONNREFUSED:j,ENOTFOUND:j,EAI_AGAIN:j,EHOSTUNREACH:j,ENETUNREACH:j,ETIMEDOUT:j,ECONNRESET:M,EPIPE:M,CERT_HAS_EXPIRED:{...L,what:`the certificate of the server has expired`},CERT_NOT_YET_VALID:{...L,what:`the certificate of the server is not valid yet`},ERR_TLS_CERT_ALTNAME_INVALID:{...L,what:`the certificate of the server is for another host`},SELF_SIGNED_CERT_IN_CHAIN:L,DEPTH_ZERO_SELF_SIGNED_CERT:L,UNABLE_TO_VERIFY_LEAF_SIGNATURE:L,UNABLE_TO_GET_ISSUER_CERT:L,UNABLE_TO_GET_ISSUER_CERT_LOCALLY:L},Ae=[[/timeout (?:expired|exceeded)/i,`timeout`,j],[/Connection terminated|Client (?:has encountered a connection error|was closed)/i,`connection`,M],[/does not support SSL/i,`no TLS`,{kind:`unsupported`,what:`the server does not speak TLS`,remedy:`Switch TLS on at the server; sslmode=disable in the address sends everything in the clear, passwords too`,retry:!1}],[/password must be a string|no password/i,`no password`,{...Ee,what:`the server wants a password and none was given`}]];function z(e){let t=B(e);return t!==null&&(t.explained===M||t.explained.what===j.what||t.code===`57P03`)}function je(e){let t=B(e)?.code;return t===`40001`||t===`40P01`}async function Me(e,t,n){try{return await n()}catch(n){let r=B(n);if(r===null)throw n;let{what:i,...a}=r.explained;throw new c({...a,message:`Could not ${t} ${e}: ${i} (${r.code})`})}}function B(e){if(!(e instanceof Error)||e instanceof c)return null;if(e instanceof AggregateError&&e.errors.length>0)return B(e.errors[0]);let t=`code`in e&&typeof e.code==`string`?e.code:``,n=R[t]??R[t.length===5?t.slice(0,2):``];if(n!==void 0)return{code:t,explained:n};for(let[t,n,r]of Ae)if(t.test(e.message))return{code:n,explained:r};return null}function Ne(e,{sleep:t}){let n=oe(e),r=new de.Pool(Pe(e,n));r.on(`error`,()=>void 0),r.on(`connect`,e=>e.on(`error`,()=>void 0));let i=new le({dialect:Le(r)}),a=(e,r)=>Me(n,e,()=>ze(r,t));return{place:n,read:e=>a(`read from`,()=>V(i.transaction().setAccessMode(`read only`),e)),write:(e,t)=>a(`write to`,()=>Re(i,e,t)),close:()=>i.destroy()}}function Pe(e,t){let{host:n,port:r,database:i,user:a,password:o}=e;return{host:n,port:r,database:i,...a===null?{}:{user:a},...o===null?{}:{password:o},ssl:Fe(e,t),application_name:`checkrein`,max:3,allowExitOnIdle:!0,idleTimeoutMillis:5e3,connectionTimeoutMillis:5e3,query_timeout:7e4,keepAlive:!0}}function Fe({host:e,protection:t,rootCertificates:n},r){if(t===`plain`)return!1;let i={...n===null?{}:{ca:Ie(n,r)},host:e,rejectUnauthorized:t!==`unverified`};return t===`verified_chain`?{...i,checkServerIdentity:()=>void 0}:i}function Ie(e,t){try{return r(e,`utf8`)}catch(e){throw e instanceof Error&&`code`in e?new c({kind:`invalid`,message:`Could not read the certificates to trust for ${t}: ${String(e.code)}`,remedy:`Let sslrootcert name a PEM file that this user may read`,retry:!1}):e}}function Le(e){let t=new ce({pool:e}),n=async()=>void 0;return t.createAdapter=()=>Object.assign(new ue,{acquireMigrationLock:n,releaseMigrationLock:n}),t}function V(e,t){return e.setIsolationLevel(`read committed`).execute(async e=>(await x`select set_config('statement_timeout', ${`60000`}, true),
        set_config('lock_timeout', ${`30000`}, true),
        set_config('idle_in_transaction_session_timeout', ${`30000`}, true),
        set_config('search_path', 'pg_catalog', true), set_config('datestyle', 'ISO', true)`.execute(e),await t(e)))}async function Re(e,t,n){let r=null;try{return await V(e.transaction(),async e=>{let n=await t(e);return r={done:n},n})}catch(e){let t=r;if(t!==null&&z(e)&&await n(t.done))return t.done;throw e}}async function ze(e,t){for(let n=1;;n++)try{return await e()}catch(e){if(n>=5||!(je(e)||z(e)))throw e;await t(200*2**(n-1))}}const Be=String.raw`
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
`,Ve=[`minute`,`hour`,`day`].map(e=>`
create table checkrein.rollups_${e} partition of checkrein.rollups for values in ('${e}') partition by range (at);
create table checkrein.rollups_${e}_early partition of checkrein.rollups_${e}
  for values from (minvalue) to ('2015-01-01 00:00:00+00');
create table checkrein.rollups_${e}_late partition of checkrein.rollups_${e}
  for values from ('2100-01-01 00:00:00+00') to (maxvalue);`),He=String.raw`
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
`;async function Ue(e){for(let t of[Be,...Ve,He])await x.raw(t).execute(e)}const We=String.raw`
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
`;async function Ge(e){await x.raw(We).execute(e)}async function Ke(e){await x.raw(`
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
`).execute(e)}const H={"0001-tables":{up:Ue},"0002-views":{up:Ge},"0003-owners":{up:Ke}},U=16e4;async function qe(e,t){let{rows:n}=await x`
    select current_setting('server_version_num')::integer as number`.execute(e),r=Je(n[0]?.number??0,t);if(r!==null)throw r}function Je(e,t){return e>=U?null:new c({kind:`unsupported`,message:`The server of ${t} is PostgreSQL ${Math.floor(e/1e4)}, and Checkrein needs ${U/1e4} or newer. Nothing was made there`,remedy:`Upgrade the server or name another one; meanwhile a branch or a folder can hold the ledger`,retry:!1})}const W=`checkrein`;async function G(e,t){let{rows:n}=await x`
    select to_regclass(${`${W}.migrations`}) is not null as there`.execute(e);if(n[0]?.there!==!0)return`empty`;let r=await e.selectFrom(`checkrein.migrations`).select(`name`).execute();if(r.find(({name:e})=>!Object.hasOwn(H,e))!==void 0)throw new c({kind:`unsupported`,message:`The tables in ${t} are those of a newer version of Checkrein`,remedy:`Use that version, or a newer one, in every workflow that writes to this database`,retry:!1});return r.length===0?`empty`:r.length===Object.keys(H).length?`ready`:`old`}async function Ye(e){await e.write(async t=>{await qe(t,e.place),await x`select pg_advisory_xact_lock(${4201337001})`.execute(t),await Xe(t);let{error:n}=await new se({db:t,provider:{getMigrations:async()=>({...H})},migrationTableSchema:W,migrationTableName:`migrations`,migrationLockTableName:`migrations_lock`}).migrateToLatest();if(n!==void 0)throw n},()=>e.read(async t=>await G(t,e.place)===`ready`))}async function Xe(e){let{rows:t}=await x`select to_regnamespace(${W}) is not null as there`.execute(e);t[0]?.there!==!0&&await x`create schema checkrein`.execute(e),await x`create table if not exists checkrein.migrations (
    name varchar(255) primary key, timestamp varchar(255) not null)`.execute(e),await x`create table if not exists checkrein.migrations_lock (
    id varchar(255) primary key, is_locked integer not null default 0)`.execute(e)}function Ze(e){return e.read(async t=>await G(t,e.place)===`empty`?[]:(await t.selectFrom(`checkrein.ledgers`).select(`repo`).orderBy(`repo`).limit(10).execute()).map(({repo:e})=>e))}function K(e){let t=w(e);if(t!==null)return{kind:`events`,day:t};let n=S(e);return n===null?{kind:`documents`}:{kind:`batches`,file:n}}function q(e){return e.startsWith(`0000`)?`0001${e.slice(4)} BC`:e}function Qe(e){return e.endsWith(` BC`)?`0000${e.slice(4,10)}`:e}async function J(e,t){let{rows:n}=await x`
    select 'version' as shelf, version::text as name, 0 as bytes, 0 as last from checkrein.ledgers where repo = ${t}
    union all
    select 'documents', path, bytes, 0 from checkrein.documents where repo = ${t}
    union all
    select 'batches', file::text, sum(size), max(seq) from checkrein.batches where repo = ${t} group by file
    union all
    select 'events', day::text, sum(size), max(seq) from checkrein.events where repo = ${t} group by day`.execute(e),r=null,i=/* @__PURE__ */ new Map;for(let{shelf:e,name:t,bytes:a,last:o}of n)e===`version`?r=t:i.set($e(e,t),{bytes:Number(a),last:o});return{version:r,files:i}}function $e(e,t){return e===`batches`?fe(Number(t)):e===`events`?pe(Qe(t)):t}async function Y(e,t,n,r){let i=K(n);switch(i.kind){case`documents`:{let r=await e.selectFrom(`checkrein.documents`).select(`content`).where(`repo`,`=`,t).where(`path`,`=`,n).executeTakeFirst();return r===void 0?null:ot(r.content)}case`batches`:case`events`:{let{rows:n}=await x`
        select string_agg(line, ''::bytea order by seq) as content
        from ${X(t,i)} and seq <= ${r}`.execute(e);return n[0]?.content??null}default:return i}}function X(e,t){return t.kind===`events`?x`checkrein.events where repo = ${e} and day = ${q(t.day)}::date`:x`checkrein.batches where repo = ${e} and file = ${t.file}`}async function et(e,t,{path:n,keep:r,bytes:i}){let a=K(n);if(i===null)return await tt(e,t,n,a),`gone`;if(a.kind===`documents`)return await nt(e,t,n,i),{bytes:i.length,last:0};let{rows:o}=await x`
    select sum(size) as bytes, max(seq) as last from ${X(t,a)}`.execute(e);if(Number(o[0]?.bytes??0)!==r)return`conflict`;let s=o[0]?.last??0,c=it(i);return await rt(e,t,a,s+1,c),{bytes:r+i.length,last:s+c.length}}async function tt(e,t,n,r){r.kind===`documents`?await e.deleteFrom(`checkrein.documents`).where(`repo`,`=`,t).where(`path`,`=`,n).execute():await x`delete from ${X(t,r)}`.execute(e)}async function nt(e,t,n,r){let i={bytes:r.length,content:at(r)};await e.insertInto(`checkrein.documents`).values({repo:t,path:n,...i}).onConflict(e=>e.columns([`repo`,`path`]).doUpdateSet(i)).execute()}async function rt(e,t,n,r,i){let a=0;for(;a<i.length;){let o=[];for(let e=0;a+o.length<i.length&&e<4e6;){let t=i[a+o.length]??/* @__PURE__ */ new Uint8Array;o.push(t),e+=t.length}await(n.kind===`events`?x`insert into checkrein.events (repo, day, seq, line)
          select ${t}, ${q(n.day)}::date, ${r+a-1} + n::integer, line
          from unnest(${o}::bytea[]) with ordinality as lines (line, n)`:x`insert into checkrein.batches (repo, file, seq, line)
          select ${t}, ${n.file}, ${r+a-1} + n::integer, line
          from unnest(${o}::bytea[]) with ordinality as lines (line, n)`).execute(e),a+=o.length}}function it(e){let t=[];for(let n=0;n<e.length;){let r=e.indexOf(10,n),i=r===-1?e.length:r+1;t.push(e.subarray(n,i)),n=i}return t}function at(e){return t(e,{level:1})}function ot(e){try{return n(e)}catch(t){if(t instanceof Error&&`code`in t&&String(t.code).startsWith(`Z_`))return e;throw t}}async function st(e,t){await x`select pg_advisory_xact_lock(${4201}, hashtext(checkrein.owner_of(${t})))`.execute(e)}async function ct(e,t,{days:n,held:r},i){i&&await x`delete from checkrein.uses where repo = ${t}`.execute(e);for(let{day:r,rows:i}of n){let n=x`${r}::timestamp at time zone 'UTC'`;await x`delete from checkrein.uses where repo = ${t} and at >= ${n} and at < ${n} + interval '1 day'`.execute(e),i.length>0&&await lt(e,t,i)}r!==null&&(await x`delete from checkrein.held where repo = ${t}`.execute(e),await x`
    insert into checkrein.held (repo, lease, at, until, usd, tokens, minutes, runs)
    select ${t}, lease, at, until, (amounts ->> 'usd')::double precision, (amounts ->> 'tokens')::double precision,
      (amounts ->> 'minutes')::double precision, (amounts ->> 'runs')::double precision
    from jsonb_to_recordset(${JSON.stringify(r)}::jsonb) as rows (
      lease text, at timestamptz, until timestamptz, amounts jsonb)`.execute(e))}async function lt(e,t,n){let r=n.map(({at:e,agent:t,...n})=>({at:e,agent:t.replaceAll(`\0`,``),...Object.fromEntries(a.map(e=>[e,ut(n,e)]))}));await x`
    insert into checkrein.uses (repo, at, agent, usd, tokens, minutes, runs)
    select ${t}, at, agent, usd, tokens, minutes, runs
    from jsonb_to_recordset(${JSON.stringify(r)}::jsonb) as rows (
      at timestamptz, agent text, usd double precision[], tokens double precision[], minutes double precision[],
      runs double precision[])`.execute(e)}function ut(e,t){return[e.known[t],e.pieces[t],e.assumed[t],e.guessed[t],e.uncounted[t]]}async function dt(e,t,n){let{rows:r}=await ft(t,n).execute(e),i=r[0]??{},a=e=>Number(i[e]??0),o=e=>({known:a(`${e}_1`)+a(`${e}_spent`),pieces:a(`${e}_2`),assumed:a(`${e}_3`),guessed:a(`${e}_4`),uncounted:a(`${e}_5`),reserved:a(`${e}_reserved`)});return{query:n,units:{usd:o(`usd`),tokens:o(`tokens`),minutes:o(`minutes`),runs:o(`runs`)},leases:a(`leases`),repositories:a(`repositories`),silent:a(`silent`)}}function ft(e,{from:t,to:n,now:r}){let i=a.flatMap(e=>[1,2,3,4,5].map(t=>x`sum(${x.ref(e)}[${x.lit(t)}]) as ${x.ref(`${e}_${t}`)}`)),o=a.flatMap(e=>[x`sum(${x.ref(e)}) filter (where until is null) as ${x.ref(`${e}_spent`)}`,x`sum(${x.ref(e)}) filter (where until is not null) as ${x.ref(`${e}_reserved`)}`]),s=x`date_bin('15 minutes', ${t}::timestamptz, timestamptz '2000-01-01 00:00:00+00')`;return x`
    select * from (
      select ${x.join(i)} from checkrein.uses
      where owner = checkrein.owner_of(${e}) and at >= ${s} and at < ${n}::timestamptz and repo <> ${e}
    ) used, (
      select ${x.join(o)}, count(*) filter (where until is not null) as leases from checkrein.held
      where owner = checkrein.owner_of(${e}) and at >= ${t}::timestamptz and at < ${n}::timestamptz
        and repo <> ${e} and (until is null or until > ${r}::timestamptz)
    ) held, (
      select count(*) as repositories,
        count(*) filter (
          where (written < now() - interval '1 day' or shared <> ${1}) and written >= now() - interval '3 days'
        ) as silent
      from checkrein.ledgers where owner = checkrein.owner_of(${e}) and repo <> ${e}
    ) known`}async function pt(e,t,n){let{rows:r}=await mt(t,n).execute(e);return r.map(e=>{let t=t=>{let n=n=>Number(e[`${n}_${t}`]??0);return{usd:n(`usd`),tokens:n(`tokens`),minutes:n(`minutes`),runs:n(`runs`)}};return{at:u(Number(e.at)),known:t(`known`),told:t(`told`),pieces:t(`pieces`)}})}function mt(e,t){let n=a.flatMap(e=>{let t=t=>x`${x.ref(e)}[${x.lit(t)}]`;return[x`sum(${t(1)}) as ${x.ref(`${e}_known`)}`,x`sum(${t(2)}) as ${x.ref(`${e}_told`)}`,x`sum(${t(2)} + ${t(4)} + ${t(5)}) as ${x.ref(`${e}_pieces`)}`]}),r=e=>x`date_bin('15 minutes', ${e}, timestamptz '2000-01-01 00:00:00+00')`,i=r(x`${t}::timestamptz`),o=a.map(e=>x`array[${x.ref(e)}, 0, 0, 0, 0] as ${x.ref(e)}`);return x`
    select extract(epoch from at) * 1000 as at, ${x.join(n)} from (
      select at, usd, tokens, minutes, runs from checkrein.uses
      where owner = checkrein.owner_of(${e}) and at >= ${i} and repo <> ${e}
      union all
      select ${r(x`at`)} as at, ${x.join(o)} from checkrein.held
      where owner = checkrein.owner_of(${e}) and at >= ${i} and repo <> ${e} and until is null
    ) parts group by at order by at`}const ht=5e3;async function gt(e,t,n){for(let r=0;r<n.length;r+=ht){let i=n.slice(r,r+ht),a=i.filter(({aggregate:e})=>e===null);a.length>0&&await yt(e,t,a),a.length<i.length&&await vt(e,t,i.filter(({aggregate:e})=>e!==null))}}function _t(e){return new Set(e.map(({step:e,at:t})=>`rollups_${e} ${h(t)}`))}async function vt(e,t,n){await x`
    insert into checkrein.rollups
      (repo, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts)
    select ${t}, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts
    from jsonb_to_recordset(${Ct(n.map(xt))}::jsonb) as rows (
      metric text, step text, at timestamptz, labels jsonb, count bigint, sum double precision, min double precision,
      max double precision, unknown bigint, zeros bigint, bins integer[], counts bigint[])
    on conflict (repo, metric, step, at, labels) do update set
      count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, unknown = excluded.unknown,
      zeros = excluded.zeros, bins = excluded.bins, counts = excluded.counts`.execute(e)}async function yt(e,t,n){await x`
    delete from checkrein.rollups
    using jsonb_to_recordset(${Ct(n.map(bt))}::jsonb) as gone (
      metric text, step text, at timestamptz, labels jsonb)
    where rollups.repo = ${t} and rollups.metric = gone.metric and rollups.step = gone.step
      and rollups.at = gone.at and rollups.labels = gone.labels`.execute(e)}function bt({metric:e,step:t,at:n,labels:r}){return{metric:e,step:t,at:St(n),labels:r}}function xt(e){let{aggregate:t}=e,n=e.spread===null?null:o(e.spread);return{...bt(e),...t,zeros:n?.zeros??null,bins:n?.bins.map(([e])=>e)??null,counts:n?.bins.map(([,e])=>e)??null}}function St(e){return e.startsWith(`0000`)?`0001${e.slice(4)} BC`:e}function Ct(e){return JSON.stringify(e).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g,`\\ufffd`)}const Z=/* @__PURE__ */ Error(`somebody else was quicker`);async function wt(e,t,n,r,i=async()=>!0){let{version:a,losses:o,shared:s}=await Tt(e,t.repo,n.version);if(!await i(e))throw Z;let c=new Map(n.files),l=await jt(e,t,n),u=await At(e,t,n,r),d=r.flatMap(({path:e})=>w(e)??[]),f=await Q(e,t,new Set(d.map(e=>`events ${h(e)}`)));for(let n of r){let r=await et(e,t.repo,n);if(r===`conflict`)throw Z;r===`gone`?c.delete(n.path):c.set(n.path,r)}let p=await Dt(e,t,{version:a,before:l,pages:u,losses:o,shared:s,changes:r,files:c});return{ground:{version:a,files:c},months:[...f,...p.months],checkpoint:p.checkpoint}}async function Tt(e,t,n){let{rows:r}=await(n===null?x`
        insert into checkrein.ledgers (repo, version) values (${t}, gen_random_uuid())
        on conflict do nothing returning version, losses, shared`:x`
        update checkrein.ledgers set version = gen_random_uuid(), written = now()
        where repo = ${t} and version = ${n}::uuid
        returning version, losses, shared`).execute(e),[i]=r;if(i===void 0)throw Z;return i}async function Q(e,{months:t},n){let r=[...n].filter(e=>!t.has(e)).sort();for(let t of r){let[n=``,r=``]=t.split(` `);await x`select checkrein.make_month(${n}, ${q(`${r}-01`)}::date)`.execute(e)}return r}async function Et(e){return(await e.selectFrom(`checkrein.upkeep`).select(`losses`).executeTakeFirstOrThrow()).losses}async function Dt(e,t,{version:n,before:r,pages:i,losses:a,shared:o,changes:s,files:c}){let{repo:l,format:u,projection:d}=t,f=s.find(({path:e})=>e===C),p=f===void 0||f.bytes===null?null:D(f.bytes,u);if(p?.kind!==`sound`)return{months:[],checkpoint:null};let{state:m}=p.checkpoint,h=[...d(r,m),...s.flatMap(({path:e,bytes:t})=>t===null?[]:E(e,i.get(e)??null,t))],g=await Q(e,t,_t(h)),_=await Et(e),v=_===a&&r!==null?h:[...d(null,m),...await kt(e,l,c)],ee=await Q(e,t,_t(v));return await gt(e,l,v),_!==a&&await e.updateTable(`checkrein.ledgers`).set({losses:_}).where(`repo`,`=`,l).execute(),await Ot(e,t,{before:r,after:m,shared:o}),{months:[...g,...ee],checkpoint:{version:n,state:m}}}async function Ot(e,{repo:t,shares:n},{before:r,after:i,shared:a}){if(n===void 0)return;let o=a!==1||r===null;await ct(e,t,n(o?null:r,i),o),a!==1&&await e.updateTable(`checkrein.ledgers`).set({shared:1}).where(`repo`,`=`,t).execute()}async function kt(e,t,n){let r=[];for(let[i,{last:a}]of n){if(!T(i))continue;let n=await Y(e,t,i,a);for(let e of n===null?[]:E(i,null,n))r.push(e)}return r}async function At(e,{repo:t},{files:n},r){let i=/* @__PURE__ */ new Map;for(let{path:a,bytes:o}of r){let r=n.get(a);if(o===null||r===void 0||!T(a))continue;let s=await Y(e,t,a,r.last);s!==null&&i.set(a,s)}return i}async function jt(e,t,{version:n,files:r}){if(n===null)return null;if(t.projected?.version===n)return t.projected.state;let i=r.get(C),a=i===void 0?null:await Y(e,t.repo,C,i.last),o=a===null?null:D(a,t.format);return o?.kind===`sound`?o.checkpoint.state:null}function Mt(e,t){let n={...t,database:e,place:`${e.place} (${t.repo})`,grounds:/* @__PURE__ */ new WeakMap,furnished:!1,months:/* @__PURE__ */ new Set,projected:null};return{place:n.place,shifts:!0,open:()=>Nt(n),commit:(e,t)=>Bt(n,e,t),owner:{read:e=>It(n,e),quarters:e=>Lt(n,e),commit:(e,t,r)=>Bt(n,e,t,e=>Rt(e,n.repo,r))}}}async function Nt(e){let{database:t,repo:n}=e;return Pt(e,await t.read(async r=>e.furnished?await J(r,n):await G(r,t.place)===`empty`?null:await J(r,n))??{version:null,files:/* @__PURE__ */ new Map})}function Pt(e,t){let n=new Map([...t.files].map(([e,{bytes:t}])=>[e,t])),r={version:t.version??`none`,files:n,read:n=>Ft(e,t,n)};return e.grounds.set(r,t),r}async function Ft({database:e,repo:t,place:n},r,i){let a=r.files.get(i),o=a===void 0?null:await e.read(e=>Y(e,t,i,a.last));if(o!==null)return o;throw new c({kind:`not_found`,message:`There is no file ${i} in ${n}`,remedy:"Check the ledger with `checkrein ledger verify`",retry:!1})}async function It(e,t){if(t.length===0)return[];let{database:n,repo:r}=e;return await $(e),await n.read(e=>zt(e,r,t))}async function Lt(e,t){let{database:n,repo:r}=e;return await $(e),await n.read(e=>pt(e,r,t))}async function $(e){let{database:t}=e;!e.furnished&&await t.read(e=>G(e,t.place))!==`ready`&&await Vt(e)}async function Rt(e,t,{queries:n,may:r}){return await st(e,t),r(await zt(e,t,n))}async function zt(e,t,n){let r=[];for(let i of n)r.push(await dt(e,t,i));return r}async function Bt(e,t,n,r){let i=e.grounds.get(t);if(i===void 0)throw Error(`the tree ${t.version} was not opened in ${e.place}`);await Vt(e);for(let t=1;;t++)try{let t=await Ht(e,i,n,r);return t===null?{kind:`conflict`}:(e.projected=t.checkpoint,{kind:`committed`,tree:Pt(e,t.ground)})}catch(n){if(t>1||!(n instanceof Error&&`code`in n&&n.code===`23514`))throw n;e.months.clear()}}async function Vt(e){if(e.furnished)return;let{database:t}=e;await t.read(e=>G(e,t.place))!==`ready`&&await Ye(t),await t.write(e=>x`select checkrein.keep_up()`.execute(e),async()=>!0),e.furnished=!0}async function Ht(e,t,n,r){let i=null;try{let a=await e.database.write(i=>wt(i,e,t,n,r),async t=>(i=t,await Ut(e,n)));for(let t of a.months)e.months.add(t);return a}catch(t){if(t!==Z)throw t;return i!==null&&await Ut(e,n)?i:null}}function Ut({database:e,repo:t},n){let r=n.find(({path:e,bytes:t})=>S(e)!==null&&t!==null);if(r===void 0||r.bytes===null)return Promise.resolve(!1);let{path:i,bytes:a}=r,o=it(a).at(-1)??a;return e.read(async e=>await e.selectFrom(`checkrein.batches`).select(`seq`).where(`repo`,`=`,t).where(`file`,`=`,S(i)).where(`line`,`=`,o).executeTakeFirst()!==void 0)}function Wt(e,t){return[...Gt(`hour`,e?.hours??{},t.hours,t.newest),...Gt(`day`,e?.days??{},t.days,t.newest)]}function Gt(e,t,n,r){return[.../* @__PURE__ */ new Set([...Object.keys(t),...Object.keys(n)])].flatMap(i=>{let[a,o]=[t[i]??{},n[i]??{}];return a===o?[]:Kt({step:e,subject:i,newest:r},a,o)})}function Kt(e,t,n){let r=Object.entries(n).filter(([e,n])=>!Jt(t[e],n)),i=Object.entries(t).filter(([t])=>n[t]===void 0&&!Xt(e,t));return[...r.flatMap(([n,r])=>Zt(e,n,t[n],r)),...i.flatMap(([t,n])=>Zt(e,t,n,qt))]}const qt={n:{},v:{}};function Jt(e,t){return e===t||e!==void 0&&s(e)===s(t)}const Yt={hour:13,day:399};function Xt({step:e,newest:t},n){return t===null||m(n)<f(t,-Yt[e]*864e5)}function Zt({step:e,subject:t},n,r,i){let a=t.startsWith(`agent:`)?{agent:t.slice(6)}:{};return v.flatMap(t=>{let o=g(t,i);return o===null&&(r===void 0||g(t,r)===null)?[]:[{metric:t,labels:a,step:e,at:m(n),aggregate:o,spread:null}]})}async function Qt(e,t,{sleep:n}){let r=Ne(e,{sleep:n});return $t(r,t??en(await Ze(r),oe(e)))}function $t(e,t){return Mt(e,{repo:t,format:te.format??1,projection:(e,t)=>Wt(e?.rollups??null,t.rollups),shares:(e,t)=>ge(e?.budgets??null,t.budgets)})}function en(e,t){let[n]=e;if(n!==void 0&&e.length===1)return n;let r=n===void 0?`${t} holds no ledger yet`:`${t} holds the ledgers of ${e.length===10?`many`:e.length} repositories, ${e.slice(0,9).join(`, `)}`;throw new me(`${r}: say which is meant, with ?repo=OWNER/NAME at the end of the address.`)}export{Qt as postgresStoreAt};