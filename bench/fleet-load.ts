/** A made-up fleet, for the database to make up itself: nothing of it travels. */
export interface FleetSize {
  readonly repos: number;
  readonly days: number;
}

/** The last day of the made-up fleet. */
export const FLEET_END = '2026-11-20';

/** Agents and tools of each repository. */
const AGENTS = 2;
const TOOLS = 4;
/** Metrics that a day of an agent leaves beside its cost: as many as src/metrics/row.ts keeps. */
const OTHER_METRICS = 19;

/** How many rows a day of one repository leaves. */
export const ROWS_A_DAY: number = AGENTS * (1 + OTHER_METRICS) + TOOLS;

/**
 * The statements that fill an empty database of Checkrein with rollups by day. Costs grow with the number of the repository and of the
 * agent, and the latency of tool t is spread over 20 bins around one that grows with t, so that the right answers are known.
 */
export function fleetStatements({ repos, days }: FleetSize): readonly string[] {
  const first = `date '${FLEET_END}' - ${days - 1}`;
  const everyDay = `generate_series(1, ${repos}) r, generate_series(${first}, date '${FLEET_END}', '1 day') d`;
  const place = `'octo/repo-' || lpad(r::text, 5, '0')`;
  const head =
    'insert into checkrein.rollups (repo, metric, step, at, labels, count, sum, min, max, unknown, zeros, bins, counts)';
  return [
    `select checkrein.make_month('rollups_day', m::date)
      from generate_series(date_trunc('month', ${first}), date '${FLEET_END}', '1 month') m`,
    `${head}
      select ${place}, 'sessions.tokenUsage.cost', 'day', d at time zone 'UTC', jsonb_build_object('agent', 'agent-' || a),
        7, r * a / 100.0, 0.01, r * a / 50.0, 0, null, null, null
      from ${everyDay}, generate_series(1, ${AGENTS}) a`,
    `${head}
      select ${place}, 'sessions.failed', 'day', d at time zone 'UTC', jsonb_build_object('agent', 'agent-' || a),
        7, (r + a) % 7, 0, 1, 0, null, null, null
      from ${everyDay}, generate_series(1, ${AGENTS}) a`,
    `${head}
      select ${place}, 'sessions.other' || m, 'day', d at time zone 'UTC', jsonb_build_object('agent', 'agent-' || a),
        7, r + a + m, 0, r, 0, null, null, null
      from ${everyDay}, generate_series(1, ${AGENTS}) a, generate_series(2, ${OTHER_METRICS}) m`,
    `${head}
      select ${place}, 'session.tool.latency', 'day', d at time zone 'UTC', jsonb_build_object('server', 'github', 'tool', 'tool-' || t),
        40, 40000, 1, 5000, 0, 0, array(select b from generate_series(t * 50, t * 50 + 19) b), array_fill(2, array[20])
      from ${everyDay}, generate_series(1, ${TOOLS}) t`,
    'vacuum analyze checkrein.rollups',
  ];
}
