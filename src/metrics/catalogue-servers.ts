import type { Unit } from '../core/unit.ts';
import type { MetricDoc } from './metric-doc.ts';

const CALLS = 'session.recorded; metrics.recorded, from track()';
const NO_CALLS = 'no call was seen in the last 24 hours, or the series was not read because no rule names it';

function calls(name: string, unit: Unit, fold: string, unknownWhen: string): readonly MetricDoc[] {
  const base = { unit, reduction: 'calls', source: CALLS, fold, unknownWhen } as const;
  return [
    { ...base, name: `mcpServers.*.${name}` },
    { ...base, name: `mcpServers.*.tools.*.${name}`, fold: `The same of one tool: ${fold}` },
  ];
}

/** Tool calls by MCP server and tool. */
export const OF_SERVERS: readonly MetricDoc[] = [
  {
    name: 'mcpServers.*.status',
    unit: 'count',
    values: ['healthy', 'degraded', 'unhealthy'],
    reduction: 'none',
    source: 'none yet',
    fold: 'How the server fares by a probe.',
    unknownWhen: 'always: no source measures it yet',
  },
  ...calls(
    'responseTime',
    'ms',
    'Mean time of the calls whose time is known.',
    `${NO_CALLS}; or no time of a call is known`,
  ),
  ...calls(
    'errorRate',
    'ratio',
    'Calls that failed divided by all calls: as a program with track() told them, else as the records of sessions did.',
    NO_CALLS,
  ),
  ...calls(
    'requestCount',
    'count',
    'Calls, counted in the same way. 0 for a server that was called in the last 30 days and not since.',
    'no rule names it, so that the series was not read',
  ),
];
