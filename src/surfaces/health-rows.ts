import type { Health, HealthStatus, SystemHealth } from '../core/health.ts';

/** One item whose health is shown. */
export interface HealthRow {
  readonly name: string;
  readonly status: HealthStatus;
  readonly score: number | null;
  readonly latencyMs: number | null;
  /** What lowers it most, or why nothing is known; one sentence. */
  readonly why: string;
}

/** The components of the system, followed by servers and agents that are not well. */
export function healthRows({ components, servers, agents }: SystemHealth): readonly HealthRow[] {
  const { database, telemetry, mcpServers, githubActions } = components;
  const unwell = [
    ...servers.map((server) => rowOf(`MCP server ${server.name}`, server)),
    ...agents.map((agent) => rowOf(`agent ${agent.name}`, agent)),
  ].filter(({ status }) => status === 'unhealthy' || status === 'degraded');
  return [
    rowOf('ledger', database),
    rowOf('telemetry', telemetry),
    rowOf('MCP servers', mcpServers),
    rowOf('GitHub Actions', githubActions),
    rowOf('agents', components.agents),
    ...unwell,
  ];
}

function rowOf(name: string, { status, score, latencyMs, parts }: Health): HealthRow {
  return { name, status, score, latencyMs, why: whyOf(parts) };
}

/** The known part with the lowest score; if none is known, the one with the most weight. */
function whyOf(parts: Health['parts']): string {
  const known = parts.filter((part) => part.score !== null);
  const low = known.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[0];
  const named = low ?? parts.toSorted((a, b) => b.weight - a.weight)[0];
  if (named === undefined) return '';
  const isMember = known.length > 0 && /^It is /.test(named.reason);
  return isMember ? `${named.name}: ${named.reason.slice('It is '.length)}` : named.reason;
}
