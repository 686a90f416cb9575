import { median } from 'simple-statistics';
import type { Agent } from '../../core/agent.ts';
import type { RunMark, SessionMark, SourceStatus, Tick, ViolationMark } from '../../core/facts.ts';
import type {
  AgentHealth,
  Component,
  Health,
  HealthPart,
  ProbeMark,
  ServerHealth,
  SystemHealth,
} from '../../core/health.ts';
import type { MeasureRow } from '../../core/measure-row.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { after, DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/time.ts';
import type { HealthState } from './fold.ts';
import { falling, fallingLog, healthOf, part, unknownPart } from './score.ts';
import { serverHealth } from './servers.ts';

/** What the health of everything is judged by. */
export interface HealthInput {
  readonly state: HealthState;
  /** What `serverQueries` requests; null if nobody asked. */
  readonly rows: readonly MeasureRow[] | null;
  readonly agents: readonly Agent[];
  readonly runs: readonly RunMark[];
  readonly sessions: readonly SessionMark[];
  readonly violations: readonly ViolationMark[];
  readonly sources: readonly SourceStatus[];
  readonly ticks: readonly Tick[];
  readonly now: Instant;
}

/** The health of everything at a moment. Pure. */
export function systemHealth(input: HealthInput): SystemHealth {
  const { state, rows, now } = input;
  const servers = rows === null ? [] : serverHealth(state, rows, now);
  const agents = input.agents.map(({ name }) => agentHealth(name, input));
  const components: Readonly<Record<Component, Health>> = {
    database: databaseHealth(state, now),
    telemetry: telemetryHealth(input),
    mcpServers: together(servers, 'server'),
    githubActions: actionsHealth(input),
    agents: together(agents, 'agent'),
  };
  const weights: Readonly<Record<Component, number>> = {
    database: 2,
    telemetry: 2,
    mcpServers: 1,
    githubActions: 1,
    agents: 2,
  };
  const parts = Object.entries(components).map(([name, { score, status }]) => {
    const weight = weights[name as Component];
    return score === null ? unknownPart(name, weight, 'Not known.') : part(name, weight, score, `It is ${status}.`);
  });
  return { ...healthOf(parts, null), components, servers, agents };
}

function latestProbes<What extends ProbeMark['what']>(
  { probes }: HealthState,
  what: What,
  since: Instant,
): readonly Extract<ProbeMark, { readonly what: What }>[] {
  const ofKind = (mark: ProbeMark): mark is Extract<ProbeMark, { readonly what: What }> => mark.what === what;
  return (probes[what] ?? []).filter(ofKind).filter(({ at }) => at > since);
}

function databaseHealth(state: HealthState, now: Instant): Health {
  const probes = latestProbes(state, 'database', after(now, -DAY));
  const last = probes.at(-1);
  if (last === undefined)
    return healthOf([unknownPart('reach', 3, 'The ledger was not read in the last 24 hours.')], null);
  const times = probes.flatMap(({ latency }) => latency ?? []);
  const typical = times.length === 0 ? null : median(times);
  const reach = last.ok
    ? part('reach', 3, 100, 'It was read when it was asked last.')
    : part('reach', 3, 0, `It could not be read: ${last.problem ?? 'no reason is known'}.`);
  const speed =
    typical === null
      ? unknownPart('latency', 1, 'No reading of the last 24 hours was timed.')
      : part(
          'latency',
          1,
          fallingLog(typical, SECOND, 30 * SECOND),
          `Reading it takes ${formatQuantity(typical, 'ms')}.`,
        );
  return healthOf([reach, speed], typical);
}

function telemetryHealth({ runs, sources }: HealthInput): Health {
  return healthOf([recordsPart(runs), sourcesPart(sources)], null);
}

/** A skipped run has nothing to leave. One that nobody has looked at yet may still have left a record. */
function recordsPart(runs: readonly RunMark[]): HealthPart {
  const ended = runs.filter((run) => run.status === 'completed' && !['awaited', 'skipped'].includes(run.telemetry));
  if (ended.length < 3) return unknownPart('records', 3, `Only ${ended.length} runs ended in the last 72 hours.`);
  const recorded = ended.filter(({ telemetry }) => telemetry === 'recorded').length;
  const share = recorded / ended.length;
  return part('records', 3, falling(1 - share, 0, 0.8), `${recorded} of ${ended.length} runs left a readable record.`);
}

function sourcesPart(sources: readonly SourceStatus[]): HealthPart {
  if (sources.length === 0) return unknownPart('sources', 2, 'No source was read yet.');
  const well = sources.filter(({ failure }) => failure === null).length;
  return part('sources', 2, (100 * well) / sources.length, `${well} of ${sources.length} sources can be read.`);
}

function actionsHealth({ state, ticks, now }: HealthInput): Health {
  const probes = latestProbes(state, 'github-actions', after(now, -3 * DAY));
  const queues = probes.flatMap(({ queue }) => queue ?? []);
  const typical = queues.length === 0 ? null : median(queues);
  const left =
    probes.findLast(({ at, requestsLeft }) => requestsLeft !== null && at > after(now, -HOUR))?.requestsLeft ?? null;
  return healthOf(
    [
      typical === null
        ? unknownPart('queue', 2, 'No run was looked at for how long it waited for a runner.')
        : part(
            'queue',
            2,
            fallingLog(typical, MINUTE, 30 * MINUTE),
            `Jobs wait ${formatQuantity(typical, 'ms')} for a runner.`,
          ),
      latenessPart(ticks, now),
      left === null
        ? unknownPart('api', 1, 'How many requests are left in this hour is not known.')
        : part('api', 1, Math.min(100, left / 10), `${left} requests are left in this hour.`),
    ],
    typical,
  );
}

function latenessPart(ticks: readonly Tick[], now: Instant): HealthPart {
  const delays = ticks.filter(({ at }) => at > after(now, -DAY)).flatMap(({ late }) => late ?? []);
  if (delays.length === 0) return unknownPart('schedule', 1, 'No scheduled run of Checkrein in the last 24 hours.');
  const typical = median(delays);
  const score = fallingLog(Math.max(typical, SECOND), 15 * MINUTE, 6 * HOUR);
  return part('schedule', 1, score, `Checkrein is started ${formatQuantity(typical, 'ms')} after its minute.`);
}

function agentHealth(name: string, { runs, sessions, violations, now }: HealthInput): AgentHealth {
  const own = sessions.filter(({ agent }) => agent === name);
  const since = after(now, -7 * DAY);
  const found = violations.filter(({ agent, at }) => agent === name && at > since);
  const parts = [
    outcomePart(own),
    seenPart(runs.filter(({ agent }) => agent === name)),
    safetyPart(found, own.length + runs.filter(({ agent }) => agent === name).length),
  ];
  return { name, ...healthOf(parts, null) };
}

function outcomePart(sessions: readonly SessionMark[]): HealthPart {
  const known = sessions.filter(({ outcome }) => outcome !== 'unknown').slice(-20);
  if (known.length < 5)
    return unknownPart('outcomes', 3, `Only ${known.length} sessions of the last 72 hours have a known end.`);
  const failed = known.filter(({ outcome }) => outcome === 'failed' || outcome === 'timed_out').length;
  const reason = `${failed} of the last ${known.length} sessions failed or timed out.`;
  return part('outcomes', 3, falling(failed / known.length, 0, 0.8), reason);
}

function seenPart(runs: readonly RunMark[]): HealthPart {
  return { ...recordsPart(runs), weight: 1 };
}

/** If nothing of an agent was seen, the absence of violations proves nothing. */
function safetyPart(found: readonly ViolationMark[], seen: number): HealthPart {
  if (found.length === 0 && seen === 0) return unknownPart('safety', 2, 'Nothing of it was seen in the last 72 hours.');
  const cost = found.reduce((sum, { severity }) => sum + (severity === 'critical' ? 50 : 20), 0);
  return part('safety', 2, Math.max(0, 100 - cost), `${found.length} violations in the last 7 days.`);
}

/** Things of one kind are as healthy as they are on average, but not healthy while one of them is not. */
function together(all: readonly (ServerHealth | AgentHealth)[], kind: string): Health {
  const known = all.filter(({ score }) => score !== null);
  if (known.length === 0) return healthOf([unknownPart(`${kind}s`, 1, `Of no ${kind} enough is known.`)], null);
  const latencies = known.flatMap(({ latencyMs }) => latencyMs ?? []);
  const parts = known.map(({ name, score, status }) => part(name, 1, score ?? 0, `It is ${status}.`));
  const health = healthOf(parts, latencies.length === 0 ? null : median(latencies));
  const ill = known.some(({ status }) => status === 'unhealthy');
  return ill && health.status === 'healthy' ? { ...health, status: 'degraded' } : health;
}
