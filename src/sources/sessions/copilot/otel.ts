import { UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type BilledUnits, type SessionReading, UNKNOWN_DETAIL, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { Instant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { keptModels } from '../claude/detail.ts';
import { addUsage, sizeOfInput, type TokenKinds, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import { spanOf } from '../gemini/session.ts';
import type { JsonDocument } from '../json/document.ts';
import { asAmount, asText, sumKnown } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { MAX_SESSIONS, sessionsToRead } from '../opentelemetry/most-sessions.ts';
import { type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { lengthOf, type Span, spansIn, usageIn } from './spans.ts';

/** The name of the format in readings. */
export const COPILOT_OTEL = 'copilot-otel';

/**
 * Reads what Copilot exports over OpenTelemetry: each request with its usage, each tool call, and the enclosing agent spans, which
 * are written once everything inside them is there. Like the event log, it has no cost.
 */
export function readCopilotOtel(document: JsonDocument, _price: PriceList, since: Instant | null): FormatReading {
  const sessions = sessionsIn(document);
  const complaints =
    sessions.length > MAX_SESSIONS ? [`holds more than ${MAX_SESSIONS} sessions: the rest was not read`] : [];
  return {
    sessions: sessionsToRead(sessions, ({ spans }) => spans.some((span) => isSince(span, since))).map(
      ({ session, spans }) => readSession(session, spansSince(spans, since), document.damaged),
    ),
    complaints,
  };
}

interface SessionSpans {
  readonly session: string | null;
  readonly spans: readonly Span[];
}

/** The spans by session, each once. Subagents have their own ids but share the trace. */
function sessionsIn({ records }: JsonDocument): readonly SessionSpans[] {
  const traces = new Map<string, Map<string, Span>>();
  for (const span of records.flatMap(spansIn)) {
    const trace = traces.get(span.trace) ?? new Map<string, Span>();
    trace.set(span.id, span);
    traces.set(span.trace, trace);
  }
  const sessions = new Map<string, { session: string | null; spans: Span[] }>();
  for (const [trace, byId] of traces) {
    const spans = [...byId.values()];
    const session = conversationOf(spans);
    const entry = sessions.get(session ?? `trace ${trace}`) ?? { session, spans: [] };
    // A trace may have more spans than a call may have arguments.
    for (const span of spans) entry.spans.push(span);
    sessions.set(session ?? `trace ${trace}`, entry);
  }
  return [...sessions.values()];
}

function conversationOf(spans: readonly Span[]): string | null {
  const roots = spans.filter((span) => span.parent === null);
  const named = [...roots, ...spans].map(({ attributes }) => asText(attributes['gen_ai.conversation.id']));
  return named.find((id) => id !== null) ?? null;
}

function spansSince(spans: readonly Span[], since: Instant | null): readonly Span[] {
  const late = spans.filter((span) => isSince(span, since));
  return late.length === 0 ? spans : late;
}

function isSince({ startedAt }: Span, since: Instant | null): boolean {
  return since === null || startedAt === null || startedAt >= since;
}

function readSession(session: string | null, spans: readonly Span[], damaged: boolean): SessionReading {
  const chats = spans.filter(({ operation }) => operation === 'chat');
  const agents = spans.filter(({ operation, parent }) => operation === 'invoke_agent' && parent === null);
  const ended = agents.length > 0 && spans.every(({ trace }) => agents.some((agent) => agent.trace === trace));
  const used = usageOf(chats, agents, ended, damaged);
  const calls = spans.filter(({ operation }) => operation === 'execute_tool').map(toCall);
  const models = chats.flatMap(
    ({ attributes }) => asText(attributes['gen_ai.response.model'] ?? attributes['gen_ai.request.model']) ?? [],
  );
  return {
    engine: 'copilot',
    format: COPILOT_OTEL,
    engineSession: keptId(session),
    models: keptModels(models),
    ...spanOf(spans.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])),
    outcome: ended ? endingOf(agents) : 'unknown',
    turns: null,
    tokens: used.kinds === null ? UNKNOWN_TOKENS : withTotal(used.kinds),
    cost: UNKNOWN_MONEY,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(calls),
    denials: null,
    state: stateOf(used, calls, ended && !damaged),
    detail: {
      ...UNKNOWN_DETAIL,
      apiDuration: sumKnown(chats.map(lengthOf)),
      cutOff: !ended,
      billedUnits: unitsOf(chats, agents),
    },
  };
}

function endingOf(agents: readonly Span[]): SessionReading['outcome'] {
  return agents.at(-1)?.failed === true ? 'failed' : 'completed';
}

function stateOf(used: Used, calls: readonly ToolCall[], whole: boolean): SessionReading['state'] {
  const timed = calls.filter(({ latency }) => latency !== null).length;
  const latency = whole && timed === calls.length ? 'exact' : 'partial';
  const some = calls.length === 0 ? 'unknown' : 'partial';
  return {
    tokens: used.state,
    cost: 'unknown',
    turns: 'unknown',
    tools: whole ? 'exact' : some,
    latency: timed === 0 ? 'unknown' : latency,
  };
}

interface Used {
  readonly kinds: TokenKinds | null;
  readonly state: Certainty;
}

/** Sums the requests. The agent's own totals prove that none is missing. */
function usageOf(chats: readonly Span[], agents: readonly Span[], ended: boolean, damaged: boolean): Used {
  const requests = chats.map(usageIn).filter((usage) => usage !== null);
  const totals = agents.map(usageIn).filter((usage) => usage !== null);
  if (requests.length === 0) {
    if (totals.length === 0) return { kinds: null, state: 'unknown' };
    return { kinds: addUsage(totals), state: damaged ? 'partial' : ended ? 'estimate' : 'lower_bound' };
  }
  const kinds = addUsage(requests);
  if (damaged) return { kinds, state: 'partial' };
  const all = addUsage(totals);
  const proven = ended && sizeOfInput(all) === sizeOfInput(kinds) && all.output === kinds.output;
  return { kinds, state: proven ? 'exact' : 'lower_bound' };
}

function toCall(span: Span): ToolCall {
  const tool = asText(span.attributes['gen_ai.tool.name']);
  return {
    server: null,
    tool,
    failed: span.failed,
    why: span.failed ? 'other' : null,
    input: null,
    latency: lengthOf(span),
  };
}

const NANO = 1e9;

/** What Copilot bills: the agent's total, otherwise the sum over its requests if each of them says. */
function unitsOf(chats: readonly Span[], agents: readonly Span[]): BilledUnits | null {
  const unitsIn = (spans: readonly Span[]): number | null => {
    const told = spans.map(({ attributes }) => asAmount(attributes['github.copilot.nano_aiu']));
    return told.includes(null) ? null : sumKnown(told);
  };
  const nano = unitsIn(agents) ?? unitsIn(chats);
  return nano === null ? null : { aiUnits: nano / NANO, premiumRequests: null };
}
