import type { Facts } from '../core/facts.ts';
import { type Aggregate, mergeAggregates } from '../core/series.ts';
import type { LabelSets, SeriesRequest } from '../core/series-request.ts';
import { DAY } from '../core/time.ts';
import type { MetricTree } from './current.ts';

/** The measures of tool calls: as reported by programs themselves, and as found in session records. */
const ERRORS = { told: 'tool.errors', recorded: 'session.tool.errors' } as const;
const TIMES = { told: 'tool.latency', recorded: 'session.tool.latency' } as const;
const ALL = [ERRORS.told, ERRORS.recorded, TIMES.told, TIMES.recorded];

/** The series that `measureServers` requests. */
export function serverRequests(labelSets: LabelSets): readonly SeriesRequest[] {
  return ALL.flatMap((metric) =>
    labelSets(metric)
      .filter(({ server, tool }) => server !== undefined && tool !== undefined)
      .map(({ server = '', tool = '' }) => requestFor(metric, server, tool)),
  );
}

function requestFor(metric: string, server: string, tool: string): SeriesRequest {
  return { metric, labels: { server, tool }, step: 'hour', lookBack: DAY };
}

/** The calls of one tool or one server over the last 24 hours. */
interface Calls {
  readonly errors: Aggregate | null;
  readonly times: Aggregate | null;
}

/**
 * Tool calls by MCP server and tool. If a server's own program reports its calls, that takes precedence over session records, which
 * contain only part of the same calls. `facts.measured` must have been given `serverRequests`.
 */
export function measureServers(facts: Facts): MetricTree {
  const servers = new Map<string, Set<string>>();
  for (const { labels } of serverRequests(facts.labelSets)) {
    const { server = '', tool = '' } = labels;
    servers.set(server, (servers.get(server) ?? new Set()).add(tool));
  }
  const entries = [...servers].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([server, tools]) => [server, serverTree(facts, server, [...tools].sort())]));
}

function serverTree(facts: Facts, server: string, tools: readonly string[]): MetricTree {
  const told = tools.map((tool) => [tool, callsOf(facts, 'told', server, tool)] as const);
  const isTold = told.some(([, { errors }]) => errors !== null);
  const calls = isTold ? told : tools.map((tool) => [tool, callsOf(facts, 'recorded', server, tool)] as const);
  const whole = calls.reduce<Calls>(
    (sum, [, one]) => ({
      errors: mergeAggregates(sum.errors, one.errors),
      times: mergeAggregates(sum.times, one.times),
    }),
    { errors: null, times: null },
  );
  return {
    status: null,
    ...figures(whole),
    tools: Object.fromEntries(calls.map(([tool, one]) => [tool, figures(one)])),
  };
}

function figures({ errors, times }: Calls): MetricTree {
  const count = errors?.count ?? 0;
  return {
    responseTime: times === null || times.count === 0 ? null : times.sum / times.count,
    errorRate: errors === null || count === 0 ? null : errors.sum / count,
    requestCount: count,
  };
}

function callsOf(facts: Facts, how: 'told' | 'recorded', server: string, tool: string): Calls {
  return {
    errors: sumOver(facts, ERRORS[how], server, tool),
    times: sumOver(facts, TIMES[how], server, tool),
  };
}

function sumOver(facts: Facts, metric: string, server: string, tool: string): Aggregate | null {
  const isKnown = facts.labelSets(metric).some((labels) => labels['server'] === server && labels['tool'] === tool);
  if (!isKnown) return null;
  const { points } = facts.measured(requestFor(metric, server, tool));
  return points.reduce<Aggregate | null>((sum, { aggregate }) => mergeAggregates(sum, aggregate), null);
}
