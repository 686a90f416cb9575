import { type Kysely, sql } from 'kysely';

/** What people and dashboards read; docs/sql.md describes each column. Later versions may add columns at the end. */
const VIEWS = String.raw`
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
`;

/** @throws any error of the database; nothing is kept then. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(VIEWS).execute(db);
}
