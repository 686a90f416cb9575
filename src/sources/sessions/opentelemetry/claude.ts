import type { Certainty } from '../../../core/outcome.ts';
import { keptName } from '../../../core/redact.ts';
import {
  type ServerStatus,
  type SessionDetail,
  type SessionOutcome,
  type SessionReading,
  UNKNOWN_DETAIL,
  UNKNOWN_TOKENS,
} from '../../../core/session.ts';
import { between, type Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { keptModels } from '../claude/detail.ts';
import { serverStatus } from '../claude/init.ts';
import { withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { sumKnown } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { repeatsOf } from '../repeats.ts';
import { deniedToolsOf, toolUsesOf } from '../tool-uses.ts';
import { bySession, CLAUDE_CODE, type SessionTelemetry } from './by-session.ts';
import { costOf, knownTokens } from './claude-costs.ts';
import { type MetricTotals, totalsOf } from './claude-metrics.ts';
import { type ApiRequest, requestsOf, tokensOf } from './claude-requests.ts';
import { tallyTools } from './claude-tools.ts';
import { MAX_SESSIONS, sessionsToRead, wasSentSince } from './most-sessions.ts';
import { type LogEvent, textIn } from './otlp.ts';
import type { TelemetryPart } from './part.ts';
import { isBefore } from './version.ts';

/** The name of the format in readings. */
export const CLAUDE_OTEL = 'claude-otel';

/** At most this many models and servers are kept per session. */
const MAX_MODELS = 20;
const MAX_SERVERS = 100;

/**
 * Reads what Claude Code exports over OpenTelemetry, as OTLP in JSON: metrics, events or both. Nothing marks the end of a session,
 * so more may have been used than was sent.
 */
export function readClaudeOtel(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const sessions = bySession(document.records, CLAUDE_CODE);
  const complaints: string[] = sessions.length === 0 ? ['holds telemetry of Claude Code, and no session in it'] : [];
  if (sessions.length > MAX_SESSIONS)
    complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const parts = sessionsToRead(sessions, wasSentSince(since)).map((telemetry): TelemetryPart => {
    return {
      sent: () => telemetry,
      damaged: document.damaged,
      read: (joined, damaged) => readSession(joined, damaged, price, []),
    };
  });
  const read = parts.map(({ sent }) => readSession(sent(), document.damaged, price, complaints));
  return { sessions: read, complaints, telemetry: parts };
}

function readSession(
  telemetry: SessionTelemetry,
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const requests = requestsOf(telemetry.events);
  const totals = totalsOf(telemetry.points);
  const noting = notingPrices(price);
  const used = knownTokens(tokensOf(requests)) ?? knownTokens(totals.tokens);
  const certainty = stateOf(telemetry, damaged);
  const cost = costOf(requests, totals, certainty, noting.price);
  const tools = tallyTools(telemetry.events);
  complaints.push(...cost.oddities, ...oddities(requests, totals));
  return {
    engine: 'claude',
    format: CLAUDE_OTEL,
    engineSession: keptId(telemetry.session),
    models: modelsOf(requests, totals),
    ...times(telemetry),
    outcome: outcomeOf(telemetry.events),
    turns: null,
    tokens: used === null ? UNKNOWN_TOKENS : withTotal(used),
    cost: cost.best,
    reportedCost: cost.reported,
    tools: toolUsesOf(tools.calls),
    denials: tools.denials,
    state: {
      tokens: used === null ? 'unknown' : certainty,
      cost: cost.best.usd === null ? 'unknown' : certainty,
      turns: 'unknown',
      tools: tools.calls.length === 0 ? 'unknown' : damaged ? 'partial' : 'lower_bound',
      latency: tools.calls.some(({ latency }) => latency !== null) ? 'partial' : 'unknown',
    },
    detail: {
      ...UNKNOWN_DETAIL,
      apiDuration: sumKnown(requests.map(({ duration }) => duration)),
      servers: serversOf(telemetry.events),
      deniedTools: tools.denials === null ? null : deniedToolsOf(tools.denied),
      repeats: repeatsOf(tools.calls),
      computedCost: cost.computed,
      computedState: cost.computedState,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

/** The named servers with their latest status. */
function serversOf(events: readonly LogEvent[]): SessionDetail['servers'] {
  const servers = new Map<string, ServerStatus>();
  for (const { name, attributes } of events) {
    if (name !== 'mcp_server_connection') continue;
    const server = keptName(textIn(attributes, 'server_name') ?? textIn(attributes, 'mcp_server.name') ?? '');
    // Disconnecting at the end is normal.
    if (servers.has(server) && attributes.get('status') === 'disconnected') continue;
    if (server !== '' && (servers.has(server) || servers.size < MAX_SERVERS))
      servers.set(server, serverStatus(attributes.get('status')));
  }
  return servers.size === 0 ? null : [...servers].map(([name, status]) => ({ name, status }));
}

/** Up to this version, responses that came in several frames were counted more than once. */
const COUNTED_RIGHT = '2.1.214';

function stateOf({ points, events }: SessionTelemetry, damaged: boolean): Certainty {
  if (damaged) return 'partial';
  const sent = [...points, ...events];
  const versions = sent.map(({ resource, attributes }) => {
    return textIn(resource.attributes, 'service.version') ?? textIn(attributes, 'app.version');
  });
  return versions.some((version) => version !== null && isBefore(version, COUNTED_RIGHT)) ? 'estimate' : 'lower_bound';
}

function modelsOf(requests: readonly ApiRequest[], totals: MetricTotals): readonly string[] {
  const used = requests.map(({ model }) => model).filter((model) => model !== null);
  const models = [...new Set([...used, ...totals.models])].slice(0, MAX_MODELS);
  return [...new Set(models.map((model) => keptName(model)))].filter((name) => name !== '');
}

function times({ points, events }: SessionTelemetry): Pick<SessionReading, 'startedAt' | 'endedAt' | 'duration'> {
  const told = [...points.flatMap(({ startedAt, at }) => [startedAt, at]), ...events.map(({ at }) => at)];
  const moments: Instant[] = told.filter((at) => at !== null);
  moments.sort();
  const [startedAt = null] = moments;
  const endedAt = moments.at(-1) ?? null;
  const duration = startedAt === null || endedAt === null ? 0 : between(startedAt, endedAt);
  return { startedAt, endedAt, duration: duration === 0 ? null : duration };
}

const FAILURES: readonly string[] = ['api_error', 'api_retries_exhausted'];

/** A session has failed if its last request failed for good. Otherwise nothing shows whether it came to its end. */
function outcomeOf(events: readonly LogEvent[]): SessionOutcome {
  const asked = events
    .filter(({ name, attributes }) => attributes.get('query_source') !== 'auxiliary' && isAboutRequest(name))
    .sort((a, b) => (a.at === null || b.at === null || a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
  return FAILURES.includes(asked.at(-1)?.name ?? '') ? 'failed' : 'unknown';
}

function isAboutRequest(name: string): boolean {
  return name === 'api_request' || FAILURES.includes(name);
}

/** Describes whatever does not add up, as sentences. */
function oddities(requests: readonly ApiRequest[], totals: MetricTotals): readonly string[] {
  const told = knownTokens(tokensOf(requests));
  const sums = knownTokens(totals.tokens);
  if (told === null || sums === null || withTotal(told).total === withTotal(sums).total) return [];
  return ['the metrics and the events tell of different numbers of tokens: the events count'];
}
