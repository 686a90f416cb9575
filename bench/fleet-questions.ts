import { FLEET_END } from './fleet-load.ts';

const SPAN = `step = 'day' and at > timestamptz '${FLEET_END} 00:00:00+00' - interval '30 days'`;

/** What people who look after many repositories ask; docs/sql.md shows the same. */
export const QUESTIONS: Readonly<
  Record<'spend by repository, 30 days' | 'worst agents, 30 days' | 'p95 by tool, 30 days', string>
> = {
  'spend by repository, 30 days': `
    select repo, sum(usd) as usd from checkrein.daily_spend
    where at > timestamptz '${FLEET_END} 00:00:00+00' - interval '30 days' group by repo order by usd desc limit 20`,
  'worst agents, 30 days': `
    select repo, labels ->> 'agent' as agent, sum(sum) / nullif(sum(count), 0) as failed
    from checkrein.rollups where metric = 'sessions.failed' and ${SPAN}
    group by 1, 2 having sum(count) >= 20 order by failed desc, 1, 2 limit 20`,
  'p95 by tool, 30 days': `
    select server, tool, calls, latency_ms from checkrein.tool_latency(timestamptz '${FLEET_END} 00:00:00+00' - interval '30 days',
      timestamptz '${FLEET_END} 00:00:00+00' + interval '1 day', 0.95) order by 1, 2`,
};
