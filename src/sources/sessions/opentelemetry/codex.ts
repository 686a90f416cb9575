import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type SessionReading, UNKNOWN_DETAIL, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { keptModels } from '../claude/detail.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import { type ModelRequest, priceRequests } from '../codex/requests.ts';
import { kindsOf } from '../codex/usage.ts';
import type { FormatReading } from '../format.ts';
import { spanOf } from '../gemini/session.ts';
import type { JsonDocument } from '../json/document.ts';
import { keptId } from '../kept-id.ts';
import { leftOut, priceSums } from '../priced-sums.ts';
import { repeatsOf } from '../repeats.ts';
import { deniedToolsOf, type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { bySession, CODEX, type SessionTelemetry } from './by-session.ts';
import { meteredRequests, requestsIn } from './codex-requests.ts';
import { tallyCalls } from './codex-tools.ts';
import { MAX_SESSIONS, sessionsToRead, wasSentSince } from './most-sessions.ts';
import { type LogEvent, textIn } from './otlp.ts';
import type { TelemetryPart } from './part.ts';

/** The name of the format in readings. */
export const CODEX_OTEL = 'codex-otel';

/**
 * Reads what Codex exports over OpenTelemetry, as OTLP in JSON: events, otherwise metrics. Nothing marks the end of a thread, so
 * more may have been used than was sent.
 */
export function readCodexOtel(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const sessions = withMetrics(bySession(document.records, CODEX));
  const complaints: string[] = sessions.length === 0 ? ['holds telemetry of Codex, and no thread in it'] : [];
  if (sessions.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} threads: the rest was not read`);
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

/**
 * A process's metrics belong to its thread if it has only one. With several threads only events count. If no event names a thread,
 * each process that counted tokens is one.
 */
function withMetrics(sessions: readonly SessionTelemetry[]): readonly SessionTelemetry[] {
  const named = sessions.filter(({ session }) => session !== null);
  const nameless = sessions.filter(({ session }) => session === null);
  const [only] = named;
  if (only === undefined)
    return nameless.filter(({ events, points }) => requestsIn(events).length + meteredRequests(points).length > 0);
  if (named.length > 1) return named;
  return [{ ...only, points: [...only.points, ...nameless.flatMap(({ points }) => points)] }];
}

function readSession(
  { session, events, points }: SessionTelemetry,
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const told = requestsIn(events);
  const requests = told.length > 0 ? told : meteredRequests(points);
  const noting = notingPrices(price);
  const usd =
    told.length > 0 ? priceTold(told, noting.price, complaints) : priceSummed(requests, noting.price, complaints);
  const cost: Money = usd === null ? UNKNOWN_MONEY : { usd, basis: 'estimated' };
  const tools = tallyCalls(events);
  const prompts = events.filter(({ name }) => name === 'user_prompt').length;
  const state = stateOf({ requests: requests.length, usd, prompts, calls: tools.calls }, damaged);
  return {
    engine: 'codex',
    format: CODEX_OTEL,
    engineSession: keptId(session),
    models: modelsOf(requests, events),
    ...spanOf([...events.map(({ at }) => at), ...points.flatMap(({ startedAt, at }) => [startedAt, at])]),
    outcome: 'unknown',
    turns: prompts === 0 ? null : prompts,
    tokens: requests.length === 0 ? UNKNOWN_TOKENS : withTotal(addUsage(requests.map(({ used }) => kindsOf(used)))),
    cost,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(tools.calls),
    denials: tools.denied === null ? null : tools.denied.length,
    state,
    detail: {
      ...UNKNOWN_DETAIL,
      deniedTools: tools.denied === null ? null : deniedToolsOf(tools.denied),
      repeats: repeatsOf(tools.calls),
      unguarded: isUnguarded(events),
      computedCost: cost,
      computedState: state.cost,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

function priceTold(requests: readonly ModelRequest[], price: PriceList, complaints: string[]): number | null {
  const { usd, unpriced } = priceRequests(requests, price);
  if (unpriced > 0)
    complaints.push(`${unpriced} of ${requests.length} requests have no known price: the cost leaves them out`);
  return usd;
}

/** Metrics do not say how their sums were spread over requests. */
function priceSummed(sums: readonly ModelRequest[], price: PriceList, complaints: string[]): number | null {
  const { cost, unpriced } = priceSums(
    sums.map(({ model, used, at }) => ({ model, tokens: kindsOf(used), at })),
    price,
  );
  if (unpriced > 0) complaints.push(leftOut(unpriced, sums.length));
  return cost.usd;
}

interface Told {
  readonly requests: number;
  readonly usd: number | null;
  readonly prompts: number;
  readonly calls: readonly ToolCall[];
}

/** What was sent is a lower bound of what happened. */
function stateOf({ requests, usd, prompts, calls }: Told, damaged: boolean): SessionReading['state'] {
  const least: Certainty = damaged ? 'partial' : 'lower_bound';
  return {
    tokens: requests === 0 ? 'unknown' : least,
    cost: usd === null ? 'unknown' : least,
    turns: prompts === 0 ? 'unknown' : least,
    tools: calls.length === 0 ? 'unknown' : least,
    latency: calls.some(({ latency }) => latency !== null) ? 'partial' : 'unknown',
  };
}

function modelsOf(requests: readonly ModelRequest[], events: readonly LogEvent[]): readonly string[] {
  const used = requests.flatMap(({ model }) => model ?? []);
  const asked = events.flatMap(({ name, attributes }) =>
    name === 'conversation_starts' ? (textIn(attributes, 'model') ?? []) : [],
  );
  return keptModels(used.length > 0 ? used : asked);
}

/** Whether a thread ran without a sandbox. Null when no event mentions one. */
function isUnguarded(events: readonly LogEvent[]): boolean | null {
  const policies = events.flatMap(({ attributes }) => textIn(attributes, 'sandbox_policy') ?? []);
  return policies.length === 0 ? null : policies.some((policy) => /danger-?full-?access/i.test(policy));
}
